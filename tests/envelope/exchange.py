"""Opens what `kms encrypt-file` sealed, and seals what `kms decrypt-file` opens.

    python exchange.py KMS DIR

DIR is the folder of a `kms local` that runs. Data keys are made and decrypted by calling the command.
"""

import base64
import json
import os
import pathlib
import secrets
import subprocess
import sys

import format as envelope

CONTEXTS = [{}, {"tenant": "a"}, {"tenant": "中", "app": "a b&c=d"}]
LENGTHS = [0, 1, 65535, 65536, 65537, 300_000]


class Kms:
    """The command, with both gateways set in its environment."""

    def __init__(self, program, folder):
        endpoint = f"http://127.0.0.1:{(folder / 'port').read_text().strip()}"
        access_key = json.loads((folder / "access_key.json").read_text())
        self.program = program
        self.environment = {
            "PATH": os.environ["PATH"],
            "ALIBABA_CLOUD_ACCESS_KEY_ID": access_key["access_key_id"],
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": access_key["access_key_secret"],
            "ALIBABA_CLOUD_KMS_ENDPOINT": endpoint,
            "ALIBABA_CLOUD_KMS_INSTANCE_ENDPOINT": endpoint,
            "ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE": str(folder / "client_key.json"),
            "ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD": (folder / "password").read_text().strip(),
        }

    def run(self, shared, arguments, stdin=b""):
        line = [self.program, f"--use-shared-gateway={str(shared).lower()}", *arguments]
        answer = subprocess.run(line, env=self.environment, input=stdin, capture_output=True)
        if answer.returncode != 0:
            sys.exit(f"{line} exits with {answer.returncode}: {answer.stderr.decode()}")
        return answer.stdout

    def call(self, shared, action, context, **parameters):
        arguments = [action]
        for name, value in parameters.items():
            arguments += [f"--{name}", value]
        if context:
            arguments += ["--EncryptionContext", in_order(context)]
        return json.loads(self.run(shared, arguments))

    def data_key(self, shared, context):
        """A new data key, encrypted and not."""
        answer = self.call(
            shared, "GenerateDataKey", context, KeyId="alias/default", KeySpec="AES_256"
        )
        opened = base64.b64decode(answer["Plaintext"], validate=True)
        encrypted = base64.b64decode(answer["CiphertextBlob"], validate=True)
        return answer["KeyId"], encrypted, opened

    def decrypt(self, shared, encrypted, context):
        blob = base64.b64encode(encrypted).decode()
        answer = self.call(shared, "Decrypt", context, CiphertextBlob=blob)
        return answer["KeyId"], base64.b64decode(answer["Plaintext"], validate=True)


def in_order(context):
    pairs = sorted(context.items(), key=lambda pair: pair[0].encode())
    return json.dumps(dict(pairs), ensure_ascii=False)


def exchange(kms):
    for shared in (True, False):
        for context in CONTEXTS:
            json_context = ["--EncryptionContext", json.dumps(context)]
            for length in LENGTHS:
                text = secrets.token_bytes(length)
                line = ["encrypt-file", "--key-id=alias/default", "--in=-", "--out=-"]
                sealed = kms.run(shared, line + json_context, text)
                opened = envelope.open_envelope(
                    sealed, lambda key, pairs: kms.decrypt(not shared, key, pairs), context
                )
                assert opened == text, "kms sealed another text"

                key_id, encrypted, data_key = kms.data_key(shared, context)
                exponent = 10 + length % 11
                sealed = envelope.seal(
                    data_key, key_id, encrypted, context, secrets.token_bytes(32), exponent, text
                )
                line = ["decrypt-file", "--in=-", "--out=-"]
                opened = kms.run(not shared, line + json_context, sealed)
                assert opened == text, "kms opened another text"
            gateway = "shared" if shared else "instance"
            print(f"sealed on {gateway}, opened on the other, {len(context)} pairs")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    exchange(Kms(sys.argv[1], pathlib.Path(sys.argv[2])))
