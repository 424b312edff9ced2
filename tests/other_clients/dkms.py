"""alibabacloud-dkms-gcs, which speaks the instance's own dialect, and alibabacloud-dkms-transfer-python,
which puts the requests of aliyun-python-sdk-kms into it."""

import base64
import json

from alibabacloud_dkms_transfer.kms_transfer_acs_client import KmsTransferAcsClient
from aliyunsdkkms.request.v20160120 import (
    AsymmetricDecryptRequest,
    AsymmetricEncryptRequest,
    AsymmetricSignRequest,
    AsymmetricVerifyRequest,
    DecryptRequest,
    DescribeKeyRequest,
    EncryptRequest,
    GenerateDataKeyRequest,
    GenerateDataKeyWithoutPlaintextRequest,
    GetPublicKeyRequest,
    GetSecretValueRequest,
)
from openapi.models import Config
from sdk import models
from sdk.client import Client

import check
from gateway import CA, CLIENT_KEY, ENDPOINT, ID, PASSWORD, SECRET

MESSAGE = b"a message"
TEXT = "plain text, 中文, +&=%~*'"


def config():
    return Config(
        protocol="https", endpoint=ENDPOINT, client_key_file=CLIENT_KEY, password=PASSWORD,
        ca_file_path=CA)


INSTANCE = Client(config())


def encrypts_and_decrypts_by_the_older_operations():
    sealed = INSTANCE.encrypt(models.EncryptRequest(
        key_id="alias/default", plaintext=MESSAGE, aad=b"aad"))
    opened = INSTANCE.decrypt(models.DecryptRequest(
        key_id="alias/default", ciphertext_blob=sealed.ciphertext_blob, iv=sealed.iv, aad=b"aad"))
    assert opened.plaintext == MESSAGE
    sealed = INSTANCE.encrypt(models.EncryptRequest(
        key_id="alias/rsa-encrypt", plaintext=MESSAGE, algorithm="RSAES_OAEP_SHA_256"))
    opened = INSTANCE.decrypt(models.DecryptRequest(
        key_id="alias/rsa-encrypt", ciphertext_blob=sealed.ciphertext_blob,
        algorithm="RSAES_OAEP_SHA_256"))
    assert opened.plaintext == MESSAGE


def encrypts_and_decrypts_by_the_current_operations():
    sealed = INSTANCE.advance_encrypt(models.AdvanceEncryptRequest(
        key_id="alias/default", plaintext=MESSAGE, aad=b"aad"))
    opened = INSTANCE.advance_decrypt(models.AdvanceDecryptRequest(
        ciphertext_blob=sealed.ciphertext_blob, aad=b"aad"))
    assert opened.plaintext == MESSAGE


def data_keys_open_as_what_they_are():
    key = INSTANCE.generate_data_key(models.GenerateDataKeyRequest(
        key_id="alias/default", number_of_bytes=16))
    opened = INSTANCE.decrypt(models.DecryptRequest(
        key_id="alias/default", ciphertext_blob=key.ciphertext_blob, iv=key.iv))
    assert opened.plaintext == key.plaintext and len(key.plaintext) == 16
    key = INSTANCE.advance_generate_data_key(models.AdvanceGenerateDataKeyRequest(
        key_id="alias/default", number_of_bytes=32))
    opened = INSTANCE.advance_decrypt(models.AdvanceDecryptRequest(
        ciphertext_blob=key.ciphertext_blob))
    assert opened.plaintext == key.plaintext and len(key.plaintext) == 32


def pairs_of_data_keys_are_made():
    for make, request in (
        (INSTANCE.generate_data_key_pair, models.GenerateDataKeyPairRequest),
        (INSTANCE.generate_data_key_pair_without_plaintext,
         models.GenerateDataKeyPairWithoutPlaintextRequest),
        (INSTANCE.advance_generate_data_key_pair, models.AdvanceGenerateDataKeyPairRequest),
        (INSTANCE.advance_generate_data_key_pair_without_plaintext,
         models.AdvanceGenerateDataKeyPairWithoutPlaintextRequest),
    ):
        made = make(request(key_id="alias/default", key_pair_spec="EC_P256", key_format="PEM"))
        assert made.public_key.startswith(b"-----BEGIN PUBLIC KEY-----"), made.public_key


