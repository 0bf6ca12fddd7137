"""Reading the features of a GeoJSON in bounded memory, one at a time."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from pathlib import Path

LONGEST_FEATURE = 512 << 10
"""Bytes of a GeoJSON feature: a polygon of some 15,000 corners."""

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+|[{}\[\]]', re.DOTALL)
_COLON = re.compile(rb"\s*:")
_BETWEEN = re.compile(rb"\s*(?:,\s*)?")


class NotAFeatureCollection(ValueError):
    """The file is no whole GeoJSON FeatureCollection, nor Overpass JSON."""


_LISTS = (b'"features"', b'"elements"')
"""Of GeoJSON, and of Overpass JSON."""


def features(path: Path) -> Iterator[bytes | None]:
    """The features of a FeatureCollection, or Overpass's elements, as JSON, each by itself; None for one that is longer
    than LONGEST_FEATURE.

    Raises:
        NotAFeatureCollection: see the class. It may come after features that were good.
    """
    if not path.stat().st_size:
        raise NotAFeatureCollection
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        at, depth = _begin_of_list(text)
        expected = at
        for found in _TOKEN.finditer(text, at):
            sign = found[0]
            if depth == 0 and sign != b"{":
                if sign == b"]" and _BETWEEN.fullmatch(text, expected, found.start()):
                    return
                raise NotAFeatureCollection
            if sign in (b"{", b"["):
                if depth == 0:
                    begin = found.start()
                    if not _BETWEEN.fullmatch(text, expected, begin):
                        raise NotAFeatureCollection
                depth += 1
            elif sign in (b"}", b"]"):
                depth -= 1
                if depth == 0:
                    expected = found.end()
                    yield None if expected - begin > LONGEST_FEATURE else text[begin:expected]
    raise NotAFeatureCollection


def _begin_of_list(text: mmap.mmap) -> tuple[int, int]:
    """Where the list of features of the outermost object begins, and how deep one is in it (0)."""
    depth, is_wanted = 0, False
    for found in _TOKEN.finditer(text):
        sign = found[0][:12]
        if depth == 1 and is_wanted and sign == b"[":
            return found.end(), 0
        if sign[:1] == b'"':
            is_wanted = depth == 1 and sign in _LISTS and _COLON.match(text, found.end()) is not None
            continue
        is_wanted = False
        depth += 1 if sign in (b"{", b"[") else -1
        if depth == 1 and sign == b"[":
            break
    raise NotAFeatureCollection
