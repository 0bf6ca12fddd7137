"""Why a station file or a line of it was refused, and what was made of a line: in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.i18n.translations import N_, Translate
from handlers.inputs.sheet_reasons import sheet_reason_words

_COLUMNS = (
    N_("id"),
    N_("name"),
    N_("address"),
    N_("latitude"),
    N_("longitude"),
    N_("opening_hours"),
    N_("amenities"),
    N_("phone"),
    N_("note"),
)
"""As files call them."""
REASONS: Sequence[str] = (
    N_("more than {limit} stations; import such a file on the command line"),
    N_("duplicate id {id}, first in line {line}"),
    N_("opening_hours {hours}: a comma adds {slip} to the hours before it; use “;” instead"),
    N_("opening_hours {hours} are too complicated: {rules} rules at most, {holidays} of them with PH"),
    N_("unparsable opening_hours {hours}"),
    N_("phone {number} was rounded by a spreadsheet and is left empty"),
    N_("id {id} was rounded by a spreadsheet; format the column as text"),
    N_("unknown amenity {amenity}"),
    N_("{tag}: not open to everybody"),
    N_("{tag}: nothing there is for riders"),
    N_("the file is not a GeoJSON FeatureCollection or Overpass JSON, or is truncated"),
    N_("not valid JSON"),
    N_("longer than {size} KiB"),
    N_("the converted coordinates are not on Earth"),
    N_("{text} is not a latitude and a longitude"),
    N_("{column} {text} is not a number"),
    N_("{text} is not a number"),
    N_("latitude and longitude look swapped; `stations import --swap` on the command line swaps them"),
    N_("{column} {degrees} out of range ({least} to {most})"),
)


def reason_words(translate: Translate, reason: str) -> str:
    """A reason of `storage.stations`, which are in English for the command line."""
    return sheet_reason_words(translate, reason, REASONS, _COLUMNS)