def signs_and_verifies():
    for key, algorithm in (
        ("alias/rsa-sign", "RSA_PSS_SHA_256"),
        ("alias/rsa-sign", "RSA_PKCS1_SHA_256"),
        ("alias/ec-sign", "ECDSA_SHA_256"),
    ):
        signed = INSTANCE.sign(models.SignRequest(
            key_id=key, algorithm=algorithm, message=MESSAGE, message_type="RAW"))
        for message in (MESSAGE, b"another"):
            verified = INSTANCE.verify(models.VerifyRequest(
                key_id=key, algorithm=algorithm, message=message, message_type="RAW",
                signature=signed.signature))
            assert verified.value == (message == MESSAGE)
    public = INSTANCE.get_public_key(models.GetPublicKeyRequest(key_id="alias/ec-sign"))
    assert public.public_key.startswith("-----BEGIN PUBLIC KEY-----")


def gives_random_bytes_and_secrets():
    assert len(INSTANCE.generate_random(models.GenerateRandomRequest(length=24)).random) == 24
    secret = INSTANCE.get_secret_value(models.GetSecretValueRequest(secret_name="example"))
    assert secret.secret_data == "a secret"


TRANSFER = KmsTransferAcsClient(
    config=config(), ak=ID, secret=SECRET, region_id="cn-hangzhou", verify=CA)


def call(request, **parameters):
    request.set_endpoint(ENDPOINT)
    request.set_protocol_type("https")
    for name, value in parameters.items():
        getattr(request, f"set_{name}")(value)
    return json.loads(TRANSFER.do_action_with_exception(request))


def texts_and_data_keys_are_transferred():
    context = json.dumps({"a": "b c", "中": "é"})
    sealed = call(
        EncryptRequest.EncryptRequest(),
        KeyId="alias/default", Plaintext=TEXT, EncryptionContext=context)
    opened = call(
        DecryptRequest.DecryptRequest(),
        CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext=context)
    assert opened["Plaintext"] == TEXT
    key = call(GenerateDataKeyRequest.GenerateDataKeyRequest(), KeyId="alias/default")
    opened = call(DecryptRequest.DecryptRequest(), CiphertextBlob=key["CiphertextBlob"])
    assert opened["Plaintext"] == key["Plaintext"]
    hidden = call(
        GenerateDataKeyWithoutPlaintextRequest.GenerateDataKeyWithoutPlaintextRequest(),
        KeyId="alias/default")
    opened = call(DecryptRequest.DecryptRequest(), CiphertextBlob=hidden["CiphertextBlob"])
    assert len(base64.b64decode(opened["Plaintext"])) == 32


def pairs_and_secrets_are_transferred_and_the_rest_goes_to_the_shared_gateway():
    def version(key):
        described = call(DescribeKeyRequest.DescribeKeyRequest(), KeyId=key)
        return described["KeyMetadata"]["PrimaryKeyVersion"]

    of = {"KeyId": "alias/rsa-encrypt", "KeyVersionId": version("alias/rsa-encrypt"),
          "Algorithm": "RSAES_OAEP_SHA_256"}
    plaintext = base64.b64encode(MESSAGE).decode()
    sealed = call(
        AsymmetricEncryptRequest.AsymmetricEncryptRequest(), Plaintext=plaintext, **of)
    opened = call(
        AsymmetricDecryptRequest.AsymmetricDecryptRequest(),
        CiphertextBlob=sealed["CiphertextBlob"], **of)
    assert opened["Plaintext"] == plaintext
    of = {"KeyId": "alias/ec-sign", "KeyVersionId": version("alias/ec-sign")}
    digest = base64.b64encode(bytes(32)).decode()
    signed = call(
        AsymmetricSignRequest.AsymmetricSignRequest(),
        Algorithm="ECDSA_SHA_256", Digest=digest, **of)
    verified = call(
        AsymmetricVerifyRequest.AsymmetricVerifyRequest(),
        Algorithm="ECDSA_SHA_256", Digest=digest, Value=signed["Value"], **of)
    assert verified["Value"] is True
    public = call(GetPublicKeyRequest.GetPublicKeyRequest(), **of)
    assert public["PublicKey"].startswith("-----BEGIN PUBLIC KEY-----")
    secret = call(GetSecretValueRequest.GetSecretValueRequest(), SecretName="example")
    assert secret["SecretData"] == "a secret"


check.run("alibabacloud-dkms-gcs and -transfer-python", [
    encrypts_and_decrypts_by_the_older_operations,
    encrypts_and_decrypts_by_the_current_operations,
    data_keys_open_as_what_they_are,
    pairs_of_data_keys_are_made,
    signs_and_verifies,
    gives_random_bytes_and_secrets,
    texts_and_data_keys_are_transferred,
    pairs_and_secrets_are_transferred_and_the_rest_goes_to_the_shared_gateway,
])
