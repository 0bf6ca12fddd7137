"""A report as handlers describe it; the program makes a file of it (see Ports.reports)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 begins a chapter, 2 a part of it."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Plain text; line breaks are kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """`widths` are shares of the page, one for each column; none: all the same."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG across the page; a photo (PNG or JPEG) takes at most half of it, whatever its shape."""

    png: bytes
    is_photo: bool = False


Block = Heading | Paragraph | Table | Picture


@dataclass(frozen=True, slots=True)
class Report:
    """`subtitle` stands below the title, `footer` on each page beside its number."""

    title: str
    subtitle: str
    footer: str
    made_at: datetime
    blocks: Sequence[Block]
