"""Pictures, drawn in a worker thread. It also imports what draws: Pillow takes 5 MB and a twentieth of a second, and
most days nobody asks for a picture."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from cachetools import LRUCache, TTLCache

from handlers.chat.pictures import Card, Cell, Certificate, Legend, Spot

_KEPT = 64
_CHARTS_KEPT_FOR = 600.0


class PillowPainter:
    """Implements handlers.chat.context.Painter, and keeps the last maps and charts of results."""

    def __init__(self) -> None:
        self._kept: LRUCache[tuple[object, ...], bytes] = LRUCache(_KEPT)
        self._charts: TTLCache[tuple[object, ...], asyncio.Task[bytes]] = TTLCache(_KEPT, _CHARTS_KEPT_FOR)

    def undrawable(self, text: str) -> str:
        """See handlers.chat.context.Painter."""
        from bot.pictures import text_drawing

        return text_drawing.undrawable(text)

    async def card_png(self, card: Card) -> bytes:
        """See handlers.chat.context.Painter. Not kept: it shows a name."""

        def draw() -> bytes:
            from bot.pictures import membership_card

            return membership_card.paint(card)

        return await asyncio.to_thread(draw)

    async def certificate_png(self, certificate: Certificate) -> bytes:
        """See handlers.chat.context.Painter. Not kept: it shows a name."""

        def draw() -> bytes:
            from bot.pictures import certificate as certificates

            return certificates.paint(certificate)

        return await asyncio.to_thread(draw)

    async def photo_jpeg(self, photo: bytes) -> bytes | None:
        """See handlers.chat.context.Painter. Not kept: it was sent by somebody."""

        def draw() -> bytes | None:
            from bot.pictures import photo as photos

            return photos.scaled(photo)

        return await asyncio.to_thread(draw)

    async def qr_png(self, link: str, title: str) -> bytes:
        """See handlers.chat.context.Painter."""

        def draw() -> bytes:
            from bot.pictures import membership_card

            return membership_card.paint_code(link, title)

        return await asyncio.to_thread(draw)

    async def columns_png(
        self, title: str, values: Sequence[int | None], labels: Sequence[str], before: Sequence[int | None] = ()
    ) -> bytes:
        """See handlers.chat.context.Painter."""

        def draw() -> bytes:
            from bot.pictures import charts

            return charts.columns(title, values, labels, before)

        return await asyncio.to_thread(draw)

    async def bars_png(self, title: str, rows: Sequence[tuple[str, int | None]], hidden: str = "") -> bytes:
        """See handlers.chat.context.Painter. A published result is looked at by many, some of them at once: the same
        chart is drawn once, and kept for a while."""

        def draw() -> bytes:
            from bot.pictures import charts

            return charts.bars(title, rows, hidden)

        key = (title, tuple(rows), hidden)
        drawing = self._charts.get(key)
        if drawing is None or drawing.cancelled() or (drawing.done() and drawing.exception() is not None):
            drawing = self._charts[key] = asyncio.create_task(asyncio.to_thread(draw))
        return await asyncio.shield(drawing)

    async def gaps_png(
        self, title: str, legend: Legend, cells: Sequence[Cell], stations: Sequence[tuple[float, float]], language: str
    ) -> bytes:
        """See handlers.chat.context.Painter."""

        def draw() -> bytes:
            from bot.pictures import coverage_map

            return coverage_map.paint(title, legend, cells, stations, language)

        return await asyncio.to_thread(draw)

    async def map_png(self, latitude: float, longitude: float, spots: Sequence[Spot], language: str) -> bytes:
        """See handlers.chat.context.Painter."""

        def draw() -> bytes:
            from bot.pictures import location_map

            return location_map.paint(latitude, longitude, tuple(spots), language)

        key = (round(latitude, 5), round(longitude, 5), tuple(spots), language)
        png = self._kept.get(key)
        if png is None:
            png = self._kept[key] = await asyncio.to_thread(draw)
        return png
