"""The links into the maps of the phone, as the makers of the maps describe them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from handlers.stations.maps import Target, links
from storage.geodesy import to_gcj02
from storage.stations.ids import StationKey

TARGET = Target(StationKey(1), "暖新:驿站;A&B|1", 37.4341, 116.3590)
LATITUDE, LONGITUDE = to_gcj02(TARGET.latitude, TARGET.longitude)
STREET = f"{LATITUDE:.6f},{LONGITUDE:.6f}"


def opened(map_: str) -> tuple[str, Mapping[str, str]]:
    """The address of a link, and its parameters by name."""
    parts = urlsplit(links(TARGET)[map_])
    return f"{parts.scheme}://{parts.netloc}{parts.path}", {
        name: value for name, (value,) in parse_qs(parts.query).items()
    }


def test_the_places_of_a_chinese_street_map_lie_hundreds_of_metres_off() -> None:
    assert abs(LATITUDE - TARGET.latitude) > 0.0002 and abs(LONGITUDE - TARGET.longitude) > 0.004


def test_amap_begins_a_route_by_bicycle_in_its_app() -> None:
    """https://lbs.amap.com/api/uri-api/guide/travel/route: `to` is longitude, latitude, name; gaode is GCJ-02."""
    address, params = opened("amap")
    assert address == "https://uri.amap.com/navigation"
    assert params["to"] == f"{LONGITUDE:.6f},{LATITUDE:.6f},{TARGET.name}"
    assert (params["mode"], params["coordinate"], params["callnative"]) == ("ride", "gaode", "1")


def test_baidu_marks_a_place_whose_coordinates_it_is_told_to_convert() -> None:
    """https://lbsyun.baidu.com/index.php?title=uri/api/web: location (latitude, longitude), title, content, output=html
    and src (webapp.company.app) are required; without coord_type the place would be read as BD-09."""
    address, params = opened("baidu")
    assert address == "https://api.map.baidu.com/marker"
    assert params == {
        "location": STREET,
        "title": TARGET.name,
        "content": TARGET.name,
        "coord_type": "gcj02",
        "output": "html",
        "src": "webapp.nuanxin.nuanxin",
    }


def test_tencent_marks_a_place_too() -> None:
    """https://lbs.qq.com/webApi/uriV1/uriGuide/uriWebMarker: coord (latitude, longitude), title and addr, separated by
    semicolons, and referer are required; coord_type 2 is its own, GCJ-02. Its routes (uriWebRoute) know no bicycle."""
    address, params = opened("tencent")
    assert address == "https://apis.map.qq.com/uri/v1/marker"
    name = "暖新：驿站；A&B｜1"
    assert params == {"marker": f"coord:{STREET};title:{name};addr:{name}", "coord_type": "2", "referer": "nuanxin"}
