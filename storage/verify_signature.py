"""Checks the signature of a file that the bot has made. It needs nothing but Python 3.

    python3 verify_signature.py FILE FILE.signature.json PUBLIC_KEY

The public key is the one that the organisation publishes, in hexadecimal. Ed25519 as in RFC 8032, section 6.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]
"""Extended homogeneous coordinates: x, y, z, t with x/z, y/z and xy = t/z."""


def _recovered_x(y: int, sign: int) -> int | None:
    """The x of a point of the curve, of which y and the lowest bit of x are known."""
    if y >= _P:
        return None
    squared = (y * y - 1) * pow(_D * y * y + 1, -1, _P)
    if squared % _P == 0:
        return None if sign else 0
    x = pow(squared, (_P + 3) // 8, _P)
    if (x * x - squared) % _P:
        x = x * _ROOT % _P
    if (x * x - squared) % _P:
        return None
    return _P - x if x & 1 != sign else x


_Y = 4 * pow(5, -1, _P) % _P
_X = _recovered_x(_Y, 0) or 0
_BASE = (_X, _Y, 1, _X * _Y % _P)


def _added(p: _Point, q: _Point) -> _Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _multiplied(times: int, point: _Point) -> _Point:
    result: _Point = (0, 1, 1, 0)
    while times > 0:
        if times & 1:
            result = _added(result, point)
        point = _added(point, point)
        times >>= 1
    return result


def _decoded(data: bytes) -> _Point | None:
    y = int.from_bytes(data, "little")
    x = _recovered_x(y & (2**255 - 1), y >> 255)
    y &= 2**255 - 1
    return None if x is None else (x, y, 1, x * y % _P)


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature (64 bytes) of the message is that of the public key (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = _decoded(public), _decoded(signature[:32])
    response = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or response >= _ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    left = _multiplied(response, _BASE)
    right = _added(commitment, _multiplied(int.from_bytes(digest, "little") % _ORDER, key))
    same_x = (left[0] * right[2] - right[0] * left[2]) % _P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % _P == 0


def fault_of(content: bytes, claimed: Mapping[str, object], public: str) -> str:
    """What is wrong, as a sentence; "" if nothing is."""
    try:
        named = {name: str(claimed[name]) for name in ("sha256", "signed_at", "public_key", "signature")}
        signature, key = bytes.fromhex(named["signature"]), bytes.fromhex(public)
    except (KeyError, TypeError, ValueError):
        return "this is no signature file, or no public key"
    if named["public_key"] != public.lower():
        return "it was signed with another key"
    if hashlib.sha256(content).hexdigest() != named["sha256"]:
        return "the file is not the one that was signed"
    message = f"nuanxin signature 1\n{named['sha256']}\n{named['signed_at']}\n".encode()
    return "" if is_signed(key, message, signature) else "the signature is wrong"


def main(arguments: Sequence[str]) -> int:
    """Prints what it found; returns the exit status."""
    if len(arguments) != 3:
        sys.stdout.write(__doc__ or "")
        return 2
    file, beside = map(Path, arguments[:2])
    content = file.read_bytes()
    try:
        claimed = json.loads(beside.read_bytes())
    except ValueError:
        claimed = {}
    if not isinstance(claimed, dict):
        claimed = {}
    fault = fault_of(content, claimed, arguments[2].strip())
    sys.stdout.write(f"WRONG: {fault}\n" if fault else f"right: signed at {claimed['signed_at']}\n")
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
