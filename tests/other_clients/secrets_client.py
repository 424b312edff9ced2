"""alibabacloud-secretsmanager-client-v2: reads a secret, and again from its cache."""

from alibabacloud_secretsmanager_client_v2.secret_manager_cache_client_builder import (
    SecretManagerCacheClientBuilder,
)
from alibabacloud_secretsmanager_client_v2.service.default_secret_manager_client_builder import (
    DefaultSecretManagerClientBuilder,
)
from alibabacloud_tea_openapi.models import Config

import check
from gateway import CA, ENDPOINT, ID, SECRET


def reads_a_secret_and_reads_it_again():
    config = Config(
        access_key_id=ID, access_key_secret=SECRET,
        endpoint=ENDPOINT, protocol="https", ca=CA, region_id="cn-hangzhou")
    builder = DefaultSecretManagerClientBuilder.standard().add_config(config)
    client = SecretManagerCacheClientBuilder.new_cache_client_builder(builder.build()).build()
    try:
        for _ in range(2):
            assert client.get_secret_info("example").secret_value == "a secret"
        client.refresh_now("example")
        assert client.get_secret_info("example").secret_value == "a secret"
    finally:
        client.close()


check.run("alibabacloud-secretsmanager-client-v2", [reads_a_secret_and_reads_it_again])
