"""How each maker proves that a webhook is its own."""

import base64
import hashlib
import hmac
from typing import Final

# The curve P-256 of FIPS 186-4; Google signs on it. A toy beside a real library: it is not
# constant in time, and its key is known to everybody.
FIELD: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
BASE: Final = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
# The beginning of a public key on it in DER: SubjectPublicKeyInfo up to the uncompressed point.
SPKI: Final = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
GOOGLE_KEY: Final = int.from_bytes(hashlib.sha256(b"the simulated Google").digest(), "big") % ORDER

Point = tuple[int, int] | None


def oura(secret: str, timestamp: str, body: bytes) -> str:
    """Upper-case hex of HMAC-SHA256 over the timestamp and the body."""
    return hmac.new(secret.encode(), timestamp.encode() + body, hashlib.sha256).hexdigest().upper()


def whoop(secret: str, timestamp_ms: str, body: bytes) -> str:
    """Base64 of HMAC-SHA256 over the timestamp, in milliseconds, and the body."""
    digest = hmac.new(secret.encode(), timestamp_ms.encode() + body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def polar(secret: str, body: bytes) -> str:
    """Hex of HMAC-SHA256 over the body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def google(body: bytes) -> str:
    """Base64 of an ECDSA signature on P-256 with SHA-256, in DER."""
    hashed = int.from_bytes(hashlib.sha256(body).digest(), "big")
    seed = GOOGLE_KEY.to_bytes(32, "big") + body
    once = int.from_bytes(hashlib.sha512(seed).digest(), "big") % (ORDER - 1) + 1
    point = _times(once, BASE)
    assert point
    r = point[0] % ORDER
    s = pow(once, -1, ORDER) * (hashed + r * GOOGLE_KEY) % ORDER
    numbers = _der_integer(r) + _der_integer(s)
    return base64.b64encode(bytes([0x30, len(numbers)]) + numbers).decode()


def google_public_key() -> str:
    """What such signatures are checked with, as PEM."""
    point = _times(GOOGLE_KEY, BASE)
    assert point
    der = SPKI + b"".join(number.to_bytes(32, "big") for number in point)
    text = base64.b64encode(der).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""])


def _plus(one: Point, other: Point) -> Point:
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % FIELD == 0:
        return None
    if one == other:
        slope = (3 * x1 * x1 - 3) * pow(2 * y1, -1, FIELD)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, FIELD)
    x3 = (slope * slope - x1 - x2) % FIELD
    return x3, (slope * (x1 - x3) - y1) % FIELD


def _times(number: int, point: Point) -> Point:
    result: Point = None
    while number:
        if number & 1:
            result = _plus(result, point)
        point, number = _plus(point, point), number >> 1
    return result


def _der_integer(value: int) -> bytes:
    data = value.to_bytes(value.bit_length() // 8 + 1, "big")
    return bytes([2, len(data)]) + data
