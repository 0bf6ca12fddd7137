"""Why a station file or a line of it was refused, and what was made of a line: in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.i18n.rewording import reworded
from handlers.i18n.translations import N_, Translate

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
_KINDS = (
    N_("an old Excel or WPS workbook (.xls, .et), or one with a password"),
    N_("a PDF"),
    N_("a compressed file"),
)
_WORKBOOKS = (
    N_("the file is not an Excel workbook"),
    N_("the workbook is damaged or protected by a password"),
    N_("the workbook declares a document type"),
    N_("the workbook has too much text"),
)
REASONS: Sequence[str] = (
    N_("more than {limit} stations; import such a file on the command line"),
    N_("duplicate id {id}, first in line {line}"),
    N_("opening_hours {hours}: a comma adds {slip} to the hours before it; use “;” instead"),
    N_("opening_hours {hours} are too complicated: {rules} rules at most, {holidays} of them with PH"),
    N_("unparsable opening_hours {hours}"),
    N_("phone {number} was rounded by a spreadsheet and is left empty"),
    N_("id {id} was rounded by a spreadsheet; format the column as text"),
    N_("unknown amenity {amenity}"),
    N_("the file is not a GeoJSON FeatureCollection or Overpass JSON, or is truncated"),
    N_("the file is neither UTF-8, UTF-16 nor GB18030"),
    N_("the first line must name the columns; missing: {columns}"),
    N_("line {line}: longer than {size} KiB; is a quotation mark never closed?"),
    N_("a quotation mark is never closed"),
    N_("not valid JSON"),
    N_("longer than {size} KiB"),
    N_("{column} is longer than {longest} characters"),
    N_("missing {column}"),
    N_("the converted coordinates are not on Earth"),
    N_("{text} is not a latitude and a longitude"),
    N_("{column} {text} is not a number"),
    N_("{text} is not a number"),
    N_("latitude and longitude look swapped; `stations import --swap` on the command line swaps them"),
    N_("{column} {degrees} out of range ({least} to {most})"),
    N_("this is {kind}; open it in Excel or WPS, choose “Save as” → “CSV UTF-8”, and import that file"),
    N_("{workbook}; open it in Excel or WPS and choose “Save as” → “CSV UTF-8”"),
)


def reason_words(translate: Translate, reason: str) -> str:
    """A reason of `storage.stations`, which are in English for the command line."""

    def columns(names: str) -> str:
        return translate(", ").join(translate(name) if name in _COLUMNS else name for name in names.split(", "))

    def known(words: str) -> str:
        return translate(words) if words in (*_KINDS, *_WORKBOOKS) else words

    values = {"column": columns, "columns": columns, "kind": known, "workbook": known}
    return reworded(reason, REASONS, translate, values)
