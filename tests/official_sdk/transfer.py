"""Runs the official Python SDK's TransferClient against a local gateway, on both of its dialects.

    pip install alibabacloud-kms-python-sdk
    kms local --dir DIR --context-aad python [--tls] &
    python transfer.py DIR

One line is printed for each check; the exit status is 1 if any fails. What the SDK encrypted is
left in DIR/python_ciphertexts.json, {gateway: {"plaintext", "ciphertext", "context"}}, for other
clients to decrypt. If another client left DIR/rust_ciphertexts.json, in the same form, the SDK
decrypts that.
"""

import base64
import hashlib
import json
import pathlib
import sys
import uuid

from alibabacloud_kms20160120 import models
from alibabacloud_kms_kms20160120.models import KmsConfig, KmsRuntimeOptions
from alibabacloud_kms_kms20160120.transfer_client import TransferClient
from alibabacloud_tea_openapi.models import Config
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

TEXT = "plain text, 中文, +&=%~"
CONTEXT = {"tenant": "中", "app": "a b&c=d"}
MESSAGE = b"a message"
DIGEST = hashlib.sha256(MESSAGE).digest()
SHA256 = utils.Prehashed(hashes.SHA256())
PSS = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256.digest_size)


class Gateway:
    """A client whose calls go to one gateway."""

    def __init__(self, directory, name, shared=False, low_version=False):
        self.name = name
        port = (directory / "port").read_text().strip()
        ca = directory / "ca.pem"
        protocol, ca = ("https", str(ca)) if ca.exists() else ("http", None)
        access_key = json.loads((directory / "access_key.json").read_text())
        kms_config = KmsConfig(
            protocol=protocol,
            endpoint=f"127.0.0.1:{port}",
            client_key_file=str(directory / "client_key.json"),
            password=(directory / "password").read_text(),
            force_low_version_crypto_transfer=low_version,
        )
        config = Config(
            protocol=protocol,
            endpoint=f"127.0.0.1:{port}",
            access_key_id=access_key["access_key_id"],
            access_key_secret=access_key["access_key_secret"],
            ca=ca,
        )
        self.client = TransferClient(config, kms_config, is_use_kms_share_gateway=shared)
        self.ca = ca
        self.is_shared = shared

    def call(self, action, **parameters):
        """The answer's body."""
        method = "".join("_" + c.lower() if c.isupper() else c for c in action)[1:]
        # An action without parameters has no request.
        request = getattr(models, action + "Request", None)
        arguments = [request(**parameters)] if request else []
        runtime = KmsRuntimeOptions(autoretry=False, max_attempts=0, ca=self.ca)
        return getattr(self.client, method + "_with_options")(*arguments, runtime).body

    def encrypt(self, text, context):
        answer = self.call(
            "Encrypt", key_id="alias/default", plaintext=text, encryption_context=context
        )
        assert answer.key_id.startswith("key-"), "the key's id is missing"
        assert len(answer.key_version_id) == 36, "the key version is missing"
        assert answer.request_id, "the request's id is missing"
        return answer.ciphertext_blob

    def decrypt(self, blob, context):
        return self.call("Decrypt", ciphertext_blob=blob, encryption_context=context).plaintext

    def key_version(self, alias):
        return self.call("DescribeKey", key_id=alias).key_metadata.primary_key_version


class Checks:
    """Runs checks and counts those that fail."""

    def __init__(self):
        self.failed = 0

    def run(self, name, check, *arguments):
        try:
            check(*arguments)
            print("ok  ", name, flush=True)
        except Exception as error:  # Whatever the SDK raises is a failed check.
            self.failed += 1
            print("FAIL", name, f"{type(error).__name__}: {error}", flush=True)


def expect_equal(actual, expected):
    assert actual == expected, f"got {actual!r}, not {expected!r}"


def decrypts(gateway, sealed):
    text = gateway.decrypt(sealed["ciphertext"], sealed["context"])
    expect_equal(text, sealed["plaintext"])


