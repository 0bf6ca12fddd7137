"""OpenStreetMap features as station records: the tags that say what a place offers, in our words.

Tags: https://wiki.openstreetmap.org/wiki/Map_features. A GeoJSON of our own export (properties named as the CSV's
columns) is read by the same function.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_YES = {"yes", "designated", "permissive", "public", "customers", "free", "wlan", "only"}

# amenity=*, shop=*, tourism=*, emergency=*: what the place itself is
_IS: Mapping[tuple[str, str], str] = {
    ("amenity", "drinking_water"): "water",
    ("amenity", "water_point"): "water",
    ("amenity", "toilets"): "toilet",
    ("amenity", "shower"): "shower",
    ("amenity", "charging_station"): "charging",
    ("amenity", "bicycle_repair_station"): "repair_tools",
    ("amenity", "bicycle_parking"): "parking",
    ("amenity", "motorcycle_parking"): "parking",
    ("amenity", "parking"): "parking",
    ("amenity", "shelter"): "rest",
    ("amenity", "lounge"): "rest",
    ("amenity", "library"): "reading",
    ("amenity", "public_bookcase"): "reading",
    ("amenity", "canteen"): "meals",
    ("amenity", "give_box"): "donations",
    ("amenity", "internet_cafe"): "wifi",
    ("amenity", "first_aid"): "first_aid",
    ("emergency", "first_aid_kit"): "first_aid",
    ("emergency", "defibrillator"): "first_aid",
    ("shop", "laundry"): "laundry",
    ("shop", "hairdresser"): "haircut",
    ("tourism", "wilderness_hut"): "rest",
}

# key=yes: what it also has
_HAS: Mapping[str, str] = {
    "drinking_water": "water",
    "toilets": "toilet",
    "shower": "shower",
    "charging": "charging",
    "device_charging": "charging",
    "battery_swap": "battery_swap",
    "internet_access": "wifi",
    "air_conditioning": "air_conditioning",
    "heating": "heating",
    "microwave": "microwave",
    "laundry_service": "laundry",
    "washing_machine": "laundry",
    "parking": "parking",
    "bench": "rest",
    "lounge": "rest",
    "ice": "ice",
    "first_aid_kit": "first_aid",
    "books": "reading",
}


def station_from_feature(feature: Any) -> Mapping[str, str]:
    """The CSV record of a GeoJSON feature, or {"problem": why} if it has no place or no properties."""
    try:
        geometry, properties = feature["geometry"], feature["properties"] or {}
        longitude, latitude = _centre(geometry)
        tags = {str(key): str(value) for key, value in properties.items() if value is not None}
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return {"problem": "no usable geometry"}
    if "amenities" in tags:
        return {**tags, "latitude": repr(latitude), "longitude": repr(longitude)}
    return {
        "id": _identity(feature, tags),
        "name": tags.get("name:zh", tags.get("name", "")),
        "address": _address(tags),
        "latitude": repr(latitude),
        "longitude": repr(longitude),
        "opening_hours": tags.get("opening_hours", ""),
        "amenities": ";".join(_amenities(tags)),
        "phone": tags.get("phone", tags.get("contact:phone", "")),
        "note": tags.get("description", ""),
    }


def _centre(geometry: Mapping[str, Any]) -> tuple[float, float]:
    """A point as it is; of a line or polygon, the mean of its (outer) corners. Longitude first, degrees."""
    if geometry["type"] == "Point":
        longitude, latitude = geometry["coordinates"][:2]
        return float(longitude), float(latitude)
    ring = geometry["coordinates"]
    while isinstance(ring[0][0], list):
        ring = ring[0]
    corners = ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring
    return (
        sum(float(corner[0]) for corner in corners) / len(corners),
        sum(float(corner[1]) for corner in corners) / len(corners),
    )


def _identity(feature: Mapping[str, object], tags: Mapping[str, str]) -> str:
    identity = str(feature.get("id") or tags.get("@id") or tags.get("id") or "")
    return f"osm-{identity.replace('/', '-')}" if "/" in identity else identity


def _address(tags: Mapping[str, str]) -> str:
    if "addr:full" in tags:
        return tags["addr:full"]
    parts = (tags.get(f"addr:{part}", "") for part in ("province", "city", "district", "street", "housenumber"))
    return "".join(parts)


def _amenities(tags: Mapping[str, str]) -> list[str]:
    found = {name for (key, value), name in _IS.items() if value in tags.get(key, "").split(";")}
    found |= {name for key, name in _HAS.items() if tags.get(key) in _YES}
    if any(tag.split(":")[0] == "socket" for tag in tags):
        found.add("charging")
    return sorted(found)
