"""Turning the pages of a list in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from handlers.chat.press import Button

T = TypeVar("T")


def page_of(items: Sequence[T], page: int, size: int) -> tuple[Sequence[T], int, int]:
    """What stands on a page, which page that is (from 0), and how many there are."""
    pages = max(1, -(-len(items) // size))
    page = max(0, min(page, pages - 1))
    return items[page * size : (page + 1) * size], page, pages


def turning(page: int, pages: int, button: Callable[[str, int], Button]) -> list[Button]:
    """Back and on; the last page leads to the first, so that both are always where the finger is."""
    if pages < 2:
        return []
    return [button("◀", (page - 1) % pages), button("▶", (page + 1) % pages)]
