"""OpenStreetMap features as station records: the tags that say what a place offers, in our words.

Tags: https://wiki.openstreetmap.org/wiki/Map_features. A feature is one of GeoJSON, or an element of Overpass JSON. A
GeoJSON of our own export (properties named as the CSV's columns) is read by the same function.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from storage.geodesy import is_on_mainland
from storage.stations.stations import Amenity, amenity_names

_YES = {"yes", "designated", "permissive", "public", "free", "wlan", "only"}
_NO = {"no", "customers", "private", "permit", "residents", "members", "employees", "permanent"}
"""Whom `access` and the like let in: not everybody."""
_CUSTOMERS = "customers"
_FEES = ("fee", "toilets:fee", "shower:fee")
_FREE = ("no", "0", "unknown")

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
    "wheelchair": "wheelchair",
    "toilets:wheelchair": "wheelchair",
    "female": "women",
    "changing_table": "baby_care",
    "baby_feeding": "baby_care",
}

# keys whose "no" or "customers" holds against what the place itself is
_DENIED = ("drinking_water", "toilets", "shower", "internet_access")

# what a place without a name is called: in English, and on China's mainland
_KINDS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("amenity", "toilets"): ("Public toilet", "公共厕所"),
    ("amenity", "drinking_water"): ("Drinking water", "饮水点"),
    ("amenity", "water_point"): ("Drinking water", "饮水点"),
    ("amenity", "shower"): ("Shower", "淋浴间"),
    ("amenity", "charging_station"): ("Charging station", "充电站"),
    ("amenity", "bicycle_repair_station"): ("Bicycle repair station", "自助修车点"),
    ("amenity", "bicycle_parking"): ("Bicycle parking", "自行车停车处"),
    ("amenity", "motorcycle_parking"): ("Motorcycle parking", "摩托车停车处"),
    ("amenity", "parking"): ("Parking", "停车场"),
    ("amenity", "shelter"): ("Shelter", "凉亭"),
    ("amenity", "lounge"): ("Lounge", "休息室"),
    ("amenity", "library"): ("Library", "图书馆"),
    ("amenity", "public_bookcase"): ("Public bookcase", "公共书架"),
    ("amenity", "canteen"): ("Canteen", "食堂"),
    ("amenity", "give_box"): ("Give box", "爱心捐赠箱"),
    ("amenity", "internet_cafe"): ("Internet café", "网吧"),
    ("amenity", "first_aid"): ("First aid", "急救点"),
    ("emergency", "first_aid_kit"): ("First aid kit", "急救箱"),
    ("emergency", "defibrillator"): ("Defibrillator (AED)", "自动除颤仪（AED）"),
    ("shop", "laundry"): ("Laundry", "洗衣店"),
    ("shop", "hairdresser"): ("Hairdresser", "理发店"),
    ("tourism", "wilderness_hut"): ("Shelter", "休息小屋"),
}


def station_from_feature(feature: Any) -> Mapping[str, str]:
    """The CSV record of a feature, or {"problem": why} if it has no place or is for a few alone (for customers, and
    for a fee, it is listed and says so). Empty for the bare corner of an outline, which Overpass lists among
    the elements."""
    try:
        if "type" in feature and "properties" not in feature and "geometry" not in feature and "tags" not in feature:
            return {}
        properties = feature["tags"] if "tags" in feature else feature["properties"]
        longitude, latitude = _place(feature)
        tags = {str(key): str(value) for key, value in (properties or {}).items() if value is not None}
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return {"problem": "no usable geometry"}
    if "amenities" in tags:
        return {**tags, "latitude": repr(latitude), "longitude": repr(longitude)}
    if tags.get("access") in _NO - {_CUSTOMERS}:
        return {"problem": f"access={tags['access']}: not open to everybody"}
    amenities = _amenities(tags)
    if not amenities and (denied := _denied_itself(tags)):
        return {"problem": f"{denied}: nothing of it is for riders"}
    is_chinese = is_on_mainland(latitude, longitude)
    return {
        "id": _identity(feature, tags),
        "name": _name(tags, is_chinese=is_chinese),
        "address": _address(tags),
        "latitude": repr(latitude),
        "longitude": repr(longitude),
        "opening_hours": tags.get("opening_hours", ""),
        "amenities": ";".join([*amenities, *_who_may_use(tags)]),
        "phone": tags.get("phone", tags.get("contact:phone", "")),
        "note": "\n".join(filter(None, (_price(tags, is_chinese=is_chinese), tags.get("description", "")))),
    }


def _place(feature: Mapping[str, Any]) -> tuple[float, float]:
    """Longitude first, degrees. Overpass gives a node its own, and a way its centre ("out center") or its corners."""
    if "tags" not in feature:
        return _centre(feature["geometry"])
    if "geometry" in feature:
        corners = [[corner["lon"], corner["lat"]] for corner in feature["geometry"]]
        return _centre({"type": "LineString", "coordinates": corners})
    place = feature.get("center", feature)
    return float(place["lon"]), float(place["lat"])


def _name(tags: Mapping[str, str], *, is_chinese: bool) -> str:
    """The name; without one, the kind of the place and its street: "Public toilet, Main St"."""
    for key in ("name:zh", "name", "official_name", "loc_name", "alt_name"):
        if tags.get(key):
            return tags[key]
    words = next((words for (key, value), words in _KINDS.items() if value in tags.get(key, "").split(";")), None)
    if words is None:
        return ""
    street = tags.get("addr:street") or tags.get("addr:place") or tags.get("addr:neighbourhood", "")
    if is_chinese:
        return f"{words[1]}（{street}）" if street else words[1]
    return f"{words[0]}, {street}" if street else words[0]


def _has_fee(tags: Mapping[str, str]) -> bool:
    return any(tags.get(key, "no") not in _FREE for key in _FEES)


def _price(tags: Mapping[str, str], *, is_chinese: bool) -> str:
    """What it costs, if that is known: riders read it in the note."""
    if not _has_fee(tags):
        return ""
    price = tags.get("charge") or next((tags[key] for key in _FEES if tags.get(key, "no") not in (*_FREE, "yes")), "")
    words = "收费" if is_chinese else "Fee"
    return f"{words}: {price}" if price else ""


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
    if "tags" in feature:
        return f"osm-{feature.get('type')}-{identity}"
    return f"osm-{identity.replace('/', '-')}" if "/" in identity else identity


def _address(tags: Mapping[str, str]) -> str:
    if "addr:full" in tags:
        return tags["addr:full"]
    parts = (tags.get(f"addr:{part}", "") for part in ("province", "city", "district", "street", "housenumber"))
    return "".join(parts)


def _amenities(tags: Mapping[str, str]) -> list[str]:
    found = _is(tags) | {name for key, name in _HAS.items() if tags.get(key) in _YES}
    if any(tag.split(":")[0] == "socket" for tag in tags):
        found.add("charging")
    return sorted(found - {_HAS[key] for key in _denials(tags)})


def _is(tags: Mapping[str, str]) -> set[str]:
    """What the place itself is."""
    return {name for (key, value), name in _IS.items() if value in tags.get(key, "").split(";")}


def _denials(tags: Mapping[str, str]) -> Mapping[str, str]:
    """What is not offered, with the tag that says so."""
    said = ((key, tag) for key in _DENIED for tag in (key, f"{key}:access") if tags.get(tag) in _NO)
    return {key: f"{tag}={tags[tag]}" for key, tag in said}


def _denied_itself(tags: Mapping[str, str]) -> str:
    """The tag that says that the place is not what it is listed as: a fountain whose water nobody should drink."""
    return next((tag for key, tag in _denials(tags).items() if _HAS[key] in _is(tags)), "")


def _who_may_use(tags: Mapping[str, str]) -> list[str]:
    customers = [Amenity.customers_only] if tags.get("access") == _CUSTOMERS else []
    return amenity_names(sum([*customers, *([Amenity.fee] if _has_fee(tags) else [])]))
