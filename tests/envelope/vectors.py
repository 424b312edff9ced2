"""Makes and checks the test vectors of the envelope's format.

    python vectors.py write FILE
    python vectors.py check FILE
"""

import hashlib
import json
import pathlib
import struct
import sys

import format as envelope

DATA_KEY = bytes(range(32))
ENCRYPTED = b"an encrypted data key"
KEY_ID = "key-hzz0123456789abcdef"
CONTEXT = {"tenant": "中", "app": "a b&c=d"}


def plaintext(length):
    return bytes(n % 251 for n in range(length))


def salt(name):
    return hashlib.sha256(name.encode()).digest()


def good():
    cases = [("empty plaintext", 10, 0, {}, KEY_ID), ("one byte, the usual chunk", 16, 1, CONTEXT, KEY_ID)]
    for length in (1, 1023, 1024, 1025, 2048, 3000):
        cases.append((f"{length} bytes in chunks of 1024", 10, length, CONTEXT, KEY_ID))
    cases.append(("the largest chunk, no key id", 20, 5, {"": "", "a": ""}, ""))
    for name, exponent, length, context, key_id in cases:
        sealed = envelope.seal(
            DATA_KEY, key_id, ENCRYPTED, context, salt(name), exponent, plaintext(length)
        )
        yield {
            "name": name,
            "data_key": DATA_KEY.hex(),
            "encrypted_data_key": ENCRYPTED.hex(),
            "key_id": key_id,
            "context": context,
            "chunk_size": 1 << exponent,
            "salt": salt(name).hex(),
            "length": length,
            "envelope": sealed.hex(),
        }


def bad():
    """Envelopes of two and a half chunks, each wrong in one way."""
    exponent, chunk = 10, 1024 + envelope.TAG
    text = plaintext(2100)
    pieces = envelope.cut(text, exponent)

    def sealed(name="bad", context=CONTEXT, data_key=DATA_KEY):
        return envelope.seal(data_key, KEY_ID, ENCRYPTED, context, salt(name), exponent, text)

    def composed(pairs=None, key_id=KEY_ID.encode(), encrypted=ENCRYPTED, exponent=exponent, chunks=None):
        """Right keys over a header or chunks that break a rule."""
        pairs = envelope.encode_context(CONTEXT) if pairs is None else pairs
        head = envelope.fields(key_id, encrypted, pairs, salt("bad"), exponent)
        key, commitment = envelope.derive(DATA_KEY, head)
        chunks = envelope.seal_chunks(key, pieces) if chunks is None else chunks(key)
        return head + commitment + b"".join(chunks)

    def changed(at, value=None):
        changed = bytearray(sealed())
        changed[at] = changed[at] ^ 1 if value is None else value
        return bytes(changed)

    def pairs(*listed):
        listed = [(name.encode(), value.encode()) for name, value in listed]
        encoded = b"".join(envelope.sized(n) + envelope.sized(v) for n, v in listed)
        return struct.pack(">H", len(listed)) + encoded

    def flagged(flags):
        def chunks(key):
            cipher = envelope.AESGCM(key)
            return [
                cipher.encrypt(envelope.nonce(i, last), pieces[min(i, 2)] if i < 3 else b"", b"")
                for i, last in enumerate(flags)
            ]
        return chunks

    def with_empty_end(key):
        return envelope.seal_chunks(key, [pieces[0], pieces[1], b""])

    whole = sealed()
    length = envelope.Header(whole).length
    head, body = whole[:length], whole[length:]
    first, second, last = body[:chunk], body[chunk : 2 * chunk], body[2 * chunk :]
    foreign = sealed("another of the same data key")[length:]
    with_length = lambda value: whole[:6] + struct.pack(">H", value) + whole[8:]

    yield "the key id of another key than the one that opens it", composed(key_id=b"key-hzz-of-another")
    yield "no bytes at all", b""
    yield "another magic", changed(0)
    yield "version 2", changed(4, 2)
    yield "algorithm 2", changed(5, 2)
    yield "a header that ends inside its first eight bytes", whole[:7]
    yield "a header that ends early", whole[: length - 1]
    yield "a header's length of 0", with_length(0)
    yield "a header's length that is one too small", with_length(length - 1)
    yield "a header's length that is one too large", with_length(length + 1)
    yield "chunks of 512 bytes", composed(exponent=9)
    yield "chunks of 2 MiB", composed(exponent=21)
    yield "a key id that is not UTF-8", composed(key_id=b"\xff")
    yield "a key id that is too long", composed(key_id=b"k" * 1025)
    yield "no data key", composed(encrypted=b"")
    yield "a data key that is too long", composed(encrypted=b"d" * 8193)
    yield "a name that is not UTF-8", composed(pairs=b"\0\1\0\1\xff\0\0")
    yield "names that are not sorted", composed(pairs=pairs(("b", "1"), ("a", "2")))
    yield "a name that is there twice", composed(pairs=pairs(("a", "1"), ("a", "2")))
    yield "a context that is too long", composed(pairs=pairs(("a", "x" * 32763)))
    yield "1025 pairs", composed(pairs=pairs(*((f"{n:04}", "") for n in range(1025))))
    yield "fewer pairs than their number says", composed(pairs=b"\0\2" + pairs(("a", "1"))[2:])
    yield "more pairs than their number says", composed(pairs=b"\0\0" + pairs(("a", "1"))[2:])
    yield "another salt", changed(9)
    yield "another key id", changed(43)
    yield "another value in the context", changed(length - 33)
    yield "another commitment", changed(length - 1)
    yield "another data key", sealed(data_key=bytes(32))
    yield "another byte in the first chunk", changed(length)
    yield "another byte in the first chunk's tag", changed(length + chunk - 1)
    yield "another byte in the last chunk's tag", changed(len(whole) - 1)
    yield "no chunk", head
    yield "a first chunk alone, without its end", head + first[:-1]
    yield "cut inside the last chunk", whole[:-1]
    yield "cut inside the last chunk's tag, of which 15 bytes are there", head + first + second + last[:15]
    yield "cut after the second chunk", head + first + second
    yield "cut after the first chunk", head + first
    yield "one byte too many", whole + b"\0"
    yield "the last chunk twice", whole + last
    yield "the first chunk twice", head + first + first + second + last
    yield "the first chunk missing", head + second + last
    yield "a middle chunk missing", head + first + last
    yield "two chunks in each other's place", head + second + first + last
    yield "a chunk of another envelope of the same data key", head + first + foreign[chunk : 2 * chunk] + last
    yield "the chunks of another envelope of the same data key", head + foreign
    yield "an empty last chunk after others", composed(chunks=with_empty_end)
    yield "no chunk that is the last one", composed(chunks=flagged([0, 0, 0]))
    yield "a chunk after the last one", composed(chunks=flagged([0, 1, 1]))


