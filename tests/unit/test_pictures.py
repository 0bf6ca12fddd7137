"""The picture of a map."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence

import pytest
from PIL import Image

from bot.pictures import certificate, charts
from bot.pictures.location_map import LINE, MAP_HEIGHT, OPEN, RIDER, WIDTH, paint, ring_for
from bot.pictures.painter import PillowPainter
from handlers.chat.pictures import Certificate, Spot

NORTH = Spot(1, "北站", 37.44, 116.36, True)


@pytest.mark.parametrize(
    ("farthest", "ring"),
    [(0, 50), (149, 50), (151, 60), (2_900, 1_000), (3_100, 1_200), (7_800, 3_000), (70_000, 25_000)],
)
def test_three_rings_of_a_round_figure_hold_everything(farthest: float, ring: float) -> None:
    assert ring_for(farthest) == ring and 3 * ring_for(farthest) >= farthest


def colour_at(png: bytes, x: float, y: float) -> tuple[int, ...]:
    with Image.open(io.BytesIO(png)) as picture:
        found = picture.convert("RGB").getpixel((int(x), int(y)))
    assert isinstance(found, tuple)
    return found


def close_to(colour: tuple[int, ...], wanted: str) -> bool:
    parts = [int(wanted[at : at + 2], 16) for at in (1, 3, 5)]
    return all(abs(one - other) < 12 for one, other in zip(colour, parts, strict=True))


def test_the_rider_is_in_the_middle_and_a_station_in_the_north_above() -> None:
    png = paint(37.43, 116.36, [NORTH], "zh_Hans")
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.size == (WIDTH, MAP_HEIGHT + LINE + 20)
    assert close_to(colour_at(png, WIDTH / 2, MAP_HEIGHT / 2), RIDER)
    above = MAP_HEIGHT / 2 - 1_110 * 340 / 1_200
    assert close_to(colour_at(png, WIDTH / 2 - 22, above), OPEN)


@pytest.mark.parametrize(
    "spots",
    [[], [NORTH] * 5, [Spot(1, "𠮷" * 200, -37.0, -63.0, False)], [Spot(1, "\u202e\x00x", 37.43, 116.36, True)]],
)
def test_any_stations_make_a_picture(spots: list[Spot]) -> None:
    assert paint(37.43, 116.36, spots, "en").startswith(b"\x89PNG")


async def test_the_same_picture_is_drawn_once() -> None:
    painter = PillowPainter()
    first = await painter.map_png(37.43, 116.36, [NORTH], "en")
    assert await painter.map_png(37.43, 116.36, [NORTH], "en") is first


async def test_a_result_that_many_look_at_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def draw(title: str, rows: Sequence[tuple[str, int | None]], hidden: str) -> bytes:
        drawn.append(title)
        if title == "Broken" and len(drawn) == 1:
            raise OSError
        return f"{title}{rows}{hidden}".encode()

    monkeypatch.setattr(charts, "bars", draw)
    painter = PillowPainter()
    with pytest.raises(OSError):
        await painter.bars_png("Broken", [("Yes", 10)], "<5")
    await painter.bars_png("Broken", [("Yes", 10)], "<5")
    together = await asyncio.gather(*(painter.bars_png("Pay", [("Yes", 10), ("No", None)], "<5") for _ in range(20)))
    assert len(set(together)) == 1 and drawn == ["Broken", "Broken", "Pay"]
    other = await painter.bars_png("Pay", [("Yes", 15), ("No", None)], "<5")
    assert other != together[0], "another content is another picture"


@pytest.mark.parametrize("values", [[], [0, 0], [1, 5, 3], [10**6] * 30])
def test_columns_stand_as_high_as_their_values(values: list[int]) -> None:
    png = charts.columns("已送达：9", values, ["10:00", "10:30", "11:00"])
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.size == (charts.WIDTH, charts.HEIGHT)
        columns = sum(colour == (31, 111, 181) for _, colour in (picture.convert("RGB").getcolors(1 << 20) or []))
    assert columns == bool(sum(values))


@pytest.mark.parametrize("name", ["张伟", "Team of the long names of all of our friends who ride in Dezhou" * 2])
def test_a_certificate_keeps_its_frame_and_has_its_code(name: str) -> None:
    drawn = Certificate(
        "Union", "Certificate", name, "“Light”", ["Contest", "Place 1"], "1 May", "https://t.me/b?start=c", "?"
    )
    png = certificate.paint(drawn)
    assert close_to(colour_at(png, certificate.WIDTH - 38, 300), "#b08d3c")
    assert close_to(colour_at(png, certificate.WIDTH - 80, 300), "#fffdf6"), "nothing runs over the edge"
    with Image.open(io.BytesIO(png)) as picture:
        code = picture.convert("L").crop((1_080, 660, 1_280, 850))
    assert code.getextrema() == (0, 255)
