"""Reads a QR code (ISO/IEC 18004) from a picture, as a phone's camera does. It must be a drawn one, upright and sharp:
nothing is corrected, since nothing is blurred."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from segno import consts

Grid = NDArray[np.bool_]
"""Rows and columns of modules or pixels; True is dark."""

_FINDER = (1, 1, 3, 1, 1)
_FORMAT_MASK = 0b101010000010010
_BYTES = 0b0100
_BLOCKS: Mapping[int, Mapping[int, Sequence[consts.EC]]] = consts.ECC  # type: ignore[assignment]


class NoCode(Exception):
    """There is no code in the picture, or none that can be read."""


def read_code(content: bytes) -> str:
    """The text of the code in a picture.

    Raises:
        NoCode: see the class.
    """
    try:
        with Image.open(io.BytesIO(content)) as picture:
            pixels = np.asarray(picture.convert("L")) < 128
    except (UnidentifiedImageError, OSError, ValueError):
        raise NoCode from None
    modules = _modules(pixels)
    level, mask = _format(modules)
    return _text(_data(modules, level, mask), 8 if _version(modules) < 10 else 16)


class _Run(NamedTuple):
    start: int
    unit: float


def _finders(row: Grid) -> list[_Run]:
    """Where dark and light alternate as 1:1:3:1:1."""
    edges = np.flatnonzero(np.diff(row.astype(np.int8), prepend=0, append=0))
    lengths = np.diff(edges)
    found = []
    for at in range(0, len(lengths) - 4, 2):
        unit = float(lengths[at : at + 5].sum()) / 7
        if unit >= 1 and np.all(np.abs(lengths[at : at + 5] - unit * np.array(_FINDER)) <= unit / 2):
            found.append(_Run(int(edges[at]), unit))
    return found


def _modules(pixels: Grid) -> Grid:
    """The code's own grid: its upper corners show in one row, two modules below its upper edge."""
    for y, row in enumerate(pixels):
        found = _finders(row)
        if len(found) < 2:
            continue
        left, right = found[0], found[-1]
        size = round((right.start - left.start) / left.unit) + 7
        if size % 4 != 1 or not 21 <= size <= 177:
            continue
        unit = (right.start + 7 * right.unit - left.start) / size
        middles = (np.arange(size) + 0.5) * unit
        rows, columns = (y - 2 * unit + middles).astype(int), (left.start + middles).astype(int)
        if rows[0] >= 0 and rows[-1] < len(pixels) and columns[-1] < len(row):
            modules = np.asarray(pixels[np.ix_(rows, columns)])
            if np.array_equal(modules[6, 8:-8], np.arange(8, size - 8) % 2 == 0):  # dark and light by turns
                return modules
    raise NoCode


def _version(modules: Grid) -> int:
    return (len(modules) - 17) // 4


def _format(modules: Grid) -> tuple[int, int]:
    """The level of error correction (its two bits, by which segno numbers them), and the number of the mask."""
    places = [(8, column) for column in (0, 1, 2, 3, 4, 5, 7, 8)] + [(row, 8) for row in (7, 5, 4, 3, 2, 1, 0)]
    bits = sum(int(modules[place]) << (14 - at) for at, place in enumerate(places)) ^ _FORMAT_MASK
    return bits >> 13, bits >> 10 & 0b111


def _is_function(size: int) -> Grid:
    """The modules that carry no data: corners, timing, alignment, format and version."""
    version, taken = (size - 17) // 4, np.zeros((size, size), bool)
    taken[:9, :9] = taken[:9, -8:] = taken[-8:, :9] = True
    taken[6, :] = taken[:, 6] = True
    places = consts.ALIGNMENT_POS[version - 2] if version > 1 else ()
    for row in places:
        for column in places:
            if (row, column) not in ((6, 6), (6, size - 7), (size - 7, 6)):
                taken[row - 2 : row + 3, column - 2 : column + 3] = True
    if version >= 7:
        taken[:6, -11:-8] = taken[-11:-8, :6] = True
    return taken


def _masked(mask: int, size: int) -> Grid:
    i, j = np.indices((size, size))
    rules = (
        (i + j) % 2,
        i % 2,
        j % 3,
        (i + j) % 3,
        (i // 2 + j // 3) % 2,
        (i * j) % 2 + (i * j) % 3,
        ((i * j) % 2 + (i * j) % 3) % 2,
        ((i + j) % 2 + (i * j) % 3) % 2,
    )
    return np.asarray(rules[mask] == 0)


def _places(size: int) -> Iterator[tuple[int, int]]:
    """In the order of the data: two columns at a time from the right, up and down by turns."""
    columns = [column for column in range(size - 1, 0, -1) if column > 6] + list(range(5, 0, -1))
    for turn, right in enumerate(columns[::2]):
        for row in range(size - 1, -1, -1) if turn % 2 == 0 else range(size):
            yield row, right
            yield row, right - 1


def _data(modules: Grid, level: int, mask: int) -> bytes:
    """The codewords of the data, in order: blocks are interleaved byte by byte."""
    size = len(modules)
    plain, taken = modules ^ _masked(mask, size), _is_function(size)
    bits = [bool(plain[place]) for place in _places(size) if not taken[place]]
    words = np.packbits(bits[: len(bits) // 8 * 8])
    lengths = [info.num_data for info in _BLOCKS[_version(modules)][level] for _ in range(info.num_blocks)]
    blocks: list[list[int]] = [[] for _ in lengths]
    taken_from = iter(words.tolist())
    for at in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if at < length:
                block.append(next(taken_from))
    return bytes(word for block in blocks for word in block)


def _text(data: bytes, count_bits: int) -> str:
    bits = "".join(f"{word:08b}" for word in data)
    if int(bits[:4], 2) != _BYTES:
        raise NoCode
    start = 4 + count_bits
    end = start + 8 * int(bits[4:start], 2)
    return bytes(int(bits[at : at + 8], 2) for at in range(start, end, 8)).decode("utf-8", "replace")
