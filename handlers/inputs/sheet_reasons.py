"""Why a table that was sent as a file, or a line of it, can't be read: in the reader's language."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from handlers.i18n.rewording import reworded
from handlers.i18n.translations import N_, Translate

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
_REASONS: Sequence[str] = (
    N_("the file is neither UTF-8, UTF-16 nor GB18030"),
    N_("the first line must name the columns; missing: {columns}"),
    N_("line {line}: longer than {size} KiB; is a quotation mark never closed?"),
    N_("a quotation mark is never closed"),
    N_("{column} is longer than {longest} characters"),
    N_("missing {column}"),
    N_("this is {kind}; open it in Excel or WPS, choose “Save as” → “CSV UTF-8”, and import that file"),
    N_("{workbook}; open it in Excel or WPS and choose “Save as” → “CSV UTF-8”"),
)


def sheet_reason_words(translate: Translate, reason: str, more: Sequence[str] = (), named: Collection[str] = ()) -> str:
    """A reason of `storage.sheets`, or one of a feature's own (`more`); `named` are its columns that have a name."""

    def columns(names: str) -> str:
        _ = translate
        return _(", ").join(translate(name) if name in named else name for name in names.split(", "))

    def known(words: str) -> str:
        return translate(words) if words in (*_KINDS, *_WORKBOOKS) else words

    values = {"column": columns, "columns": columns, "kind": known, "workbook": known}
    return reworded(reason, (*more, *_REASONS), translate, values)