def refuses(gateway, code, action, **parameters):
    try:
        gateway.call(action, **parameters)
    except Exception as error:  # The two dialects' clients raise different classes.
        expect_equal(getattr(error, "code", None) or str(error), code)
    else:
        raise AssertionError("it was accepted")


def data_key(gateway, other, context):
    for parameters, length in [
        ({}, 32),
        ({"key_spec": "AES_128"}, 16),
        ({"number_of_bytes": 64}, 64),
    ]:
        answer = gateway.call(
            "GenerateDataKey", key_id="alias/default", encryption_context=context, **parameters
        )
        expect_equal(len(base64.b64decode(answer.plaintext)), length)
        expect_equal(other.decrypt(answer.ciphertext_blob, context), answer.plaintext)
        answer = gateway.call(
            "GenerateDataKeyWithoutPlaintext",
            key_id="alias/default",
            encryption_context=context,
            **parameters,
        )
        plaintext = other.decrypt(answer.ciphertext_blob, context)
        expect_equal(len(base64.b64decode(plaintext)), length)


def asymmetric_encryption(gateway, other, algorithm):
    key = {
        "key_id": "alias/rsa-encrypt",
        "key_version_id": gateway.key_version("alias/rsa-encrypt"),
        "algorithm": algorithm,
    }
    plaintext = base64.b64encode(b"\x00\xff bytes").decode()
    sealed = gateway.call("AsymmetricEncrypt", plaintext=plaintext, **key)
    opened = other.call("AsymmetricDecrypt", ciphertext_blob=sealed.ciphertext_blob, **key)
    expect_equal(opened.plaintext, plaintext)


def signature(gateway, other, alias, algorithm):
    key = {"key_id": alias, "key_version_id": gateway.key_version(alias)}
    digest = base64.b64encode(DIGEST).decode()
    value = gateway.call("AsymmetricSign", algorithm=algorithm, digest=digest, **key).value
    checked = other.call("AsymmetricVerify", algorithm=algorithm, digest=digest, value=value, **key)
    expect_equal(checked.value, True)
    wrong = base64.b64encode(hashlib.sha256(b"another").digest()).decode()
    checked = other.call("AsymmetricVerify", algorithm=algorithm, digest=wrong, value=value, **key)
    expect_equal(bool(checked.value), False)

    pem = gateway.call("GetPublicKey", **key).public_key
    public_key = serialization.load_pem_public_key(pem.encode())
    arguments = {
        "RSA_PKCS1_SHA_256": (padding.PKCS1v15(), SHA256),
        "RSA_PSS_SHA_256": (PSS, SHA256),
        "ECDSA_SHA_256": (ec.ECDSA(SHA256),),
    }[algorithm]
    try:
        public_key.verify(base64.b64decode(value), DIGEST, *arguments)
    except InvalidSignature:
        raise AssertionError("the public key does not verify it") from None


def secret_value(gateway):
    # The SDK cannot write this parameter on the instance.
    options = {"fetch_extended_config": True} if gateway.is_shared else {}
    answer = gateway.call("GetSecretValue", secret_name="example", **options)
    expect_equal(answer.secret_data, "a secret")
    expect_equal(answer.secret_data_type, "text")
    expect_equal(answer.version_stages.version_stage, ["ACSCurrent"])


