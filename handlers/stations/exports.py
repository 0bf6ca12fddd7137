"""The stations as files, as `stations export` writes them."""

from __future__ import annotations

import io
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.feature import OpenExport
from handlers.i18n.translations import N_
from storage.stations import stations
from storage.stations.files import CsvWriter, GeoJsonWriter


async def _stations(writer_of: type[CsvWriter | GeoJsonWriter], session: AsyncSession, _zone: ZoneInfo) -> bytes:
    out = io.BytesIO()
    writer = writer_of(out)
    async for row in stations.all_rows(session):
        writer.add(row)
    writer.close()
    return out.getvalue()


EXPORTS = (
    OpenExport("csv", N_("🏠 Stations, CSV"), "stations.csv", partial(_stations, CsvWriter)),
    OpenExport("geojson", N_("🏠 Stations, GeoJSON"), "stations.geojson", partial(_stations, GeoJsonWriter)),
)
