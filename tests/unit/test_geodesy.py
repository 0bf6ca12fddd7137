"""GCJ-02 is the system of maps of China's mainland, and of nothing else."""

from __future__ import annotations

import eviltransform
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.geodesy import Crs, distance, is_on_mainland, to_gcj02, to_wgs84

MAINLAND = {
    "Beijing": (39.907, 116.391),
    "Dezhou": (37.43, 116.36),
    "Shanghai": (31.23, 121.47),
    "Shenzhen": (22.543, 114.057),
    "Luohu": (22.535, 114.12),
    "Shekou": (22.478, 113.915),
    "Zhuhai": (22.27, 113.57),
    "Gongbei": (22.222, 113.549),
    "Hengqin": (22.13, 113.53),
    "Xiamen": (24.48, 118.09),
    "Sanya": (18.25, 109.5),
    "Weizhou": (21.04, 109.12),
    "Dandong": (40.13, 124.39),
    "Tumen": (42.97, 129.84),
    "Hunchun": (42.86, 130.37),
    "Suifenhe": (44.4, 131.16),
    "Heihe": (50.245, 127.53),
    "Mohe": (53.48, 122.37),
    "Manzhouli": (49.6, 117.38),
    "Erenhot": (43.65, 111.98),
    "Khorgas": (44.21, 80.41),
    "Kashgar": (39.47, 75.99),
    "Urumqi": (43.8, 87.6),
    "Lhasa": (29.65, 91.1),
    "Ruili": (24.01, 97.85),
    "Hekou": (22.51, 103.96),
    "Dongxing": (21.545, 107.97),
    "Zhoushan": (29.98, 122.2),
}
ELSEWHERE = {
    "Hong Kong": (22.28, 114.158),
    "Sheung Shui": (22.501, 114.128),
    "Lok Ma Chau": (22.514, 114.066),
    "Hong Kong airport": (22.308, 113.918),
    "Macau": (22.198, 113.544),
    "Coloane": (22.12, 113.56),
    "Taipei": (25.03, 121.56),
    "Kinmen": (24.43, 118.32),
    "Matsu": (26.16, 119.95),
    "Seoul": (37.57, 126.98),
    "Pyongyang": (39.03, 125.75),
    "Sinuiju": (40.1, 124.4),
    "Blagoveshchensk": (50.29, 127.53),
    "Vladivostok": (43.1, 131.9),
    "Ulaanbaatar": (47.92, 106.92),
    "Zamyn-Uud": (43.72, 111.9),
    "Hanoi": (21.03, 105.85),
    "Mong Cai": (21.525, 107.965),
    "Lao Cai": (22.485, 103.97),
    "Bangkok": (13.75, 100.5),
    "Delhi": (28.61, 77.2),
    "Kathmandu": (27.7, 85.3),
    "Thimphu": (27.47, 89.64),
    "Manila": (14.6, 120.98),
    "Naha": (26.2, 127.7),
    "London": (51.5, -0.1),
}


@pytest.mark.parametrize("city", MAINLAND)
def test_the_mainland_is_shifted_and_shifted_back_exactly(city: str) -> None:
    place = MAINLAND[city]
    shifted = to_gcj02(*place)
    assert 100 < distance(*place, *shifted) < 1_000
    assert distance(*place, *to_wgs84(*shifted, Crs.GCJ02)) < 0.000_1
    latitude, longitude = eviltransform.gcj2bd(*shifted)
    assert distance(*place, *to_wgs84(latitude, longitude, Crs.BD09)) < 0.000_1


@pytest.mark.parametrize("city", ELSEWHERE)
def test_other_places_are_not_shifted(city: str) -> None:
    place = ELSEWHERE[city]
    assert to_gcj02(*place) == place == to_wgs84(*place, Crs.GCJ02)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_place_is_on_one_side(latitude: float, longitude: float) -> None:
    shifted = to_gcj02(latitude, longitude)
    assert (shifted != (latitude, longitude)) <= is_on_mainland(latitude, longitude)
