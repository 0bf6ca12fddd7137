"""Catalogues of translations, compiled from their sources (.po) and kept beside them, as Python keeps its modules.

`python -m handlers.i18n.catalogues` compiles them all, for a program that may not write to its own folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
from gettext import GNUTranslations
from pathlib import Path

LOCALES = Path(__file__).parent / "locales"

_CACHE = "__pycache__"
_DIGEST = 32
"""Bytes before the catalogue that tell whether it is whole."""


def source_of(language: str) -> Path:
    """The .po of a language, if it has one."""
    return LOCALES / language / "LC_MESSAGES" / "nuanxin.po"


def load(source: Path, language: str) -> GNUTranslations:
    """The catalogue of this .po. Compiling it takes a tenth of the start, so it is done once for each content."""
    content = source.read_bytes()
    kept = source.parent / _CACHE / f"{source.stem}-{hashlib.sha256(content).hexdigest()[:16]}.mo"
    compiled = _read(kept)
    if compiled is None:
        compiled = compiled_from(content, language)
        with contextlib.suppress(OSError):  # the folder of the program may be read-only
            _keep(kept, compiled)
    return GNUTranslations(io.BytesIO(compiled))


def compiled_from(content: bytes, language: str) -> bytes:
    """The .mo of the content of a .po."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(content), locale=language))
    return compiled.getvalue()


def _read(kept: Path) -> bytes | None:
    """What was kept; None if there is nothing, or not all of it."""
    try:
        found = kept.read_bytes()
    except OSError:
        return None
    digest, compiled = found[:_DIGEST], found[_DIGEST:]
    return compiled if hashlib.sha256(compiled).digest() == digest else None


def _keep(kept: Path, compiled: bytes) -> None:
    kept.parent.mkdir(exist_ok=True)
    for old in kept.parent.glob("*.mo"):
        old.unlink(missing_ok=True)
    unfinished = kept.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(hashlib.sha256(compiled).digest() + compiled)
    unfinished.replace(kept)


if __name__ == "__main__":
    for folder in LOCALES.iterdir():
        load(source_of(folder.name), folder.name)
