"""aliyun-python-sdk-kms, which signs with version 1.0."""

import json

from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.auth.credentials import StsTokenCredential
from aliyunsdkcore.client import AcsClient
from aliyunsdkkms.request.v20160120 import (
    CreateSecretRequest,
    DecryptRequest,
    EncryptRequest,
    GetSecretValueRequest,
    ListKeysRequest,
)

import check
from gateway import CA, ENDPOINT, ID, SECRET, TEMPORARY

TEXT = "plain text, 中文, +&=%~*'"


def client(**credential):
    acs = AcsClient(region_id="cn-hangzhou", verify=CA, **credential)
    return acs


def call(request, acs, method="POST", **parameters):
    request.set_endpoint(ENDPOINT)
    request.set_protocol_type("https")
    request.set_method(method)
    for name, value in parameters.items():
        getattr(request, f"set_{name}")(value)
    return json.loads(acs.do_action_with_exception(request))


OWN = client(ak=ID, secret=SECRET)


def lists_keys_by_get_and_post():
    for method in ("GET", "POST"):
        answer = call(ListKeysRequest.ListKeysRequest(), OWN, method)
        assert answer["Keys"]["Key"], answer


def an_empty_page_is_an_empty_list():
    answer = call(ListKeysRequest.ListKeysRequest(), OWN, PageNumber=100)
    assert answer["Keys"]["Key"] == [], answer


def encrypts_and_decrypts_with_a_context():
    context = json.dumps({"a": "b c", "中": "é"})
    sealed = call(
        EncryptRequest.EncryptRequest(), OWN,
        KeyId="alias/default", Plaintext=TEXT, EncryptionContext=context,
    )
    opened = call(
        DecryptRequest.DecryptRequest(), OWN,
        CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext=context,
    )
    assert opened["Plaintext"] == TEXT, opened


def keeps_a_secret():
    call(
        CreateSecretRequest.CreateSecretRequest(), OWN,
        SecretName="sdk-kms", VersionId="v1", SecretData=TEXT,
    )
    answer = call(GetSecretValueRequest.GetSecretValueRequest(), OWN, SecretName="sdk-kms")
    assert answer["SecretData"] == TEXT, answer


def temporary_credentials_are_verified():
    credential = StsTokenCredential(
        TEMPORARY["access_key_id"], TEMPORARY["access_key_secret"], TEMPORARY["security_token"]
    )
    answer = call(ListKeysRequest.ListKeysRequest(), client(credential=credential))
    assert answer["TotalCount"] > 0, answer


def a_wrong_secret_is_told_from_a_wrong_signature():
    try:
        call(ListKeysRequest.ListKeysRequest(), client(ak=ID, secret="wrong"))
    except ServerException as error:
        # The client compares the gateway's string to sign with its own.
        assert error.get_error_code() == "InvalidAccessKeySecret", error
    else:
        raise AssertionError("it was let in")


check.run("aliyun-python-sdk-kms", [
    lists_keys_by_get_and_post,
    an_empty_page_is_an_empty_list,
    encrypts_and_decrypts_with_a_context,
    keeps_a_secret,
    temporary_credentials_are_verified,
    a_wrong_secret_is_told_from_a_wrong_signature,
])
