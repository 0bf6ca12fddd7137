"""Writes reports in a worker thread. It also imports what writes: 40 MB and a second, and most days nobody asks."""

from __future__ import annotations

import asyncio

from handlers.chat.reports import Report


class FileWriter:
    """Implements handlers.chat.ports.ReportWriter."""

    async def pdf(self, report: Report) -> bytes:
        """See handlers.chat.ports.ReportWriter."""

        def write() -> bytes:
            from bot.documents import pdf

            return pdf.written(report)

        return await asyncio.to_thread(write)

    async def html(self, report: Report, language: str) -> bytes:
        """See handlers.chat.ports.ReportWriter."""

        def write() -> bytes:
            from bot.documents import html

            return html.written(report, language)

        return await asyncio.to_thread(write)
