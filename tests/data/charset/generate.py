#!/usr/bin/env python3
"""Writes vectors.tsv: what Python's codecs make of names, texts and bytes.

Run it in this folder: python3 generate.py > vectors.tsv. Its lines, fields between tabs:

    name    ALIAS  CODEC          the codec that Python finds by the alias
    encode  CODEC  TEXT   BYTES  the text (JSON) in hexadecimal, or !POSITION of what does not fit
    decode  CODEC  BYTES TEXT    the reverse; ! if malformed
    chars   CODEC  SHA-256        of every character of the Basic Multilingual Plane, and of every
                                  257th above it, encoded: length (one byte), bytes; FF if refused
    pairs   CODEC  SHA-256        of every byte, and of every pair that begins with 80 or above,
                                  decoded: length, UTF-8; FF if malformed
"""

import codecs
import encodings.aliases
import hashlib
import json

CODECS = """
    utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be iso8859-1 ascii
    gbk gb2312 gb18030 big5 cp950 shift_jis cp932 euc_jp iso2022_jp euc_kr cp949
    iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10
    iso8859-11 iso8859-13 iso8859-14 iso8859-15 iso8859-16 tis-620 cp874
    cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp866
    koi8-r koi8-u mac-roman mac-cyrillic
""".split()

TEXTS = [
    "",
    "plain text",
    "line\r\n\ttwo\0\x7f",
    "café",
    "\u0080\u0085\u009f",
    "5 € – “ok”",
    "密钥管理服务",
    "繁體中文加密",
    "混合 mixed 文字, 123",
    "暗号鍵 カギ かぎ ｶｷﾞ",
    "¥ ‾ \\ ~ 〜 ～",
    "암호 키 뷁",
    "Ключ Ўў ╬",
    "κλειδί",
    "מפתח مفتاح กุญแจ",
    "\ufeffmarked",
    "emoji 🔑 and 𠮷",
    "ḿ\ue78d\ue5e5龴︐",
    "é中中é€",
]

BYTES = [
    "", "80", "ff", "6180", "61ff", "00d8", "00d84100", "00dc00d8", "d83ddd11", "3dd811dd", "61",
    "610062", "feff0061", "fffe6100", "fffe", "efbbbf61", "efbb", "61c3", "61c328", "c0af", "eda080",
    "f09f9491", "f4908080", "0000feff00000061", "fffe000061000000", "0000110000", "00d80000", "81",
    "81308130", "8130813a", "90308130", "e3329a35", "e3329a36", "8431a530", "a1", "a1a1", "a4d4",
    "a4d4a4a1a4bfa4a2", "a4d4a4a1a4bf", "8ea1", "8fa2b7", "8fb0a9", "8fffff", "fa40", "ed40", "eef9",
    "1b244224221b2842", "1b2442242261", "1b28425c1b284a5c7e1b2842", "1b24402422", "1b2441", "1b",
    "0e0f", "a3e1", "f9fe", "c6a1", "815f", "8140",
]


def line(*fields):
    print("\t".join(fields))


def encoded(codec, text):
    try:
        return text.encode(codec)
    except UnicodeEncodeError as error:
        return error.start


def decoded(codec, bytes):
    try:
        return bytes.decode(codec)
    except UnicodeDecodeError:
        return None


def digest(items):
    sha = hashlib.sha256()
    for item in items:
        sha.update(b"\xff" if item is None else bytes([len(item)]) + item)
    return sha.hexdigest()


def names():
    for alias, module in sorted(encodings.aliases.aliases.items()):
        codec = codecs.lookup(module).name if module != "mbcs" else None
        if codec in CODECS:
            yield alias, codec
    for codec in CODECS:
        yield codec, codecs.lookup(codec).name


def chars():
    points = [*range(0x10000), *range(0x10000, 0x110000, 257)]
    return [chr(point) for point in points if not 0xD800 <= point < 0xE000]


def pairs():
    yield from (bytes([byte]) for byte in range(256))
    yield from (bytes([first, second]) for first in range(128, 256) for second in range(256))


for alias, codec in names():
    line("name", alias, codec)
for codec in CODECS:
    for text in TEXTS:
        result = encoded(codec, text)
        shown = f"!{result}" if isinstance(result, int) else result.hex()
        line("encode", codec, json.dumps(text), shown)
    # Of charsets with one byte a character, the pairs say everything.
    for bytes in BYTES if codec in CODECS[:CODECS.index("cp949") + 1] else []:
        text = decoded(codec, bytes.fromhex(bytes))
        line("decode", codec, bytes, "!" if text is None else json.dumps(text))
    results = (encoded(codec, c) for c in chars())
    line("chars", codec, digest(None if isinstance(r, int) else r for r in results))
    texts = (decoded(codec, bytes) for bytes in pairs())
    line("pairs", codec, digest(None if t is None else t.encode() for t in texts))
