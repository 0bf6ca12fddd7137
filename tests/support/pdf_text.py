"""The text of a PDF that fpdf2 wrote, to be looked for in it."""

from __future__ import annotations

import re
import zlib

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_PAIR = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]{4,})>")
_SHOWN = re.compile(rb"\(((?:\\.|[^\\)])*)\) Tj", re.DOTALL)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of_pdf(pdf: bytes) -> str:
    """Its pieces, each on a line; where a line of text was broken, that is a break too."""
    streams = [_inflated(stream) for stream in _STREAM.findall(pdf)]
    characters = {
        int(code, 16): bytes.fromhex(meant.decode()).decode("utf-16-be")
        for stream in streams
        if b"beginbfchar" in stream
        for code, meant in _PAIR.findall(stream.partition(b"beginbfchar")[2])
    }
    pieces = (_plain(shown) for stream in streams for shown in _SHOWN.findall(stream))
    return "\n".join(
        "".join(characters.get(int.from_bytes(piece[at : at + 2], "big"), "") for at in range(0, len(piece), 2))
        for piece in pieces
    )


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)  # its checksum may end in what looks like a line's end
    except zlib.error:  # it was not deflated
        return stream


def _plain(shown: bytes) -> bytes:
    return _ESCAPED.sub(lambda found: _CONTROLS.get(found[1], found[1]), shown)
