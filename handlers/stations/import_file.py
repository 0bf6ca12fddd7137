"""/import: a file of stations, sent in the chat: first a report of what it would do, then a button."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from markupsafe import Markup

from handlers.chat import forms
from handlers.chat.context import AppContext
from handlers.chat.ports import NotFetched
from handlers.chat.press import Buttons
from handlers.chat.questions import Choice, Form, NotAnAnswer, Question
from handlers.chat.routes import Routes
from handlers.chat.talk import StatelessTalk, Talk
from handlers.i18n import translations
from handlers.i18n.translations import N_
from handlers.inputs.text import press_a_button
from storage import audit, deliveries
from storage.deliveries import Notice
from storage.dialogues import Answers, Value
from storage.geodesy import Crs
from storage.people.access import Right
from storage.stations.audited import StationAction
from storage.stations.files import BadFile, Line
from storage.stations.importing import Imported, import_stations

MOST_BYTES = 20 << 20
"""What Telegram hands to a bot: https://core.telegram.org/bots/api#getfile. A larger one goes by the command line."""
MOST_LINES = 200_000
KINDS = (".csv", ".geojson", ".json")
_SHOWN = 12

SYSTEMS = {
    Crs.WGS84: N_("🛰 WGS-84 (GPS, OpenStreetMap)"),
    Crs.GCJ02: N_("🇨🇳 GCJ-02 (Amap, Tencent)"),
    Crs.BD09: N_("🅱 BD-09 (Baidu)"),
}


def register(routes: Routes) -> None:
    routes.command("import", begin, about=N_("Import stations from a file"), right=Right.ADMINISTER)
    routes.form(_IMPORT)
    routes.notice("imported", imported_words)


async def begin(talk: Talk) -> None:
    await forms.begin(talk, _IMPORT)


class _Report(dict[str, Any]):
    """What a dry run found: good, new, refused, and the first lines that were refused."""


async def _try_it(talk: StatelessTalk) -> object:
    """Before the transaction: the file is fetched and run dry. The report, or a sentence on why not."""
    document = talk.incoming.body.get("document")
    if not isinstance(document, dict):
        return None
    name, size = str(document.get("file_name", "")), int(document.get("file_size") or 0)
    if not name.lower().endswith(KINDS):
        return talk._("Please send a .csv or .geojson file.")
    if size > MOST_BYTES:
        return talk._("The file is larger than 20 MB. Import it from the command line: stations import FILE")
    system = talk.answered.get("crs")
    if system is None:
        return None
    try:
        return await run(talk.context, str(document["file_id"]), name, Crs(str(system)), dry_run=True, now=talk.now)
    except NotFetched:
        return talk._("I couldn't get the file from Telegram. Please send it again.")
    except BadFile as failure:
        return talk._("I can't read the file: {trouble}").format(trouble=failure)


async def run(context: AppContext, file_id: str, name: str, crs: Crs, *, dry_run: bool, now: datetime) -> _Report:
    """The same code as the command line's, on a file that was sent.

    Raises:
        NotFetched: Telegram does not give it.
        BadFile: it can't be read.
    """
    refused: list[Line] = []

    def note(line: Line) -> None:
        if len(refused) < _SHOWN:
            refused.append(line)

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"stations{Path(name).suffix.lower()}"
        with file.open("wb") as into:
            await context.ports.download_file(file_id, MOST_BYTES, into)
        found = await import_stations(context.database, file, crs, dry_run, now, lambda _: None, note, MOST_LINES)
    return _report(found, refused)


def _report(found: Imported, refused: Sequence[Line]) -> _Report:
    lines = [[line.number, line.reason] for line in refused]
    return _Report(good=found.good, new=found.new, refused=found.refused, lines=lines)


async def _read_file(talk: Talk) -> Value:
    found = talk.fetched
    if isinstance(found, str):
        raise NotAnAnswer(found)
    if not isinstance(found, _Report):
        raise NotAnAnswer(talk._("Please send the file as a document (📎 → File)."))
    document = talk.incoming.body["document"]
    if not found["good"]:
        raise NotAnAnswer(report_text(dict(found), talk.language) + "\n" + talk._("Nothing in this file can be used."))
    return {"file_id": document["file_id"], "name": document["file_name"], **found}


