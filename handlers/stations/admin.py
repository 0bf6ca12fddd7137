"""/station_add and what admins do with a station: change it, move it, close it for a while, delete it and undo that."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from markupsafe import Markup

from handlers.chat.press import Buttons, InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import ContextValue, Form, Questionnaire, questionnaire
from handlers.forms.questions import AnyQuestion, Question, asked
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import N_
from handlers.inputs.moment import show_end
from handlers.inputs.number import NUMBER
from handlers.inputs.reason import reason_question
from handlers.inputs.until import End, day_choices, until_when, without_end
from handlers.stations import acts, presses
from handlers.stations.form import FIELDS, StationDraft
from handlers.stations.values import shown
from storage.dialogues import Filled
from storage.people.access import Right
from storage.plain_text import clean
from storage.stations import stations
from storage.stations.ids import StationKey
from storage.stations.stations import (
    WITHOUT_END,
    StationRow,
    amenity_names,
)

MOST_FOUND = 8
T = TypeVar("T")


def register(routes: Routes) -> None:
    right = Right.ADMINISTER
    routes.command("station_add", add, about=N_("Add or change a station"), right=right)
    routes.press(presses.MANAGE, manage, right=right, writes=False)
    routes.press(presses.CHANGE, change, right=right)
    routes.press(presses.BEGIN_CLOSING, begin_closing, right=right)
    routes.press(presses.OPEN_AGAIN, open_again, right=right)
    routes.press(presses.ASK_TO_DELETE, ask_to_delete, right=right, writes=False)
    routes.press(presses.DELETE, delete, right=right)
    routes.press(presses.RESTORE, restore, right=right)
    routes.form(_ADD)
    routes.form(_CLOSE)
    for form in _CHANGES.values():
        routes.form(form)


async def add(talk: Talk) -> None:
    """/station_add asks for a new one; /station_add WORDS shows those with these words in their names."""
    said = clean(talk.incoming.command_argument)
    if not said:
        talk.say(
            talk._(
                "A new station. To change an existing one, write its name after the command (/station_add "
                "hall), or open it from a list and press ⚙️."
            )
        )
        await forms.begin(talk, _ADD)
        return
    found = await stations.named(talk.session, said, MOST_FOUND)
    rows = [[presses.MANAGE.button(("🗑 " if row.deleted_at else "") + row.name[:60], row.key)] for row in found]
    talk.say(talk._("Which one?") if rows else talk._("There is no station with that name."), rows or None)


async def manage(talk: Talk, key: StationKey) -> None:
    talk.edit(*_page(talk, await stations.find_for_admin(talk.session, key)))


def _page(talk: Talk, row: StationRow) -> tuple[Markup, Buttons]:
    lines = [Markup("⚙️ <b>{}</b> <code>{}</code>").format(row.name, row.id)]
    for name, field in FIELDS.items():
        if name != "name":
            lines.append(labelled(talk._, field.title_for(talk), shown(talk, row, name)))
    if row.deleted_at is not None:
        lines.append(Markup("🗑 <b>{}</b>").format(talk._("Deleted.")))
        return Markup("\n").join(lines), [[presses.RESTORE.button(talk._("↩ Restore"), row.key)]]
    closed = closed_line(talk, row)
    if closed:
        lines.append(Markup("{}").format(closed))
    keys = [presses.CHANGE.button("✎ " + field.title_for(talk), row.key, name) for name, field in FIELDS.items()]
    door = presses.BEGIN_CLOSING.button(talk._("🔒 Close temporarily"), row.key)
    if closed:
        door = presses.OPEN_AGAIN.button(talk._("🔓 Open again"), row.key)
    rows = [*(keys[at : at + 2] for at in range(0, len(keys), 2)), [door]]
    return Markup("\n").join(lines), [*rows, [presses.ASK_TO_DELETE.button(talk._("🗑 Delete"), row.key)]]


def closed_line(talk: Talk, row: StationRow) -> str:
    """Why it is closed and until when; empty if it is not."""
    if row.closed_until is None or row.closed_until <= talk.now:
        return ""
    said = talk._("🔒 Closed until further notice: {reason}")
    if row.closed_until < WITHOUT_END:
        said = talk._("🔒 Closed until {time}: {reason}")
    return said.format(time=show_end(talk, row.closed_until), reason=row.closed_reason)


async def _added(talk: Talk, draft: StationDraft) -> None:
    row = await acts.add(talk, draft, f"chat-{secrets.token_hex(5)}")
    talk.say(
        Markup("✓ <b>{}</b>\n{}").format(row.name, talk._("Riders will find it within a few seconds.")),
        [[presses.MANAGE.button("⚙️ " + talk._("Change"), row.key)]],
    )


async def change(talk: Talk, key: StationKey, name: str) -> None:
    if name not in FIELDS:
        raise InvalidCallback
    row = await stations.find_for_admin(talk.session, key)
    filled = Filled(context={"station": row.key})
    if name == "amenities":
        filled.gathered[name] = list(amenity_names(row.amenities))
    await forms.resume(talk, _CHANGES[name], filled)


@dataclass(frozen=True, slots=True)
class StationChange(Generic[T]):
    """A new value for one column; None takes it away."""

    station: StationKey
    value: T | None


def _change_form(name: str, field: AnyQuestion) -> Form[StationChange[Any]]:
    async def done(talk: Talk, change: StationChange[Any]) -> None:
        talk.say(*_page(talk, await acts.change(talk, change.station, name, change.value)))

    return Form(
        name=f"station_{name}",
        title=field.title,
        questionnaire=Questionnaire(
            [field],
            lambda values: StationChange(values["station"], values.get(name)),
            context={"station": ContextValue(NUMBER, ("station",))},
        ),
        done=done,
        review=False,
        right=Right.ADMINISTER,
    )


async def begin_closing(talk: Talk, key: StationKey) -> None:
    row = await stations.find_for_admin(talk.session, key)
    await forms.begin(talk, _CLOSE, Closing(station=row.key))


async def _closed(talk: Talk, draft: Closing) -> None:
    talk.say(*_page(talk, await acts.close(talk, draft.station, draft.until, draft.reason)))


async def open_again(talk: Talk, key: StationKey) -> None:
    talk.edit(*_page(talk, await acts.open_again(talk, key)))


async def ask_to_delete(talk: Talk, key: StationKey) -> None:
    row = await stations.find_for_admin(talk.session, key)
    talk.edit(
        Markup(talk._("Delete <b>{name}</b>? You can restore it for {n} days.")).format(
            name=row.name, n=stations.KEPT.days
        ),
        [[presses.DELETE.button(talk._("🗑 Yes, delete"), key)], [presses.MANAGE.button(talk._("◀ Back"), key)]],
    )


async def delete(talk: Talk, key: StationKey) -> None:
    row = await acts.delete(talk, key)
    talk.edit(
        Markup(talk._("<b>{name}</b> has been deleted.")).format(name=row.name),
        [[presses.RESTORE.button(talk._("↩ Undo"), key)]],
    )


async def restore(talk: Talk, key: StationKey) -> None:
    talk.edit(*_page(talk, await acts.restore(talk, key)))


def _ends(talk: Talk) -> Sequence[End]:
    return [*day_choices(talk, (1, 3, 7, 30)), without_end(talk)]


CLOSED_BECAUSE: Question[str, object] = reason_question(N_("Why? Riders will read it on the station's page."), 2, 200)
CLOSED_UNTIL: Question[datetime | None, object] = until_when(_ends)


@dataclass(frozen=True, slots=True)
class Closing:
    """Of a station, for a while; `until` None is without an end."""

    station: StationKey
    reason: str = asked(CLOSED_BECAUSE)
    until: datetime | None = asked(CLOSED_UNTIL)


_ADD = Form(
    name="station_add",
    title=N_("New station"),
    questionnaire=questionnaire(StationDraft),
    done=_added,
    send_label=N_("✔ Add"),
    right=Right.ADMINISTER,
)

_CHANGES = {name: _change_form(name, field) for name, field in FIELDS.items()}

_CLOSE = Form(
    name="station_close",
    title=N_("Close temporarily"),
    questionnaire=questionnaire(Closing),
    done=_closed,
    review=False,
    right=Right.ADMINISTER,
)
