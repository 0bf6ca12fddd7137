"""/export: stations, activities and figures as they are; who is who only for a reason, in an encrypted file.

The password of such a file is shown on a button for ten minutes, to who asked for it: a pop-up that Telegram keeps in
no chat. It follows from the keys and the moment, so it is kept nowhere.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup

from handlers.admin import presses
from handlers.chat import forms
from handlers.chat.press import InvalidCallback, Page
from handlers.chat.questionnaires import Form, questionnaire
from handlers.chat.questions import asked
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.csv_files import sheet
from handlers.i18n.translations import N_
from handlers.inputs.reason import reason_question
from handlers.statistics import presses as statistics_presses
from storage import audit
from storage.database import vault_of
from storage.operations.audited import OperationAction
from storage.operations.notices import DataExported
from storage.people.access import Right
from storage.privacy import exports
from storage.stations import stations
from storage.stations.files import CsvWriter, GeoJsonWriter

PASSWORD_FOR = timedelta(minutes=10)
LARGE = 8 << 20
"""Bytes above which a file is sent as a ZIP."""

OPEN: dict[str, str] = {
    "csv": N_("🏠 Stations, CSV"),
    "geojson": N_("🏠 Stations, GeoJSON"),
    "activities": N_("🏀 Activities"),
}
PERSONAL: dict[str, str] = {"members": N_("🔐 Members"), "attendance": N_("🔐 Attendees")}


def register(routes: Routes) -> None:
    right = Right.ADMINISTER
    routes.command("export", show, about=N_("Export data as files"), right=right, writes=False)
    routes.press(presses.EXPORT, export, right=right)
    routes.press(presses.ASK_REASON, ask_reason, right=right)
    routes.press(presses.SHOW_PASSWORD, show_password, right=right, writes=False)
    routes.form(_REASON)
    routes.notice(DataExported, exported_words)


async def show(talk: Talk) -> None:
    rows = [[presses.EXPORT.button(talk._(name), key)] for key, name in OPEN.items()]
    rows.append([statistics_presses.STATS.button(talk._("📊 Statistics"))])
    rows += [[presses.ASK_REASON.button(talk._(name), key)] for key, name in PERSONAL.items()]
    talk.say(
        talk._(
            "What do you need? 🔐 means personal data: I'll ask for a reason, which is recorded in the audit "
            "log and shown to the other admins, and the file is encrypted."
        ),
        rows,
    )


async def export(talk: Talk, what: str) -> None:
    if what not in OPEN:
        raise InvalidCallback
    if what == "activities":
        name, content = (
            "activities.csv",
            sheet(*await exports.activities(talk.session, talk.context.settings.organisation.zone)),
        )
    else:
        name, content = f"stations.{what}", await _stations(talk, what)
    await audit.note(talk.session, talk.person.id, OperationAction.EXPORTED, talk.now, about=what)
    if len(content) > LARGE:
        name, content = f"{name}.zip", _zipped(name, content)
    talk.document(name, content, talk._(OPEN[what]))


async def _stations(talk: Talk, what: str) -> bytes:
    """What `stations export` writes."""
    out = io.BytesIO()
    writer = GeoJsonWriter(out) if what == "geojson" else CsvWriter(out)
    async for row in stations.all_rows(talk.session):
        writer.add(row)
    writer.close()
    return out.getvalue()


async def ask_reason(talk: Talk, what: str) -> None:
    if what not in PERSONAL:
        raise InvalidCallback
    await forms.begin(talk, _REASON, PersonalExport(what=what))


_ROWS: dict[str, Callable[..., Awaitable[tuple[list[str], list[list[object]]]]]] = {
    "members": exports.members,
    "attendance": exports.attendance,
}


def _ask_reason(talk: Talk, draft: PersonalExport) -> str:
    return talk._(
        "{what}: this is personal data. What do you need it for? Your reason is recorded in the "
        "audit log and shown to the other admins."
    ).format(what=talk._(PERSONAL[draft.what]))


@dataclass(frozen=True, slots=True)
class PersonalExport:
    """`what` is a key of PERSONAL."""

    what: str
    reason: str = asked(reason_question(_ask_reason, 5, 300))


async def _done(talk: Talk, draft: PersonalExport) -> None:
    what, reason = draft.what, draft.reason
    header, rows = await _ROWS[what](talk.session, talk.context.settings.organisation.zone)
    moment = int(talk.now.timestamp())
    content = _zipped(f"{what}.csv", sheet(header, rows), password_of(talk, moment))
    await audit.note(
        talk.session, talk.person.id, OperationAction.EXPORTED, talk.now, about=f"{what}, {len(rows)} rows: {reason}"
    )
    for admin in await talk.context.staff.who_may(talk.session, Right.ADMINISTER, talk.now):
        if admin != talk.person.id:
            talk.notify(admin, DataExported(what, talk.person.id, len(rows), reason))
    caption = Markup("{}\n{}").format(
        talk._(PERSONAL[what]),
        talk._("Encrypted (AES-256; open it with 7-Zip or WinZip). Delete it when you are done."),
    )
    talk.document(f"{what}-{talk.now:%Y%m%d}.zip", content, caption)
    talk.say(
        talk._("Press this button within 10 minutes to see the password; only you can. Write it down right away."),
        [[presses.SHOW_PASSWORD.button(talk._("🔑 Show the password"), moment)]],
    )


def exported_words(view: View, notice: DataExported) -> Page:
    text = view._("🔐 {who} exported {what}, {rows} rows. Reason: {reason}").format(
        who=notice.who, what=view._(PERSONAL[notice.what]), rows=notice.rows, reason=notice.reason
    )
    return Markup("{}").format(text), []


def password_of(talk: Talk, moment: int) -> str:
    digest = vault_of(talk.session).blind(f"{talk.person.id}/{moment}", "exports.password")
    text = base64.b32encode(digest).decode().rstrip("=").lower()[:20]
    return "-".join(text[at : at + 5] for at in range(0, 20, 5))


async def show_password(talk: Talk, moment: int) -> None:
    age = talk.now.timestamp() - moment
    if not -1 <= age < PASSWORD_FOR.total_seconds():
        talk.answer_callback(talk._("It is shown for 10 minutes only. Please export again: /export"), alert=True)
        return
    talk.answer_callback(password_of(talk, moment), alert=True)


def _zipped(name: str, content: bytes, password: str = "") -> bytes:
    """One file in a ZIP; with a password, encrypted by AES-256 (WinZip's AE-2)."""
    import pyzipper

    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED) as file:
        if password:
            file.setpassword(password.encode())
            file.setencryption(pyzipper.WZ_AES, nbits=256)
        file.writestr(name, content)
    return out.getvalue()


_REASON = Form(
    name="export",
    title=N_("Export"),
    questionnaire=questionnaire(PersonalExport),
    done=_done,
    send_label=N_("🔐 Create the file"),
    right=Right.ADMINISTER,
)
