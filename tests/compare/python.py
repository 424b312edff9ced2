"""The official Python SDK, alibabacloud-kms-python-sdk: calls one after the other, or on threads."""

import concurrent.futures
import resource
import sys
import time

from alibabacloud_kms20160120.models import EncryptRequest
from alibabacloud_kms_kms20160120.transfer_client import TransferClient
from alibabacloud_tea_openapi.models import Config

port, calls, concurrency = map(int, sys.argv[1:])
client = TransferClient(
    config=Config(
        protocol="http",
        endpoint=f"127.0.0.1:{port}",
        access_key_id="id",
        access_key_secret="secret",
    )
)
request = EncryptRequest(key_id="alias/app", plaintext="a text that is as long as most passwords")


def many(number):
    with concurrent.futures.ThreadPoolExecutor(concurrency) as pool:
        for _ in pool.map(lambda _: client.encrypt(request), range(number)):
            pass


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


many(concurrency * 10)
begun, before = time.monotonic(), cpu()
many(calls)
seconds, spent = time.monotonic() - begun, cpu() - before
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(f"{spent * 1e6 / calls:.0f} {calls / seconds:.0f} {memory}")
