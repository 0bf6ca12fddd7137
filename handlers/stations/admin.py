"""/station_add and what admins do with a station: change it, move it, close it for a while, delete it and undo that."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import cast

from markupsafe import Markup

from handlers.chat import forms
from handlers.chat.press import Buttons, InvalidCallback
from handlers.chat.questions import Choice, Form, Question, gathering
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.translations import N_
from handlers.inputs.date import day_choices, show_moment, until_when
from handlers.inputs.text import clean, short_text
from handlers.stations import presses
from handlers.stations.addresses import look_up
from handlers.stations.form import FIELDS, amenity_mask, names_of
from storage import audit
from storage.dialogues import Answers, Value
from storage.people.access import Right
from storage.stations import stations
from storage.stations.audited import StationAction
from storage.stations.stations import WITHOUT_END, Station, StationPatch, StationRow

MOST_FOUND = 8


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
    said = clean(talk.text.partition(" ")[2])
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


async def manage(talk: Talk, key: int) -> None:
    talk.edit(*_page(talk, await stations.find_for_admin(talk.session, key)))


def _page(talk: Talk, row: StationRow) -> tuple[Markup, Buttons]:
    lines = [Markup("⚙️ <b>{}</b> <code>{}</code>").format(row.name, row.id)]
    for name, field in FIELDS.items():
        if name != "name":
            lines.append(Markup("{}: {}").format(field.title(talk), field.show(talk, _value(row, name)) or "—"))
    if row.deleted_at is not None:
        lines.append(Markup("🗑 <b>{}</b>").format(talk._("Deleted.")))
        return Markup("\n").join(lines), [[presses.RESTORE.button(talk._("↩ Restore"), row.key)]]
    closed = closed_line(talk, row)
    if closed:
        lines.append(Markup("{}").format(closed))
    keys = [presses.CHANGE.button("✎ " + field.title(talk), row.key, name) for name, field in FIELDS.items()]
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
    return said.format(time=show_moment(talk, row.closed_until), reason=row.closed_reason)


def _value(row: StationRow, name: str) -> Value:
    if name == "place":
        return [row.latitude, row.longitude]
    if name == "amenities":
        return cast(Value, names_of(row.amenities))
    return cast(Value, getattr(row, name))


async def _note(talk: Talk, row: StationRow, what: str) -> None:
    await audit.note(
        talk.session, talk.person.id, StationAction.STATION_CHANGED, talk.now, about=f"{row.id}: {what}"[:500]
    )


async def _added(talk: Talk, answers: Answers) -> None:
    latitude, longitude = cast("list[float]", answers["place"])
    station = Station(
        f"chat-{secrets.token_hex(5)}",
        str(answers["name"]),
        float(latitude),
        float(longitude),
        str(answers.get("address") or ""),
        str(answers.get("opening_hours") or ""),
        amenity_mask(answers.get("amenities")),
        str(answers.get("phone") or ""),
        str(answers.get("note") or ""),
    )
    row = await stations.add(talk.session, station, talk.now)
    await _note(talk, row, "added")
    talk.say(
        Markup("✓ <b>{}</b>\n{}").format(row.name, talk._("Riders will find it within a few seconds.")),
        [[presses.MANAGE.button("⚙️ " + talk._("Change"), row.key)]],
    )


async def change(talk: Talk, key: int, name: str) -> None:
    if name not in FIELDS:
        raise InvalidCallback
    row = await stations.find_for_admin(talk.session, key)
    kept: Answers = {"_station": row.key}
    if name == "amenities":
        kept[gathering(name)] = names_of(row.amenities)
    await forms.begin(talk, _CHANGES[name], kept)


def _change_form(name: str, field: Question) -> Form:
    async def done(talk: Talk, answers: Answers) -> None:
        row = await stations.find_for_admin(talk.session, int(str(answers["_station"])))
        before = field.show(talk, _value(row, name))
        row = await stations.change(talk.session, row.key, _patch(name, answers.get(name)), talk.now)
        await _note(talk, row, f"{name}: {before} → {field.show(talk, _value(row, name))}")
        talk.say(*_page(talk, row))

    return Form(
        name=f"station_{name}",
        title=field.title,
        questions=(field,),
        done=done,
        review=False,
        right=Right.ADMINISTER,
        before=look_up if name == "place" else None,
    )


def _patch(name: str, value: Value) -> StationPatch:
    match name, value:
        case "place", [latitude, longitude]:
            return StationPatch(latitude=float(str(latitude)), longitude=float(str(longitude)))
        case "amenities", _:
            return StationPatch(amenities=amenity_mask(value))
        case _:
            return _TEXT_PATCHES[name](str(value or ""))


_TEXT_PATCHES: Mapping[str, Callable[[str], StationPatch]] = {
    "name": lambda text: StationPatch(name=text),
    "address": lambda text: StationPatch(address=text),
    "opening_hours": lambda text: StationPatch(opening_hours=text),
    "phone": lambda text: StationPatch(phone=text),
    "note": lambda text: StationPatch(note=text),
}


async def begin_closing(talk: Talk, key: int) -> None:
    row = await stations.find_for_admin(talk.session, key)
    await forms.begin(talk, _CLOSE, {"_station": row.key})


async def _closed(talk: Talk, answers: Answers) -> None:
    until = datetime.fromisoformat(str(answers["until"])) if answers.get("until") else WITHOUT_END
    row = await stations.close(talk.session, int(str(answers["_station"])), until, str(answers["reason"]))
    await _note(talk, row, f"closed until {until.isoformat()}: {row.closed_reason}")
    talk.say(*_page(talk, row))


async def open_again(talk: Talk, key: int) -> None:
    row = await stations.reopen(talk.session, key)
    await _note(talk, row, "open again")
    talk.edit(*_page(talk, row))


async def ask_to_delete(talk: Talk, key: int) -> None:
    row = await stations.find_for_admin(talk.session, key)
    talk.edit(
        Markup(talk._("Delete <b>{name}</b>? You can restore it for {n} days.")).format(
            name=row.name, n=stations.KEPT.days
        ),
        [[presses.DELETE.button(talk._("🗑 Yes, delete"), key)], [presses.MANAGE.button(talk._("◀ Back"), key)]],
    )


async def delete(talk: Talk, key: int) -> None:
    row = await stations.delete_one(talk.session, key, talk.now)
    await _note(talk, row, "deleted")
    talk.edit(
        Markup(talk._("<b>{name}</b> has been deleted.")).format(name=row.name),
        [[presses.RESTORE.button(talk._("↩ Undo"), key)]],
    )


async def restore(talk: Talk, key: int) -> None:
    row = await stations.restore(talk.session, key)
    await _note(talk, row, "brought back")
    talk.edit(*_page(talk, row))


def _ends(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [*day_choices(talk, (1, 3, 7, 30)), Choice("none", talk._("No end date"), "")]


_ADD = Form(
    name="station_add",
    title=lambda talk: talk._("New station"),
    questions=tuple(FIELDS.values()),
    done=_added,
    send_label=lambda talk: talk._("✔ Add"),
    right=Right.ADMINISTER,
    before=look_up,
)

_CHANGES = {name: _change_form(name, field) for name, field in FIELDS.items()}

_CLOSE = Form(
    name="station_close",
    title=lambda talk: talk._("Close temporarily"),
    questions=(
        Question(
            key="reason",
            title=lambda talk: talk._("Reason"),
            read=short_text(2, 200, lambda talk: talk._("Please write the reason in 2 to 200 characters.")),
            ask=lambda talk, _: talk._("Why? Riders will read it on the station's page."),
        ),
        until_when(_ends),
    ),
    done=_closed,
    review=False,
    right=Right.ADMINISTER,
)
