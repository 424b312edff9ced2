"""Encrypts and decrypts with the command `kms` against a local gateway.

    python command.py KMS DIR encrypt    leaves DIR/rust_ciphertexts.json
    python command.py KMS DIR decrypt    opens DIR/python_ciphertexts.json on both gateways

The files are {name: {"plaintext", "ciphertext", "context"}}.
"""

import json
import os
import pathlib
import subprocess
import sys

TEXT = "plain text, 中文, +&=%~"
CONTEXT = {"tenant": "中", "app": "a b&c=d"}


class Command:
    """The command, with both gateways set in its environment."""

    def __init__(self, program, directory):
        ca = directory / "ca.pem"
        protocol = "https" if ca.exists() else "http"
        endpoint = f"{protocol}://127.0.0.1:{(directory / 'port').read_text().strip()}"
        access_key = json.loads((directory / "access_key.json").read_text())
        self.program = program
        self.environment = {
            "PATH": os.environ["PATH"],
            "ALIBABA_CLOUD_ACCESS_KEY_ID": access_key["access_key_id"],
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": access_key["access_key_secret"],
            "ALIBABA_CLOUD_KMS_ENDPOINT": endpoint,
            "ALIBABA_CLOUD_KMS_INSTANCE_ENDPOINT": endpoint,
            "ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE": str(directory / "client_key.json"),
            "ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD": (directory / "password").read_text().strip(),
            "ALIBABA_CLOUD_KMS_CA_FILE": str(ca) if ca.exists() else "",
        }

    def call(self, shared, options, action, **parameters):
        arguments = [self.program, f"--use-shared-gateway={str(shared).lower()}"]
        arguments += ["--context-aad", "python", *options, action]
        for name, value in parameters.items():
            if value is not None:
                arguments += [f"--{name}", value if isinstance(value, str) else json.dumps(value)]
        answer = subprocess.run(arguments, env=self.environment, capture_output=True, text=True)
        if answer.returncode != 0:
            sys.exit(f"{action} exits with {answer.returncode}: {answer.stderr}")
        return json.loads(answer.stdout)


def encrypt(command, directory):
    left = {}
    for shared, options, name in [
        (True, [], "shared"),
        (False, [], "instance"),
        (False, ["--force-low-version-crypto-transfer"], "instance, low version"),
    ]:
        # The older operations authenticate the context's JSON text: in its own form only.
        for context in [None] if options else [None, CONTEXT]:
            answer = command.call(
                shared,
                options,
                "Encrypt",
                KeyId="alias/default",
                Plaintext=TEXT,
                EncryptionContext=context,
            )
            key = f"{name}, {'a' if context else 'no'} context"
            blob = answer["CiphertextBlob"]
            left[key] = {"plaintext": TEXT, "ciphertext": blob, "context": context}
            print("kms encrypted:", key)
    (directory / "rust_ciphertexts.json").write_text(json.dumps(left, ensure_ascii=False))


def decrypt(command, directory):
    given = json.loads((directory / "python_ciphertexts.json").read_text())
    if not given:
        sys.exit("the SDK left nothing to decrypt")
    for name, item in given.items():
        for shared in [True, False]:
            answer = command.call(
                shared,
                [],
                "Decrypt",
                CiphertextBlob=item["ciphertext"],
                EncryptionContext=item["context"],
            )
            if answer["Plaintext"] != item["plaintext"]:
                sys.exit(f"{name} opens as another text")
            print("kms decrypted the SDK's:", name, "on", "shared" if shared else "instance")


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[3] not in ("encrypt", "decrypt"):
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[2])
    {"encrypt": encrypt, "decrypt": decrypt}[sys.argv[3]](Command(sys.argv[1], folder), folder)
