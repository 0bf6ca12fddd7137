"""Typed addresses become points: geopy's geocoders over aiohttp."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from geopy.adapters import AioHTTPAdapter
from geopy.exc import GeopyError
from geopy.geocoders import get_geocoder_for_service

from bot.config.sections import Geocoding
from handlers.chat.ports import Address, GeocodingFailed
from storage.geodesy import Crs, is_place, to_wgs84

_TIMEOUT = 5.0
_MOST = 3
_SYSTEMS = {"baidu": Crs.BD09, "baiduv3": Crs.BD09}


class NotUsable(Exception):
    """The config's section does not suffice for its service; the text says why."""


class GeopyGeocoder:
    """Implements handlers.chat.context.Geocoder with the service of the config."""

    def __init__(self, config: Geocoding) -> None:
        """Raises NotUsable: see the class."""
        service = get_geocoder_for_service(config.service)
        offered = {
            "domain": config.domain,
            "scheme": config.scheme,
            "api_key": config.api_key.get_secret_value(),
            "user_agent": "nuanxin",
        }
        accepted = inspect.signature(service).parameters
        options = {name: value for name, value in offered.items() if value and name in accepted}
        self._crs = _SYSTEMS.get(config.service.lower(), Crs.WGS84)
        try:
            self._service: Any = service(timeout=_TIMEOUT, adapter_factory=AioHTTPAdapter, **options)
        except (TypeError, GeopyError):  # a parameter without a default is missing
            raise NotUsable(
                f"geocoding: the service {config.service} needs more than its name, such as an api_key"
            ) from None
        self._accepts = inspect.signature(self._service.geocode).parameters

    async def find(self, text: str, language: str) -> Sequence[Address]:
        """See handlers.chat.context.Geocoder."""
        wishes = {"exactly_one": False, "language": language.partition("_")[0], "limit": _MOST}
        options = {name: value for name, value in wishes.items() if name in self._accepts}
        try:
            found = await self._service.geocode(text, **options)
        except GeopyError as failure:
            raise GeocodingFailed(type(failure).__name__) from None
        return [
            Address(str(one.address), *to_wgs84(one.latitude, one.longitude, self._crs))
            for one in (found or [])[:_MOST]
            if is_place(one.latitude, one.longitude)
        ]

    async def close(self) -> None:
        await self._service.adapter.__aexit__(None, None, None)
