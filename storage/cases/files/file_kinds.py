"""Which kinds of files evidence is handed on as: those that a phone or an office makes, and that run nothing when they
are opened. What a file is stands in its first bytes; its name only chooses among the kinds that begin so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

OTHER = ".bin"
"""The ending of all else."""
HEAD = 4_096
"""Bytes from the start of a file that tell what it is."""


def _begins(*starts: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(starts)


def _is_container(head: bytes) -> bool:
    """The container of MP4, and of what phones make of it: ISO/IEC 14496-12."""
    return head[4:8] == b"ftyp"


def _is_riff(kind: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(b"RIFF") and head[8:12] == kind


def _is_mpeg_audio(head: bytes) -> bool:
    return head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0)


def _is_text(head: bytes) -> bool:
    """Printable, in UTF-8 or GB18030. Where the head ends within a character, that one is not looked at."""
    if b"\0" in head or any(byte < 32 and byte not in b"\t\n\r\f" for byte in head):
        return False
    return any(_decodes(head, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        head.decode(encoding)
    except UnicodeDecodeError as error:
        return len(head) == HEAD and error.start >= HEAD - 4
    return True


KINDS: Mapping[str, Callable[[bytes], bool]] = {
    ".jpg": _begins(b"\xff\xd8\xff"),
    ".jpeg": _begins(b"\xff\xd8\xff"),
    ".png": _begins(b"\x89PNG\r\n\x1a\n"),
    ".gif": _begins(b"GIF87a", b"GIF89a"),
    ".webp": _is_riff(b"WEBP"),
    ".heic": _is_container,
    ".pdf": _begins(b"%PDF-"),
    ".docx": _begins(b"PK\x03\x04"),
    ".xlsx": _begins(b"PK\x03\x04"),
    ".pptx": _begins(b"PK\x03\x04"),
    ".ofd": _begins(b"PK\x03\x04"),
    ".txt": _is_text,
    ".csv": _is_text,
    ".mp4": _is_container,
    ".mov": _is_container,
    ".m4a": _is_container,
    ".3gp": _is_container,
    ".mp3": _is_mpeg_audio,
    ".ogg": _begins(b"OggS"),
    ".opus": _begins(b"OggS"),
    ".wav": _is_riff(b"WAVE"),
    ".amr": _begins(b"#!AMR"),
}
"""By its ending, whether a file that begins so is of a kind. OFD is the format of Chinese electronic invoices."""


def ending_of(name: str, head: bytes) -> str:
    """The ending under which a file is handed on: that of its name if its bytes bear it out, else OTHER."""
    _, point, last = name.rpartition(".")
    ending = (point + last).lower()
    is_kind = KINDS.get(ending)
    return ending if is_kind is not None and is_kind(head[:HEAD]) else OTHER


_NOT_VIDEO = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"avif", b"M4A ")
"""Brands of the container that hold pictures, which few browsers show, and sound alone."""
SHOWN: Mapping[str, Callable[[bytes], bool]] = {
    "image/jpeg": KINDS[".jpg"],
    "image/png": KINDS[".png"],
    "image/gif": KINDS[".gif"],
    "image/webp": KINDS[".webp"],
    "application/pdf": KINDS[".pdf"],
    "audio/ogg": KINDS[".ogg"],
    "audio/wav": KINDS[".wav"],
    "audio/mpeg": _begins(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    "audio/mp4": lambda head: _is_container(head) and head[8:12] == b"M4A ",
    "video/mp4": lambda head: _is_container(head) and head[8:12] not in _NOT_VIDEO,
}
"""What every browser shows by itself and runs nothing of, by its media type."""


def shown_type(head: bytes) -> str | None:
    """The media type of a file that begins so, whatever it is called; None if browsers are not to show it."""
    return next((kind for kind, is_kind in SHOWN.items() if is_kind(head)), None)
