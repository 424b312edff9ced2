"""alibabacloud-kms20160120, which signs with ACS3: its newest version and 2.4.0."""

import importlib.metadata

from alibabacloud_credentials.client import Client as Credentials
from alibabacloud_credentials.models import Config as CredentialsConfig
from alibabacloud_kms20160120 import models
from alibabacloud_kms20160120.client import Client
from alibabacloud_tea_openapi.models import Config

import check
from gateway import BEARER_TOKEN, CA, ENDPOINT, ID, SECRET, TEMPORARY

VERSION = importlib.metadata.version("alibabacloud-kms20160120")
TEXT = "plain text, 中文, +&=%~*'"


def client(**settings):
    return Client(Config(endpoint=ENDPOINT, protocol="https", ca=CA, **settings))


OWN = client(access_key_id=ID, access_key_secret=SECRET)


def encrypts_and_decrypts_with_a_context():
    context = {"a": "b c"}
    sealed = OWN.encrypt(models.EncryptRequest(
        key_id="alias/default", plaintext=TEXT, encryption_context=context))
    opened = OWN.decrypt(models.DecryptRequest(
        ciphertext_blob=sealed.body.ciphertext_blob, encryption_context=context))
    assert opened.body.plaintext == TEXT


def sm3_signatures_are_verified():
    sm3 = client(
        access_key_id=ID, access_key_secret=SECRET, signature_algorithm="ACS3-HMAC-SM3")
    assert sm3.list_keys(models.ListKeysRequest()).body.total_count > 0


def an_empty_page_is_an_empty_list():
    assert OWN.list_keys(models.ListKeysRequest(page_number=100)).body.keys.key == []


def temporary_credentials_and_bearer_tokens_are_verified():
    temporary = client(
        access_key_id=TEMPORARY["access_key_id"],
        access_key_secret=TEMPORARY["access_key_secret"],
        security_token=TEMPORARY["security_token"],
    )
    bearer = Credentials(CredentialsConfig(type="bearer", bearer_token=BEARER_TOKEN))
    for other in (temporary, client(credential=bearer)):
        assert other.list_keys(models.ListKeysRequest()).body.total_count > 0


def secrets_are_put_again_rotated_deleted_and_restored():
    name = f"kms20160120-{VERSION}"
    OWN.create_secret(models.CreateSecretRequest(
        secret_name=name, version_id="v1", secret_data="one"))
    for _ in range(2):
        OWN.put_secret_value(models.PutSecretValueRequest(
            secret_name=name, version_id="v2", secret_data="two"))
    versions = OWN.list_secret_version_ids(models.ListSecretVersionIdsRequest(secret_name=name))
    assert versions.body.total_count == 2
    OWN.delete_secret(models.DeleteSecretRequest(
        secret_name=name, recovery_window_in_days="7"))
    OWN.restore_secret(models.RestoreSecretRequest(secret_name=name))
    value = OWN.get_secret_value(models.GetSecretValueRequest(secret_name=name))
    assert value.body.secret_data == "two"
    ram = OWN.create_secret(models.CreateSecretRequest(
        secret_name="$Auto", version_id="v1", secret_type="RAMCredentials",
        extended_config={"SecretSubType": "RamUserAccessKey", "UserName": f"app-{VERSION}"},
        secret_data='{"AccessKeys":[{"AccessKeyId":"LTAIold","AccessKeySecret":"old"}]}')).body.secret_name
    assert ram == f"acs/ram/user/app-{VERSION}", ram
    OWN.rotate_secret(models.RotateSecretRequest(secret_name=ram, version_id="v2"))
    value = OWN.get_secret_value(models.GetSecretValueRequest(secret_name=ram))
    assert value.body.version_id == "v2" and "LTAIold" not in value.body.secret_data


def client_keys_are_made():
    policy, point = f"policy-{VERSION}", f"app-{VERSION}"
    OWN.create_policy(models.CreatePolicyRequest(
        name=policy, permissions='["RbacPermission/Template/CryptoServiceKeyUser"]',
        resources='["key/*"]'))
    OWN.create_application_access_point(models.CreateApplicationAccessPointRequest(
        name=point, policies=f'["{policy}"]'))
    key = OWN.create_client_key(models.CreateClientKeyRequest(
        aap_name=point, password="password-1"))
    listed = OWN.list_client_keys(models.ListClientKeysRequest(aap_name=point))
    ids = [each.client_key_id for each in listed.body.client_keys]
    assert ids == [key.body.client_key_id], ids


check.run(f"alibabacloud-kms20160120 {VERSION}", [
    encrypts_and_decrypts_with_a_context,
    sm3_signatures_are_verified,
    an_empty_page_is_an_empty_list,
    temporary_credentials_and_bearer_tokens_are_verified,
    secrets_are_put_again_rotated_deleted_and_restored,
    client_keys_are_made,
])
