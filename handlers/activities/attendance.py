"""Who comes: the list in the chat, and as a file for a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import escape

from handlers.activities import presses
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.csv_files import sheet_of
from storage import audit
from storage.activities import activities, participants
from storage.activities.activities import Activity
from storage.activities.audited import ActivityAction
from storage.activities.ids import ActivityId
from storage.activities.participants import PlaceState, SignUp
from storage.database import apart
from storage.membership import memberships
from storage.people.access import Right
from storage.privacy import exports
from storage.telegram_ids import PersonId

SHOWN = 60
STATES = {PlaceState.PLACED: "✅", PlaceState.OFFERED: "🎁", PlaceState.WAITING: "🕒", PlaceState.IN_DRAW: "🎟"}


def register(routes: Routes) -> None:
    routes.press(presses.SHOW_PEOPLE, show_people, right=Right.RUN_ACTIVITIES)
    routes.press(presses.SEND_FILE_ATTENDANCE, send_file, right=Right.RUN_ACTIVITIES)


async def find_activity(talk: Talk, activity_id: ActivityId) -> Activity:
    row = await activities.find(talk.session, activity_id)
    if row is None:
        raise activities.NoSuchActivity
    return row


async def names_of(talk: Talk, people: Sequence[SignUp], about: str) -> dict[PersonId, str]:
    """By person, the name of whoever is a member; others are known by their number only. That it was read is noted."""
    await _note_reading(talk, about)
    return await memberships.names_of(talk.session, [one.person_id for one in people])


async def _note_reading(talk: Talk, about: str) -> None:
    await audit.note(talk.session, talk.person.id, ActivityAction.ATTENDANCE_READ, talk.now, about=about)


async def show_people(talk: Talk, activity_id: ActivityId) -> None:
    """The list, by number; members with their name."""
    row = await find_activity(talk, activity_id)
    with apart(talk.session):
        people = await participants.people_of(talk.session, row.id, tuple(STATES), SHOWN)
        total = await participants.count(talk.session, row.id, tuple(STATES))
        names = await names_of(talk, people, f"activity {row.id}")
        numbers = await participants.numbers(talk.session, row.id)
    lines = [f"<b>{escape(row.title)}</b>"]
    for one in people:
        guests = f" +{one.guests}" if one.guests else ""
        came = " 👋" if one.came_at else ""
        said = " / ".join(participants.answers_of(talk.session, one))
        name = escape(names.get(one.person_id, ""))
        lines.append(f"{STATES[one.state]} {numbers[one.id]}{guests}{came} {name} <i>{escape(said)}</i>".rstrip())
    if total > SHOWN:
        lines.append(escape(talk._("… and {n} more, in the file.").format(n=total - SHOWN)))
    if people:
        legend = talk._("✅ place · 🎁 offer · 🕒 waiting · 🎟 in the draw · 👋 came. The numbers are sign-up numbers.")
        lines.append(f"<i>{escape(legend)}</i>")
    else:
        lines.append(escape(talk._("Nobody yet.")))
    talk.say(
        "\n".join(lines),
        [
            [presses.SEND_FILE_ATTENDANCE.button(talk._("📄 As a file"), row.id)],
            [presses.SHOW.button(talk._("◀ Back"), row.id)],
        ],
    )


async def send_file(talk: Talk, activity_id: ActivityId) -> None:
    """The attendance list as CSV, with a byte order mark, for spreadsheets."""
    row = await find_activity(talk, activity_id)
    await _note_reading(talk, f"activity {row.id} as a file")
    with apart(talk.session):
        made = await sheet_of(exports.people_of(talk.session, row, talk.context.settings.organisation.zone))
    talk.document(f"activity-{row.id}.csv", made.content, talk._("Attendee list. Please treat it as confidential."))