def report_text(report: Mapping[str, Any], language: str) -> Markup:
    """ "Stations: 120 (100 new, 20 changed). Lines refused: 3." and the first of them."""
    _ = translations.translator(language)
    said = _("Stations: {good} ({new} new, {changed} changed). Lines rejected: {refused}.").format(
        good=report["good"], new=report["new"], changed=report["good"] - report["new"], refused=report["refused"]
    )
    lines = [Markup("{}").format(said)]
    lines += [Markup("• {}: {}").format(_("line {n}").format(n=number), reason) for number, reason in report["lines"]]
    if report["refused"] > len(report["lines"]):
        lines.append(Markup("…"))
    return Markup("\n").join(lines)


def _ask_to_go(talk: Talk, answers: Answers) -> str:
    title = talk._("This is what would happen. Nothing has been changed yet.")
    return Markup("<b>{}</b>\n{}").format(title, report_text(cast("dict[str, Any]", answers["file"]), talk.language))


def _go_choices(talk: Talk, answers: Answers) -> Sequence[Choice]:
    count = cast("dict[str, Any]", answers["file"])["good"]
    return [Choice("go", talk._("✔ Import ({n})").format(n=count), True)]


async def _done(talk: Talk, answers: Answers) -> None:
    """Done beside the chat, since it may take a while; the admin hears when it is."""
    file, crs = cast("dict[str, Any]", answers["file"]), Crs(str(answers["crs"]))
    await audit.note(
        talk.session,
        talk.person.id,
        StationAction.STATIONS_IMPORTED,
        talk.now,
        about=f"{file['name']}: {file['good']} stations",
    )
    context, person_id, now = talk.context, talk.person.id, talk.now

    async def work() -> None:
        try:
            report: dict[str, Any] = await run(context, file["file_id"], file["name"], crs, dry_run=False, now=now)
        except (NotFetched, BadFile) as failure:
            report = {"trouble": str(failure) or type(failure).__name__}
        async with context.database.writing() as session:
            await deliveries.add(session, Notice(person_id, "imported", report, now))

    async def begun() -> None:
        context.ports.run_in_background(work())

    talk.committed.append(begun)
    talk.say(talk._("Importing … I'll message you when it's done."))


def imported_words(_context: AppContext, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    _ = translations.translator(language)
    if "trouble" in params:
        return Markup("{}").format(_("Nothing was imported: {trouble}").format(trouble=params["trouble"])), []
    return Markup("✓ <b>{}</b>\n{}").format(_("Imported."), report_text(params, language)), []


_IMPORT = Form(
    name="import",
    title=lambda talk: talk._("Import stations"),
    questions=(
        Question(
            key="crs",
            title=lambda talk: talk._("Coordinates"),
            read=press_a_button,
            choices=lambda talk, _: [Choice(crs.value, talk._(name), crs.value) for crs, name in SYSTEMS.items()],
            ask=lambda talk, _: talk._(
                "Which coordinate system does the list use? The wrong one moves every station by 300 to 600 m."
            ),
        ),
        Question(
            key="file",
            title=lambda talk: talk._("File"),
            read=_read_file,
            show=lambda _talk, value: str(cast("dict[str, Any]", value)["name"]),
            ask=lambda talk, _: talk._(
                "Send the list as a file: CSV with the columns id, name, address, latitude, longitude, "
                "opening_hours, amenities, phone, note (see /export for an example), or GeoJSON. I'll only "
                "check it first."
            ),
        ),
        Question(
            key="go",
            title=lambda talk: talk._("Import"),
            read=press_a_button,
            choices=_go_choices,
            ask=_ask_to_go,
        ),
    ),
    done=_done,
    review=False,
    right=Right.ADMINISTER,
    before=_try_it,
)
