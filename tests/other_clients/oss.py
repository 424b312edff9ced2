"""oss2's KMS provider, which sends an empty context where it has no passphrase."""

import oss2
from aliyunsdkcore.profile import region_provider

import check
from gateway import CA, ENDPOINT, ID, SECRET

region_provider.modify_point("Kms", "cn-hangzhou", ENDPOINT)


def provider(passphrase):
    made = oss2.AliKMSProvider(
        ID, SECRET, "cn-hangzhou", "alias/default", passphrase=passphrase)
    made.kms_client.set_verify(CA)
    return made


def opens_what_it_sealed(passphrase):
    kms = provider(passphrase)
    key, sealed = kms.get_key()
    assert kms.decrypt_encrypted_key(sealed) == key and len(key) == 32
    material = kms.create_content_material()
    assert len(kms.decrypt_encrypted_key(material.encrypted_key)) == 32
    assert len(kms.decrypt_encrypted_iv(material.encrypted_iv)) == 16


def opens_what_it_sealed_with_a_passphrase():
    opens_what_it_sealed("a passphrase")


def opens_what_it_sealed_without_a_passphrase():
    opens_what_it_sealed(None)


check.run("oss2", [
    opens_what_it_sealed_with_a_passphrase,
    opens_what_it_sealed_without_a_passphrase,
])
