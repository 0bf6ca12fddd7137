"""/station_add and what admins do with a station: change it, move it, close it for a while, delete it and undo that."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from markupsafe import Markup

from handlers.chat.press import Buttons, InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import ContextValue, Form, Questionnaire, questionnaire
from handlers.forms.questions import AnyQuestion, asked
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import N_
from handlers.inputs.moment import show_end
from handlers.inputs.number import NUMBER
from handlers.inputs.place import Point
from handlers.inputs.reason import reason_question
from handlers.inputs.until import End, day_choices, until_when, without_end
from handlers.stations import presses
from handlers.stations.form import FIELDS, StationDraft
from storage import audit
from storage.dialogues import Filled
from storage.people.access import Right
from storage.plain_text import clean
from storage.stations import stations
from storage.stations.audited import StationAction
from storage.stations.ids import StationKey
from storage.stations.stations import (
    WITHOUT_END,
    Station,
    StationPatch,
    StationRow,
    amenities_from,
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
            lines.append(labelled(talk._, field.title_for(talk), _shown(talk, row, name)))
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


def _shown(talk: Talk, row: StationRow, name: str) -> str:
    return FIELDS[name].input.show(talk, _value(row, name)) or "—"


def _value(row: StationRow, name: str) -> object:
    """As the question of this name is answered."""
    if name == "place":
        return Point(row.latitude, row.longitude)
    if name == "amenities":
        return tuple(amenity_names(row.amenities))
    value: object = getattr(row, name)
    return value


async def _note(talk: Talk, row: StationRow, what: str) -> None:
    await audit.note(
        talk.session, talk.person.id, StationAction.STATION_CHANGED, talk.now, about=f"{row.id}: {what}"[:500]
    )


async def _added(talk: Talk, draft: StationDraft) -> None:
    station = Station(
        f"chat-{secrets.token_hex(5)}",
        draft.name,
        draft.place.latitude,
        draft.place.longitude,
        draft.address,
        draft.opening_hours,
        int(amenities_from(draft.amenities)),
        draft.phone,
        draft.note,
    )
    row = await stations.add(talk.session, station, talk.now)
    await _note(talk, row, "added")
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
        row = await stations.find_for_admin(talk.session, change.station)
        before = _shown(talk, row, name)
        row = await stations.change(talk.session, row.key, _patch(name, change.value), talk.now)
        await _note(talk, row, f"{name}: {before} → {_shown(talk, row, name)}")
        talk.say(*_page(talk, row))

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


def _patch(name: str, value: object) -> StationPatch:
    match value:
        case Point():
            return StationPatch(latitude=value.latitude, longitude=value.longitude)
        case None if name == "amenities":
            return StationPatch(amenities=0)
        case tuple():
            return StationPatch(amenities=int(amenities_from(value)))
        case _:
            return _TEXT_PATCHES[name](str(value or ""))


_TEXT_PATCHES: Mapping[str, Callable[[str], StationPatch]] = {
    "name": lambda text: StationPatch(name=text),
    "address": lambda text: StationPatch(address=text),
    "opening_hours": lambda text: StationPatch(opening_hours=text),
    "phone": lambda text: StationPatch(phone=text),
    "note": lambda text: StationPatch(note=text),
}


async def begin_closing(talk: Talk, key: StationKey) -> None:
    row = await stations.find_for_admin(talk.session, key)
    await forms.begin(talk, _CLOSE, Closing(station=row.key))


async def _closed(talk: Talk, draft: Closing) -> None:
    until = draft.until or WITHOUT_END
    row = await stations.close(talk.session, draft.station, until, draft.reason)
    await _note(talk, row, f"closed until {until.isoformat()}: {row.closed_reason}")
    talk.say(*_page(talk, row))


async def open_again(talk: Talk, key: StationKey) -> None:
    row = await stations.reopen(talk.session, key)
    await _note(talk, row, "open again")
    talk.edit(*_page(talk, row))


async def ask_to_delete(talk: Talk, key: StationKey) -> None:
    row = await stations.find_for_admin(talk.session, key)
    talk.edit(
        Markup(talk._("Delete <b>{name}</b>? You can restore it for {n} days.")).format(
            name=row.name, n=stations.KEPT.days
        ),
        [[presses.DELETE.button(talk._("🗑 Yes, delete"), key)], [presses.MANAGE.button(talk._("◀ Back"), key)]],
    )


async def delete(talk: Talk, key: StationKey) -> None:
    row = await stations.delete_one(talk.session, key, talk.now)
    await _note(talk, row, "deleted")
    talk.edit(
        Markup(talk._("<b>{name}</b> has been deleted.")).format(name=row.name),
        [[presses.RESTORE.button(talk._("↩ Undo"), key)]],
    )


async def restore(talk: Talk, key: StationKey) -> None:
    row = await stations.restore(talk.session, key)
    await _note(talk, row, "brought back")
    talk.edit(*_page(talk, row))


def _ends(talk: Talk) -> Sequence[End]:
    return [*day_choices(talk, (1, 3, 7, 30)), without_end(talk)]


@dataclass(frozen=True, slots=True)
class Closing:
    """Of a station, for a while; `until` None is without an end."""

    station: StationKey
    reason: str = asked(reason_question(N_("Why? Riders will read it on the station's page."), 2, 200))
    until: datetime | None = asked(until_when(_ends))


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
