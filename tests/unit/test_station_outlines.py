"""Stations within an outline, and lists of stations as people paste them."""

from __future__ import annotations

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.geodesy import Crs
from storage.stations import outlines, pasted
from storage.stations.outlines import Corner
from tests.support.station_index import index_of

PLACES = [(37.40 + a / 50, 116.30 + b / 50) for a in range(6) for b in range(6)]


def inside(outline: list[Corner], place: Corner) -> bool:
    """By the angle that the corners go around a place."""
    turned = 0.0
    for (a, b), (c, d) in zip(outline, [*outline[1:], outline[0]], strict=True):
        one, other = math.atan2(a - place[0], b - place[1]), math.atan2(c - place[0], d - place[1])
        turned += (other - one + math.pi) % (2 * math.pi) - math.pi
    return round(turned / (2 * math.pi)) % 2 == 1


@given(st.lists(st.tuples(st.floats(37.35, 37.55), st.floats(116.25, 116.45)), min_size=3, max_size=12))
async def test_an_outline_holds_what_its_corners_go_around(corners: list[Corner]) -> None:
    index = await index_of(PLACES)
    found = set(outlines.within(index, corners).tolist())
    for row, place in enumerate(zip(index.latitudes.tolist(), index.longitudes.tolist(), strict=True)):
        near_an_edge = any(abs(place[0] - a) < 1e-9 or abs(place[1] - b) < 1e-9 for a, b in corners)
        if not near_an_edge:
            assert (row in found) == inside(corners, place), place


async def test_an_outline_may_cross_the_antimeridian() -> None:
    index = await index_of([(-17.0, 179.9), (-17.0, -179.9), (-17.0, 178.0), (-17.0, 0.0)])
    found = outlines.within(index, [(-16.0, 179.5), (-16.0, -179.5), (-18.0, -179.5), (-18.0, 179.5)])
    assert sorted(index.longitudes[found].tolist()) == [-179.9, 179.9]


def test_few_corners_and_those_not_on_earth_bound_nothing() -> None:
    assert not outlines.is_outline([(1.0, 1.0), (2.0, 2.0)])
    assert not outlines.is_outline([(1.0, 1.0), (2.0, 2.0), (91.0, 1.0)])
    assert not outlines.is_outline([(1.0, 1.0)] * 101)
    assert outlines.is_outline([(1.0, 1.0), (2.0, 2.0), (1.0, 2.0)])


@pytest.mark.parametrize(
    ("line", "name", "place", "address"),
    [
        ("东风路驿站\t37.43\t116.36\t东风路 5 号", "东风路驿站", (37.43, 116.36), "东风路 5 号"),
        ("Riverside Stop 37.43 116.36", "Riverside Stop", (37.43, 116.36), ""),
        ("Hall 2; 37.43, 116.36; 5 Main St, 2nd floor", "Hall 2", (37.43, 116.36), "5 Main St, 2nd floor"),
        ("暖新之家，116.36，37.43", "暖新之家", (37.43, 116.36), ""),
        ('"Quoted",37.43,116.36,"A street"', "Quoted", (37.43, 116.36), "A street"),
        ("South -33.9, 18.4", "South", (-33.9, 18.4), ""),
    ],
)
def test_a_line_is_read_as_it_comes(line: str, name: str, place: Corner, address: str) -> None:
    (found,) = pasted.read_pasted(line, Crs.WGS84)
    assert (found.name, found.latitude, found.longitude, found.address, found.fault) == (name, *place, address, "")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("no place", "place"),
        ("Far 97.1, 250.2", "place"),
        ("37.43, 116.36", "name"),
        ("x" * 300 + " 37.1 116.1", "name"),
    ],
)
def test_a_line_says_what_it_lacks(line: str, fault: str) -> None:
    (found,) = pasted.read_pasted(line, Crs.WGS84)
    assert found.fault == fault


def test_empty_lines_count_and_long_ones_take_no_time() -> None:
    assert [one.number for one in pasted.read_pasted("\n a 37.1 116.1\r\n\n b 37.1 116.1", Crs.WGS84)] == [2, 4]
    begun = time.process_time()
    list(pasted.read_pasted(",;" * 30_000 + "\n" + ("1.1 " * 15_000), Crs.WGS84))
    list(pasted.read_pasted("\n".join(", ; " * 149 for _ in range(100)), Crs.WGS84))
    assert time.process_time() - begun < 5


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    for line in pasted.read_pasted(text, Crs.GCJ02):
        assert line.fault in ("", "name", "place")
