"""/export: what the features hand out. What names nobody is given as it is; who is who only
for a reason, in an encrypted file.

The password of such a file is shown for ten minutes, to whoever asked for it: in a pop-up, and on a button that copies
it, which is taken away again. It follows from the keys and the moment, so it is kept nowhere.
"""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from markupsafe import Markup
from pydantic import TypeAdapter

from handlers.admin import presses
from handlers.chat.feature import OpenExport, PersonalExport
from handlers.chat.press import Button, InvalidCallback, Page
from handlers.chat.readers import RECIPIENT, holding
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.csv_files import sheet_of
from handlers.forms import forms
from handlers.forms.questionnaires import ContextValue, Form, Questionnaire
from handlers.i18n.translations import N_
from handlers.inputs.reason import reason_question
from handlers.statistics import presses as statistics_presses
from storage import audit
from storage.database import apart, vault_of
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed
from storage.operations.audited import OperationAction
from storage.operations.notices import DataExported, PasswordOver
from storage.people.access import Right

PASSWORD_FOR = timedelta(minutes=10)
_PRESS = N_("Press this button within 10 minutes to see the password; only you can. Write it down right away.")
_OVER = N_("It is shown for 10 minutes only. Please export again: /export")
LARGE = 8 << 20
"""Bytes above which a file is sent as a ZIP."""


def register(routes: Routes, exports: Sequence[OpenExport | PersonalExport]) -> None:
    """`exports`: what all features hand out."""
    right, exporter = Right.ADMINISTER, _Exporter(exports)
    routes.command("export", exporter.show, about=N_("Export data as files"), right=right, writes=False)
    routes.press(presses.EXPORT, exporter.export, right=right)
    routes.press(presses.ASK_REASON, exporter.ask_reason, right=right)
    routes.press(presses.SHOW_PASSWORD, show_password, right=right)
    routes.form(exporter.form)
    routes.notice(PasswordOver, lambda view, _: (view._(_OVER), []), reader=RECIPIENT)
    routes.notice(DataExported, exporter.exported_words, reader=holding(Right.ADMINISTER))


@dataclass(frozen=True, slots=True)
class PersonalDraft:
    """`what` names a personal export."""

    what: str
    reason: str = ""


class _Exporter:
    """The page, the open files, and the personal ones for a reason."""

    def __init__(self, exports: Sequence[OpenExport | PersonalExport]) -> None:
        self._open = {export.name: export for export in exports if isinstance(export, OpenExport)}
        self._personal = {export.name: export for export in exports if isinstance(export, PersonalExport)}
        self.form = Form(
            name="export",
            title=N_("Export"),
            questionnaire=Questionnaire(
                [replace(reason_question(self._ask_reason, 5, 300), key="reason")],
                lambda values: PersonalDraft(**values),
                context={"what": ContextValue(TypeAdapter(str), ["what"])},
                defaults={"reason": ""},
            ),
            done=self._done,
            send_label=N_("🔐 Create the file"),
            right=Right.ADMINISTER,
        )

    async def show(self, talk: Talk) -> None:
        rows = [[presses.EXPORT.button(talk._(export.label), name)] for name, export in self._open.items()]
        rows.append([statistics_presses.STATS.button(talk._("📊 Statistics"))])
        rows += [[presses.ASK_REASON.button(talk._(export.label), name)] for name, export in self._personal.items()]
        talk.say(
            talk._(
                "What do you need? 🔐 means personal data: I'll ask for a reason, which is recorded in the audit "
                "log and shown to the other admins, and the file is encrypted."
            ),
            rows,
        )

    async def export(self, talk: Talk, what: str) -> None:
        if what not in self._open:
            raise InvalidCallback
        export = self._open[what]
        name = export.file_name
        with apart(talk.session):
            content = await export.content(talk.session, talk.context.settings.organisation.zone)
        await audit.note(talk.session, talk.person.id, OperationAction.EXPORTED, talk.now, about=what)
        if len(content) > LARGE:
            name, content = f"{name}.zip", await asyncio.to_thread(_zipped, name, content)
        talk.document(name, content, talk._(export.label))

    async def ask_reason(self, talk: Talk, what: str) -> None:
        if what not in self._personal:
            raise InvalidCallback
        await forms.begin(talk, self.form, PersonalDraft(what=what))

    def _ask_reason(self, talk: Talk, draft: PersonalDraft) -> str:
        return talk._(
            "{what}: this is personal data. What do you need it for? Your reason is recorded in the "
            "audit log and shown to the other admins."
        ).format(what=talk._(self._personal[draft.what].label))

    async def _done(self, talk: Talk, draft: PersonalDraft) -> None:
        export = self._personal[draft.what]
        with apart(talk.session):
            made = await sheet_of(export.table(talk.session, talk.context.settings.organisation.zone))
        moment = int(talk.now.timestamp())
        password = password_of(talk, moment)
        content = await asyncio.to_thread(_zipped, f"{export.name}.csv", made.content, password)
        about = f"{export.name}, {made.rows} rows: {draft.reason}"
        await audit.note(talk.session, talk.person.id, OperationAction.EXPORTED, talk.now, about=about)
        for admin in await talk.context.staff.who_may(talk.session, Right.ADMINISTER, talk.now):
            if admin != talk.person.id:
                talk.notify(admin, DataExported(export.name, talk.person.id, made.rows, draft.reason))
        caption = Markup("{}\n{}").format(
            talk._(export.label),
            talk._("Encrypted (AES-256; open it with 7-Zip or WinZip). Delete it when you are done."),
        )
        talk.document(f"{export.name}-{talk.now:%Y%m%d}.zip", content, caption)
        talk.say(
            talk._(_PRESS),
            [[presses.SHOW_PASSWORD.button(talk._("🔑 Show the password"), moment)]],
        )

    def exported_words(self, view: View, notice: DataExported) -> Page:
        export = self._personal.get(notice.what)
        text = view._("🔐 {who} exported {what}, {rows} rows. Reason: {reason}").format(
            who=notice.who,
            what=view._(export.label) if export is not None else notice.what,
            rows=notice.rows,
            reason=notice.reason,
        )
        return Markup("{}").format(text), []


def password_of(talk: Talk, moment: int) -> str:
    digest = vault_of(talk.session).blind(f"{talk.person.id}/{moment}", "exports.password")
    text = base64.b32encode(digest).decode().rstrip("=").lower()[:20]
    return "-".join(text[at : at + 5] for at in range(0, 20, 5))


async def show_password(talk: Talk, moment: int) -> None:
    age = talk.now.timestamp() - moment
    if not -1 <= age < PASSWORD_FOR.total_seconds():
        talk.answer_callback(talk._(_OVER), alert=True)
        return
    password, message_id = password_of(talk, moment), talk.pressed_message_id
    talk.answer_callback(password, alert=True)
    if message_id is not None:
        over = Addressed(talk.person.id, PasswordOver(), talk.now + PASSWORD_FOR, target=message_id)
        await delivery_queue.add(talk.session, over)
        show = presses.SHOW_PASSWORD.button(talk._("🔑 Show the password"), moment)
        talk.edit(talk._(_PRESS), [[show], [Button(talk._("📋 Copy the password"), copied=password)]])


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
