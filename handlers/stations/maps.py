"""The ways to a station in the maps of the phone."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from handlers.chat.incoming import Json
from handlers.chat.press import Button
from handlers.chat.replies import buttons_markup
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.stations import presses
from storage.geodesy import to_gcj02
from storage.stations.ids import StationKey

_CHINESE_MAPS = ("CN",)
"""Where everybody's phone has Amap, Baidu or Tencent, and hardly anybody's another map."""


_SIGNS_OF_MARKERS = str.maketrans(":;|", "：；｜")
"""What separates the parts of a Tencent marker must not stand in them."""


class Target(NamedTuple):
    """Where a way leads to. In degrees of WGS-84."""

    key: StationKey
    name: str
    latitude: float
    longitude: float


def target_of(view: View, row: int) -> Target:
    index = view.context.directory.index
    return Target(
        StationKey(int(index.keys[row])), index.names[row], float(index.latitudes[row]), float(index.longitudes[row])
    )


def ways(view: View, target: Target) -> list[list[Button]]:
    """Two rows: the map that most people have, then the others."""
    to = links(target)
    if view.context.settings.organisation.country not in _CHINESE_MAPS:
        return [
            [Button(view._("🧭 Google"), url=to["google"])],
            [Button("Apple", url=to["apple"]), Button("OSM", url=to["osm"])],
        ]
    others = presses.OTHER_MAPS.button(view._("Others"), target.key)
    return [
        [Button(view._("🧭 Amap"), url=to["amap"])],
        [Button(view._("Baidu"), url=to["baidu"]), Button(view._("Tencent"), url=to["tencent"]), others],
    ]


@lru_cache(maxsize=4_096)
def links(target: Target) -> Json:
    """Chinese street maps are drawn in GCJ-02, Apple's and Google's in China too; OpenStreetMap is in WGS-84.

    Amap: https://lbs.amap.com/api/uri-api/guide/travel/route. Baidu: https://lbsyun.baidu.com/index.php?title=uri/api/web.
    Tencent: https://lbs.qq.com/webApi/uriV1/uriGuide/uriWebMarker; its routes by bicycle are for calls from apps only.
    Outside China both systems are the same here.
    """
    latitude, longitude = to_gcj02(target.latitude, target.longitude)
    name = quote(target.name, safe="")
    marked = quote(target.name.translate(_SIGNS_OF_MARKERS), safe="")
    street = f"{latitude:.6f},{longitude:.6f}"
    own = f"{target.latitude:.6f}", f"{target.longitude:.6f}"
    return {
        "amap": "https://uri.amap.com/navigation"
        f"?to={longitude:.6f},{latitude:.6f},{name}&mode=ride&coordinate=gaode&callnative=1",
        "baidu": "https://api.map.baidu.com/marker"
        f"?location={street}&title={name}&content={name}&coord_type=gcj02&output=html&src=webapp.nuanxin.nuanxin",
        "tencent": "https://apis.map.qq.com/uri/v1/marker"
        f"?marker=coord:{street};title:{marked};addr:{marked}&coord_type=2&referer=nuanxin",
        "apple": f"https://maps.apple.com/?daddr={street}&q={name}",
        "google": f"https://www.google.com/maps/dir/?api=1&destination={street}",
        "osm": f"https://www.openstreetmap.org/?mlat={own[0]}&mlon={own[1]}#map=17/{own[0]}/{own[1]}",
    }


def register(routes: Routes) -> None:
    routes.press(presses.OTHER_MAPS, other_maps, writes=False)


async def other_maps(talk: Talk, key: StationKey) -> None:
    """The maps of the rest of the world, in place of the button that asked for them."""
    row = talk.context.directory.index.row_of(key)
    if row is None:
        talk.answer_callback(talk._("This station is no longer listed."), alert=True)
        return
    to = links(target_of(talk.view, row))
    more = [Button(name, url=to[map_]) for name, map_ in (("Apple", "apple"), ("Google", "google"), ("OSM", "osm"))]
    shown = [[one for one in line if one.get("callback_data") != _data(talk)] for line in talk.pressed_keyboard]
    if not shown:
        talk.say(talk._("Other maps"), [more])
        return
    keyboard = [line for line in [*shown[:2], *buttons_markup([more])["inline_keyboard"], *shown[2:]] if line]
    params = {"chat_id": talk.chat_id, "message_id": talk.pressed_message_id}
    talk.call_api("editMessageReplyMarkup", {**params, "reply_markup": {"inline_keyboard": keyboard}})


def _data(talk: Talk) -> object:
    return talk.incoming.body.get("data")
