"""Envelopes as `src/envelope/FORMAT.md` describes them: a second implementation, written from it."""

import hashlib
import hmac
import re
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = bytes.fromhex("894b4d53")
VERSION = 1
ALGORITHM = 1
LABEL = b"alibabacloud-kms envelope v1"
TAG = 16


class Refused(Exception):
    """An envelope that must not be opened."""


def demand(condition, why):
    if not condition:
        raise Refused(why)


def sized(bytes):
    return struct.pack(">H", len(bytes)) + bytes


def encode_context(context):
    pairs = sorted((name.encode(), value.encode()) for name, value in context.items())
    return struct.pack(">H", len(pairs)) + b"".join(sized(n) + sized(v) for n, v in pairs)


def fields(key_id, encrypted, context, salt, exponent):
    """The header without its commitment; the context is given encoded."""
    rest = bytes([exponent]) + salt + sized(key_id) + sized(encrypted) + context
    return MAGIC + bytes([VERSION, ALGORITHM]) + struct.pack(">H", 8 + len(rest) + 32) + rest


def derive(data_key, head):
    """The message key and the commitment."""
    info = LABEL + hashlib.sha256(head).digest()
    okm = HKDF(algorithm=SHA256(), length=64, salt=head[9:41], info=info).derive(data_key)
    return okm[:32], okm[32:]


def nonce(number, last):
    return bytes(7) + struct.pack(">I", number) + bytes([last])


def seal_chunks(key, pieces):
    cipher = AESGCM(key)
    last = len(pieces) - 1
    return [cipher.encrypt(nonce(i, i == last), piece, b"") for i, piece in enumerate(pieces)]


def cut(plaintext, exponent):
    size = 1 << exponent
    return [plaintext[at : at + size] for at in range(0, len(plaintext), size)] or [b""]


def seal(data_key, key_id, encrypted, context, salt, exponent, plaintext):
    head = fields(key_id.encode(), encrypted, encode_context(context), salt, exponent)
    key, commitment = derive(data_key, head)
    return head + commitment + b"".join(seal_chunks(key, cut(plaintext, exponent)))


class Header:
    """A header that was read, with its rules checked."""

    def __init__(self, envelope):
        demand(envelope[:4] == MAGIC, "magic")
        demand(envelope[4:5] == bytes([VERSION]), "version")
        demand(envelope[5:6] == bytes([ALGORITHM]), "algorithm")
        demand(len(envelope) >= 8, "the header ends early")
        (self.length,) = struct.unpack(">H", envelope[6:8])
        demand(len(envelope) >= self.length >= 40, "the header ends early")
        self.head = envelope[: self.length - 32]
        self.commitment = envelope[self.length - 32 : self.length]
        self.at = 8
        self.exponent = self.take(1)[0]
        demand(10 <= self.exponent <= 20, "chunk size")
        self.salt = self.take(32)
        self.key_id = self.text(1024)
        self.encrypted = self.take_sized(8192)
        demand(self.encrypted, "no data key")
        begin = self.at
        self.context = {}
        (count,) = struct.unpack(">H", self.take(2))
        demand(count <= 1024, "the number of pairs")
        before = None
        for _ in range(count):
            name, value = self.text(65535), self.text(65535)
            demand(before is None or before < name.encode(), "the names' order")
            before = name.encode()
            self.context[name] = value
        demand(self.at - begin <= 32768, "the context's length")
        demand(self.at == len(self.head), "the header's length")

    def take(self, bytes):
        demand(self.at + bytes <= len(self.head), "a field ends early")
        self.at += bytes
        return self.head[self.at - bytes : self.at]

    def take_sized(self, limit):
        (length,) = struct.unpack(">H", self.take(2))
        demand(length <= limit, "a field's length")
        return self.take(length)

    def text(self, limit):
        try:
            return self.take_sized(limit).decode()
        except UnicodeDecodeError as error:
            raise Refused("a text that is not UTF-8") from error


def bare_id(name):
    """The id of a key that is named by its id or its ARN."""
    arn = re.fullmatch(r"acs:kms:.*?:key/(.*)", name, re.DOTALL)
    return arn[1] if arn else name


def open_envelope(envelope, decrypted, demanded, only_keys=None):
    """The plaintext. `decrypted` decrypts a data key, given it and the context, and says with which key."""
    header = Header(envelope)
    for name, value in demanded.items():
        demand(header.context.get(name) == value, "a demanded pair")
    if only_keys is not None:
        demand(bare_id(header.key_id) in map(bare_id, only_keys), "a key that is not trusted")
    key_id, data_key = decrypted(header.encrypted, header.context)
    demand(len(data_key) == 32, "the data key's length")
    demand(bare_id(key_id) == bare_id(header.key_id), "the key")
    key, commitment = derive(data_key, header.head)
    demand(hmac.compare_digest(commitment, header.commitment), "commitment")
    cipher = AESGCM(key)
    size = (1 << header.exponent) + TAG
    body = envelope[header.length :]
    demand(body, "no chunk")
    pieces = []
    for number, at in enumerate(range(0, len(body), size)):
        chunk = body[at : at + size]
        last = at + size >= len(body)
        demand(len(chunk) >= TAG, "a chunk without a tag")
        try:
            piece = cipher.decrypt(nonce(number, last), chunk, b"")
        except InvalidTag as error:
            raise Refused("a chunk is not authentic") from error
        demand(piece or number == 0, "an empty last chunk")
        pieces.append(piece)
    return b"".join(pieces)
