"""/import: a file of stations, sent in the chat: first a report of what it would do, then a button."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from markupsafe import Markup
from pydantic import TypeAdapter

from handlers.chat.context import AppContext
from handlers.chat.press import Page
from handlers.chat.readers import holding
from handlers.chat.routes import Routes
from handlers.chat.talk import StatelessTalk, Talk
from handlers.chat.view import View
from handlers.dates.hours_words import hours_words
from handlers.forms import forms
from handlers.forms.questionnaires import Form, questionnaire
from handlers.forms.questions import Choice, Input, Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.choice import ButtonInput, ChoiceInput
from handlers.inputs.sent_tables import (
    MOST_BYTES,
    SentTable,
    ask_to_import,
    found_in,
    import_beside,
    import_choices,
    numbered,
    require_good,
)
from handlers.stations.import_reasons import reason_words
from storage import audit
from storage.geodesy import Crs
from storage.people.access import Right
from storage.stations.audited import StationAction
from storage.stations.files import Line
from storage.stations.importing import Hearers, Imported, import_stations
from storage.stations.notices import StationsImported

MOST_LINES = 200_000
KINDS = (".csv", ".tsv", ".txt", ".xlsx", ".geojson", ".json", ".xls", ".et")
"""The last two are taken only to say how they become a CSV."""
_SHOWN = 12
TABLE = SentTable(
    KINDS,
    N_("Please send a .csv or .geojson file."),
    N_("The file is larger than 20 MB. Import it from the command line: stations import FILE"),
    reason_words,
)

SYSTEMS = {
    Crs.WGS84: N_("🛰 WGS-84 (GPS, OpenStreetMap)"),
    Crs.GCJ02: N_("🇨🇳 GCJ-02 (Amap, Tencent)"),
    Crs.BD09: N_("🅱 BD-09 (Baidu)"),
}


def register(routes: Routes) -> None:
    routes.command("import", begin, about=N_("Import stations from a file"), right=Right.ADMINISTER)
    routes.form(_IMPORT)
    routes.notice(StationsImported, imported_words, reader=holding(Right.ADMINISTER))


async def begin(talk: Talk) -> None:
    await forms.begin(talk, _IMPORT)


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found: stations that are good, of these new ones, refused lines, and the first of them with why.
    `remarks` are the first lines that were not taken as they were written, with what was made of them, `hours` those
    whose hours were read: as they were written, and what they mean."""

    good: int
    new: int
    refused: int
    lines: tuple[tuple[int, str], ...]
    remarks: tuple[tuple[int, str], ...] = ()
    hours: tuple[tuple[int, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StationFile(Report):
    """A file that was run dry."""

    file_id: str = field(kw_only=True)
    name: str = field(kw_only=True)


async def _try_it(talk: StatelessTalk, draft: ImportDraft) -> str | Report | None:
    """Before the transaction: the file is fetched and run dry. The report, or a sentence on why not."""

    async def run_dry(file_id: str, name: str) -> Report:
        return await run(talk.context, file_id, name, draft.crs, dry_run=True, now=talk.now)

    return await TABLE.tried(talk, run_dry)


async def run(context: AppContext, file_id: str, name: str, crs: Crs, *, dry_run: bool, now: datetime) -> Report:
    """The same code as the command line's, on a file that was sent.

    Raises:
        NotFetched: Telegram does not give it.
        BadFile: it can't be read.
    """
    refused: list[Line] = []
    remarked: list[Line] = []

    def note(line: Line) -> None:
        lines = refused if line.station is None else remarked
        if len(lines) < _SHOWN:
            lines.append(line)

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"stations{Path(name).suffix.lower()}"
        with file.open("wb") as into:
            await context.ports.download_file(file_id, MOST_BYTES, into)
        found = await import_stations(context.database, file, crs, now, Hearers(note), MOST_LINES, dry_run=dry_run)
    return _report(found, refused, remarked)


def _report(found: Imported, refused: Sequence[Line], remarked: Sequence[Line]) -> Report:
    lines, remarks = (tuple((line.number, line.reason) for line in of if line.reason) for of in (refused, remarked))
    hours = tuple(
        (line.number, line.hours_written, line.station.opening_hours)
        for line in remarked
        if line.hours_written and line.station is not None
    )
    return Report(found.good, found.new, found.refused, lines, remarks, hours)


class StationFileInput(Input[StationFile]):
    """A file with at least one station in it."""

    adapter = TypeAdapter(StationFile)

    async def read(self, talk: Talk) -> StationFile:
        report = found_in(talk, Report)
        require_good(talk, report.good, report_text(report, talk.view))
        document = talk.incoming.body["document"]
        return StationFile(**asdict(report), file_id=document["file_id"], name=document["file_name"])

    def show(self, talk: Talk, value: StationFile) -> str:  # noqa: ARG002
        return value.name


def report_text(report: Report | StationsImported, view: View) -> Markup:
    """ "Stations: 120 (100 new, 20 changed). Lines refused: 3." and the first of them."""
    _ = view._
    said = _("Stations: {good} ({new} new, {changed} changed). Lines rejected: {refused}.").format(
        good=report.good, new=report.new, changed=report.good - report.new, refused=report.refused
    )
    lines = [Markup("{}").format(said)]
    lines += numbered(view, [(number, reason_words(_, reason)) for number, reason in report.lines])
    if report.refused > len(report.lines):
        lines.append(Markup("…"))
    if report.remarks or report.hours:
        lines.append(Markup("{}").format(_("Please check how I read these:")))
        lines += numbered(view, [(number, read_hours(view, *hours)) for number, *hours in report.hours])
        lines += numbered(view, [(number, reason_words(_, remark)) for number, remark in report.remarks])
    return Markup("\n").join(lines)


def read_hours(view: View, written: str, expression: str) -> str:
    """ "早8晚10" → every day 08:00-22:00."""
    organisation = view.context.settings.organisation
    words = hours_words(expression, view.today, view.zone, organisation.country, view.language)
    return f"“{written}” → {words}"


def _ask_to_go(talk: Talk, draft: ImportDraft) -> str:
    return ask_to_import(talk, report_text(draft.file, talk.view))


def _go_choices(talk: Talk, draft: ImportDraft) -> Sequence[Choice[bool]]:
    return import_choices(talk, draft.file.good)


@dataclass(frozen=True, slots=True)
class ImportDraft:
    crs: Crs = asked(
        Question(
            N_("Coordinates"),
            N_("Which coordinate system does the list use? The wrong one moves every station by 300 to 600 m."),
            ChoiceInput(SYSTEMS),
        )
    )
    file: StationFile = asked(
        Question(
            N_("File"),
            N_(
                "Send the list as a file: CSV with the columns id, name, address, latitude, longitude, "
                "opening_hours, amenities, phone, note (see /export for an example), or GeoJSON. I'll only "
                "check it first."
            ),
            StationFileInput(),
            look_up=_try_it,
        )
    )
    go: bool = asked(Question(N_("Import"), _ask_to_go, ButtonInput(TypeAdapter(bool)), choices=_go_choices))


async def _done(talk: Talk, draft: ImportDraft) -> None:
    file, crs = draft.file, draft.crs
    await audit.note(
        talk.session,
        talk.person.id,
        StationAction.STATIONS_IMPORTED,
        talk.now,
        about=f"{file.name}: {file.good} stations",
    )
    context, now = talk.context, talk.now

    async def imported() -> StationsImported:
        return StationsImported(**asdict(await run(context, file.file_id, file.name, crs, dry_run=False, now=now)))

    import_beside(talk, imported, lambda trouble: StationsImported(trouble=trouble))


def imported_words(view: View, notice: StationsImported) -> Page:
    if notice.trouble:
        return TABLE.not_imported(view, notice.trouble)
    return Markup("✓ <b>{}</b>\n{}").format(view._("Imported."), report_text(notice, view)), []


_IMPORT = Form(
    name="import",
    title=N_("Import stations"),
    questionnaire=questionnaire(ImportDraft),
    done=_done,
    review=False,
    right=Right.ADMINISTER,
)