def write(path):
    vectors = {
        "good": list(good()),
        "bad": [
            {"reason": reason, "data_key": DATA_KEY.hex(), "key_id": KEY_ID, "envelope": whole.hex()}
            for reason, whole in bad()
        ],
    }
    path.write_text(json.dumps(vectors, ensure_ascii=False, indent=1) + "\n")


def check(path):
    vectors = json.loads(path.read_text())
    for vector in vectors["good"]:
        sealed_before = bytes.fromhex(vector["envelope"])
        data_key = bytes.fromhex(vector["data_key"])
        exponent = vector["chunk_size"].bit_length() - 1
        again = envelope.seal(
            data_key,
            vector["key_id"],
            bytes.fromhex(vector["encrypted_data_key"]),
            vector["context"],
            bytes.fromhex(vector["salt"]),
            exponent,
            plaintext(vector["length"]),
        )
        assert again == sealed_before, vector["name"]
        answer = (vector["key_id"], data_key)
        opened = envelope.open_envelope(sealed_before, lambda *_: answer, vector["context"])
        assert opened == plaintext(vector["length"]), vector["name"]
    for vector in vectors["bad"]:
        answer = (vector["key_id"], bytes.fromhex(vector["data_key"]))
        try:
            envelope.open_envelope(bytes.fromhex(vector["envelope"]), lambda *_: answer, {})
        except envelope.Refused:
            continue
        sys.exit(f"not refused: {vector['reason']}")
    print(len(vectors["good"]), "good and", len(vectors["bad"]), "bad envelopes are as they should be")


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("write", "check"):
        sys.exit(__doc__)
    {"write": write, "check": check}[sys.argv[1]](pathlib.Path(sys.argv[2]))