def management(gateway, other):
    """The shared gateway's own actions, with every way in which parameters are written."""
    created = gateway.call(
        "CreateKey",
        description="text, 中文",
        enable_automatic_rotation=False,
        tags=json.dumps([{"TagKey": "a", "TagValue": "1"}]),
    ).key_metadata
    alias = f"alias/python-{uuid.uuid4()}"
    gateway.call("CreateAlias", alias_name=alias, key_id=created.key_id)
    described = gateway.call("DescribeKey", key_id=alias).key_metadata
    expect_equal((described.key_id, described.description), (created.key_id, "text, 中文"))
    tags = [models.TagResourcesRequestTag(key="b", value="2")]
    gateway.call(
        "TagResources",
        region_id="cn-hangzhou",
        resource_type="key",
        resource_id=[created.key_id],
        tag=tags,
    )
    listed = gateway.call(
        "ListTagResources",
        region_id="cn-hangzhou",
        resource_type="key",
        resource_id=[created.key_id],
    )
    pairs = [(tag.tag_key, tag.tag_value) for tag in listed.tag_resources.tag_resource]
    expect_equal(pairs, [("a", "1"), ("b", "2")])
    gateway.call("DisableKey", key_id=created.key_id)
    refuses(other, "Rejected.Disabled", "Encrypt", key_id=alias, plaintext="text")
    gateway.call("EnableKey", key_id=created.key_id)
    assert gateway.call("ListKeys", page_size=100).total_count >= 5, "keys are missing"
    assert gateway.call("DescribeRegions").regions.region, "regions are missing"
    name = f"python-{uuid.uuid4()}"
    gateway.call(
        "CreateSecret",
        secret_name=name,
        version_id="v1",
        secret_data="data, 中文",
        extended_config={"a": "b"},
    )
    expect_equal(other.call("GetSecretValue", secret_name=name).secret_data, "data, 中文")


def main(directory):
    shared = Gateway(directory, "shared", shared=True)
    instance = Gateway(directory, "instance")
    low = Gateway(directory, "instance, low version", low_version=True)
    gateways = [shared, instance, low]
    checks = Checks()

    sealed = {}
    for gateway in gateways:
        for about, context in [("", None), (" with context", CONTEXT)]:
            item = {"plaintext": TEXT, "ciphertext": "", "context": context}
            sealed[gateway.name, about] = item

            def encrypt(item=item, gateway=gateway, context=context):
                item["ciphertext"] = gateway.encrypt(TEXT, context)

            checks.run(f"{gateway.name}: Encrypt{about}", encrypt)
    for (name, about), item in sealed.items():
        for gateway in gateways:
            # The SDK's two versions authenticate a context in two ways; only the shared gateway
            # knows both.
            if about and gateway is not shared and (gateway is low) != (name == low.name):
                continue
            checks.run(f"{gateway.name}: Decrypt{about}, of {name}", decrypts, gateway, item)

    for gateway, other in [(shared, instance), (instance, shared), (low, shared)]:
        for about, context in [("", None), (" with context", CONTEXT)]:
            checks.run(f"{gateway.name}: data keys{about}", data_key, gateway, other, context)
        for algorithm in ["RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1"]:
            name = f"{gateway.name}: {algorithm}"
            checks.run(name, asymmetric_encryption, gateway, other, algorithm)
        for alias, algorithm in [
            ("alias/rsa-sign", "RSA_PKCS1_SHA_256"),
            ("alias/rsa-sign", "RSA_PSS_SHA_256"),
            ("alias/ec-sign", "ECDSA_SHA_256"),
        ]:
            name = f"{gateway.name}: sign, verify, public key, {algorithm}"
            checks.run(name, signature, gateway, other, alias, algorithm)
        checks.run(f"{gateway.name}: GetSecretValue", secret_value, gateway)

        def unknown_key(gateway=gateway):
            refuses(gateway, "Forbidden.KeyNotFound", "Encrypt", key_id="key-0", plaintext="text")

        checks.run(f"{gateway.name}: an unknown key is refused", unknown_key)
    checks.run("shared: management", management, shared, instance)

    left = {name: item for (name, about), item in sealed.items() if about and name != low.name}
    path = directory / "python_ciphertexts.json"
    path.write_text(json.dumps(left, ensure_ascii=False))
    path = directory / "rust_ciphertexts.json"
    if path.exists():
        for name, item in json.loads(path.read_text()).items():
            for gateway in [shared, instance]:
                checks.run(f"{gateway.name}: Decrypt, of Rust's {name}", decrypts, gateway, item)
    return checks.failed


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(1 if main(pathlib.Path(sys.argv[1])) else 0)
