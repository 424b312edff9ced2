"""aliyun-secret-manager-client: the shared gateway with an access key and with a client key, and an
instance with a client key."""

from alibaba_cloud_secretsmanager_client.model.client_key_credentials import ClientKeyCredential
from alibaba_cloud_secretsmanager_client.model.dkms_config import DKmsConfig
from alibaba_cloud_secretsmanager_client.model.region_info import RegionInfo
from alibaba_cloud_secretsmanager_client.secret_manager_cache_client_builder import (
    SecretManagerCacheClientBuilder,
)
from alibaba_cloud_secretsmanager_client.service.default_secret_manager_client_builder import (
    DefaultSecretManagerClientBuilder,
)
from alibaba_cloud_secretsmanager_client.utils import client_key_utils

import check
from gateway import CA, CLIENT_KEY, ENDPOINT, ID, PASSWORD, SECRET


def reads(builder):
    client = SecretManagerCacheClientBuilder.new_cache_client_builder(builder.build()).build()
    try:
        for _ in range(2):
            assert client.get_secret_info("example").secret_value == "a secret"
        client.refresh_now("example")
    finally:
        client.close()


def shared():
    region = RegionInfo("cn-hangzhou", endpoint=ENDPOINT)
    return DefaultSecretManagerClientBuilder.standard().add_region_info(region)


def reads_a_secret_with_an_access_key():
    reads(shared().with_access_key(ID, SECRET))


def reads_a_secret_with_a_client_key_on_the_shared_gateway():
    credential, signer = client_key_utils.load_rsa_key_pair_credential_and_client_key_signer(
        CLIENT_KEY, PASSWORD)
    reads(shared().with_credentials(ClientKeyCredential(signer, credential)))


def reads_a_secret_with_a_client_key_on_the_instance():
    config = DKmsConfig(ca_file_path=CA)
    config.protocol = "https"
    config.client_key_file = CLIENT_KEY
    config.password = PASSWORD
    config.endpoint = ENDPOINT
    config.region_id = "cn-hangzhou"
    reads(DefaultSecretManagerClientBuilder.standard().add_dkms_config(config))


check.run("aliyun-secret-manager-client", [
    reads_a_secret_with_an_access_key,
    reads_a_secret_with_a_client_key_on_the_shared_gateway,
    reads_a_secret_with_a_client_key_on_the_instance,
])
