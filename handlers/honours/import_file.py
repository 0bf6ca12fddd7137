"""A table of honours sent as a file: first a report of what is unclear, line by line; then a button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from markupsafe import Markup
from pydantic import TypeAdapter

from handlers.chat.context import AppContext
from handlers.chat.press import Page
from handlers.chat.readers import holding
from handlers.chat.routes import Routes
from handlers.chat.talk import StatelessTalk, Talk
from handlers.chat.view import View
from handlers.csv_files import sheet
from handlers.forms import forms
from handlers.forms.questionnaires import Form, questionnaire
from handlers.forms.questions import Choice, Input, Question, asked
from handlers.honours import presses, words
from handlers.i18n.translations import N_, Translate
from handlers.inputs.choice import ButtonInput
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
from handlers.inputs.sheet_reasons import sheet_reason_words
from storage import audit
from storage.honours.audited import HonourAction
from storage.honours.importing import Imported, import_file
from storage.honours.notices import HonoursImported
from storage.people.access import Right

_KINDS = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".et")
_SHOWN = 20
_RIGHT = Right.KEEP_HONOURS


def register_routes(routes: Routes) -> None:
    routes.press(presses.BEGIN_IMPORT, begin, right=_RIGHT)
    routes.form(_FORM)
    routes.notice(HonoursImported, imported_words, reader=holding(_RIGHT))


async def begin(talk: Talk) -> None:
    await forms.begin(talk, _FORM)


@dataclass(frozen=True, slots=True)
class Report:
    """What a dry run found: clear lines, of these new ones, and how many are unclear, with the first of them."""

    good: int
    new: int
    unclear: int
    lines: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class HonoursFile(Report):
    """A file that was run dry."""

    file_id: str = field(kw_only=True)
    name: str = field(kw_only=True)


def reason_words(translate: Translate, reason: str) -> str:
    """A reason of storage/honours/importing.py, in the reader's language."""
    return sheet_reason_words(translate, reason, words.REASONS, words.COLUMNS)


_TABLE = SentTable(
    _KINDS,
    N_("Please send a .csv or .xlsx file."),
    N_("The file is larger than 20 MB. Please send it in parts."),
    reason_words,
)


async def _try_it(talk: StatelessTalk, _draft: ImportDraft) -> str | Imported | None:
    """Before the transaction: the file is fetched and run dry. The report, or a sentence on why not."""

    async def run_dry(file_id: str, _name: str) -> Imported:
        return await run(talk.context, file_id, talk.now, dry_run=True)

    return await _TABLE.tried(talk, run_dry)


async def run(context: AppContext, file_id: str, now: datetime, *, dry_run: bool) -> Imported:
    """Its file never lies on the disk in clear.

    Raises:
        NotFetched, BadFile: Telegram does not give it, or it can't be read.
    """
    organisation = context.settings.organisation
    with context.ports.bundles.scratch() as file:
        await context.ports.download_file(file_id, MOST_BYTES, file)
        today = now.astimezone(organisation.zone).date()
        return await import_file(context.database, file, organisation.country, today, now, dry_run=dry_run)


class HonoursFileInput(Input[HonoursFile]):
    """A file with at least one clear line in it. All unclear lines come back as a file, where they are many."""

    adapter = TypeAdapter(HonoursFile)

    async def read(self, talk: Talk) -> HonoursFile:
        found = found_in(talk, Imported)
        report = Report(found.good, found.new, len(found.unclear), found.unclear[:_SHOWN])
        require_good(talk, found.good, report_text(report, talk.view))
        if len(found.unclear) > _SHOWN:
            rows = [(number, reason_words(talk._, reason)) for number, reason in found.unclear]
            content = sheet([talk._("line"), talk._("why")], rows)
            talk.document("unclear.csv", content, talk._("All lines that are unclear"))
        document = talk.incoming.body["document"]
        return HonoursFile(**asdict(report), file_id=document["file_id"], name=document["file_name"])

    def show(self, talk: Talk, value: HonoursFile) -> str:  # noqa: ARG002
        return value.name


def report_text(report: Report, view: View) -> Markup:
    """ "Clear lines: 120 (100 new, 20 changed). Unclear: 3." and the first of these."""
    lines = [Markup.escape(_summary(view, report.good, report.new, report.unclear))]
    lines += numbered(view, [(number, reason_words(view._, reason)) for number, reason in report.lines])
    if report.unclear > len(report.lines):
        lines.append(Markup("…"))
    return Markup("\n").join(lines)


def _summary(view: View, good: int, new: int, unclear: int) -> str:
    said = view._("Clear lines: {good} ({new} new, {changed} changed). Unclear lines, which are left out: {unclear}.")
    return said.format(good=good, new=new, changed=good - new, unclear=unclear)


def _ask_to_go(talk: Talk, draft: ImportDraft) -> str:
    return ask_to_import(talk, report_text(draft.file, talk.view))


def _go_choices(talk: Talk, draft: ImportDraft) -> Sequence[Choice[bool]]:
    return import_choices(talk, draft.file.good)


@dataclass(frozen=True, slots=True)
class ImportDraft:
    file: HonoursFile = asked(
        Question(
            N_("File"),
            N_(
                "Send the list as a CSV or Excel file. Columns: name, id_number, title, year, employer, state "
                "(active, retired, deceased, withdrawn), phone, note; name, title and year are needed. I'll only "
                "check it first."
            ),
            HonoursFileInput(),
            look_up=_try_it,
        )
    )
    go: bool = asked(Question(N_("Import"), _ask_to_go, ButtonInput(TypeAdapter(bool)), choices=_go_choices))


async def _done(talk: Talk, draft: ImportDraft) -> None:
    file = draft.file
    about = f"entries: {file.good}"
    await audit.note(talk.session, talk.person.id, HonourAction.HONOURS_IMPORTED, talk.now, about=about)
    context, now = talk.context, talk.now

    async def imported() -> HonoursImported:
        found = await run(context, file.file_id, now, dry_run=False)
        return HonoursImported(found.good, found.new, len(found.unclear))

    import_beside(talk, imported, lambda trouble: HonoursImported(trouble=trouble))


def imported_words(view: View, notice: HonoursImported) -> Page:
    if notice.trouble:
        return _TABLE.not_imported(view, notice.trouble)
    said = _summary(view, notice.good, notice.new, notice.unclear)
    return Markup("✓ <b>{}</b>\n{}").format(view._("Imported."), said), [[presses.PAGE.button(view._("🏅 Honours"))]]


_FORM = Form(
    name="honours_import",
    title=N_("Import into the register of honours"),
    questionnaire=questionnaire(ImportDraft),
    done=_done,
    review=False,
    right=_RIGHT,
)
