"""Forms that version 0.7 left open in the database: this version reads them and takes their buttons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from handlers.chat import presses as chat_presses
from handlers.inputs.consent import CASE, JOIN
from storage import dialogues, sealed_columns
from storage.activities import activities, participants
from storage.activities.activities import Activity
from storage.activities.ids import ActivityId
from storage.broadcasts import broadcasts
from storage.broadcasts.broadcasts import Broadcast
from storage.broadcasts.content import Opening
from storage.cases import drafts
from storage.cases import messages as case_messages
from storage.cases.drafts import CaseDraft
from storage.cases.table import Case, content_of
from storage.database import Database, vault_of
from storage.dialogues import Dialogue, Filled
from storage.membership import applications
from storage.people import blocks
from storage.privacy import consents
from storage.stations.stations import StationRow, amenity_names
from storage.telegram_ids import PersonId
from tests.support.activities import planned
from tests.support.applications import ANSWERS
from tests.support.simulator import ADMIN, COORDINATOR, NOON, Rider, Town
from tests.support.words.chat import WELCOME
from tests.support.words.forms import NO_MORE, REVIEW_PAGE, SEND
from tests.support.words.membership import ASKED_FOR_DISTRICT

RIDER = PersonId(701)
STARTS = "2026-11-28T15:00:00+08:00"
PRESET = {
    "minutes": 120,
    "guests": 0,
    "members_only": 1,
    "about": None,
    "poster": None,
    "questions": ["T-shirt size?"],
    "stream": None,
    "leads": "86400",
    "opens": None,
    "closes": None,
}
"""What 0.7 had among the answers of an activity from the beginning, some of it changed."""
SAID = {
    "kind": "text",
    "text": "They cut my pay",
    "entities": [],
    "file_id": "",
    "file_name": "",
    "mime": "",
    "size": 0,
    "album": "",
    "forwarded": False,
    "answers": None,
    "was": [],
}


async def left_open(
    town: Town, person_id: int, form: str, step: str | None, answers: dict[str, Any], trail: Sequence[str] = ()
) -> Rider:
    """Somebody in the middle of a form, in a row as 0.7 wrote it."""
    rider = town.rider(person_id)
    await rider.says("/start")
    await rider.hears_of(WELCOME)
    stored = {"step": step, "answers": answers, "trail": trail, "editing": False, "mark": "old-mark"}
    async with town.database.writing() as session:
        sealed = vault_of(session).seal(orjson.dumps(stored), "dialogues.answers", person_id)
        session.add(Dialogue(person_id=person_id, form=form, answers=sealed, expires_at=NOON + timedelta(hours=24)))
    return rider


async def presses(rider: Rider, what: str, argument: str = "") -> None:
    """A button that 0.7 has sent."""
    await rider.forges(chat_presses.FORM.data("old-mark", what, argument))


async def test_an_activity_is_finished(town: Town) -> None:
    answers = {**PRESET, "title": "Chess", "kind": "contest", "starts": STARTS}
    rider = await left_open(town, COORDINATOR, "activity", "place", answers, ["title", "kind", "starts"])
    await rider.says("Second")
    await rider.hears_of("How many places?")
    await rider.presses("20")
    page = (await rider.hears_of(REVIEW_PAGE))["text"]
    assert "Second 📍" in page and "Members only" in page and "T-shirt size?" in page and "2 h" in page
    await rider.presses("Save")
    await rider.hears_of("Chess")
    async with town.database.reading() as session:
        row = (await session.scalars(select(Activity))).one()
        assert row.members_only and row.asks == ["T-shirt size?"] and row.lead_times == "86400"
        assert row.starts_at == datetime.fromisoformat(STARTS) and row.has_point


async def test_an_edit_of_an_activity_is_sent_by_its_old_button(town: Town) -> None:
    await planned(town)
    answers = {
        **PRESET,
        "title": "Chess",
        "kind": "contest",
        "starts": STARTS,
        "place": ["The park", None, None],
        "places": 0,
        "_id": 1,
    }
    rider = await left_open(town, COORDINATOR, "activity_edit", None, answers, [])
    await presses(rider, "send")
    await rider.hears_of("Chess")
    async with town.database.reading() as session:
        row = await activities.published(session, ActivityId(1))
        assert (row.title, row.place, row.latitude, row.places) == ("Chess", "The park", None, None)


async def test_a_broadcast_goes_with_its_message_and_button(town: Town) -> None:
    answers = {
        "content": ["sendMessage", {"text": "Heat on Saturday", "entities": []}],
        "other": None,
        "opens": ["link", "Sign up", "https://example.org/form"],
        "topic": "news",
        "language": "en",
        "members": "",
        "platform": "",
        "district": "",
        "days": 7,
        "place": [37.43, 116.36],
        "km": 5,
        "reading": 1,
        "spread": 3,
        "time": "",
    }
    rider = await left_open(town, COORDINATOR, "broadcast", None, answers, ["content", "topic", "place", "km"])
    await presses(rider, "send")
    await rider.hears_of("Heat on Saturday")
    async with town.database.reading() as session:
        row = (await session.scalars(select(Broadcast))).one()
        content = broadcasts.content_of(session, row)
        assert content.asks_reading and content.opens == Opening("link", "Sign up", "https://example.org/form")
        assert '"km":5' in row.segment and "37.43" in row.segment and row.spread_seconds == 3 * 3_600


async def test_an_application_is_sent(town: Town) -> None:
    answers = {**ANSWERS, "proof": None, "_id_number": "optional"}
    async with town.database.writing() as session:
        await consents.give(session, RIDER, JOIN.purpose, JOIN.version, NOON)
    rider = await left_open(town, RIDER, "join", None, answers, [])
    await presses(rider, "edit", "district")
    await rider.hears_of(ASKED_FOR_DISTRICT)
    await rider.says("Decheng")
    await rider.hears_of(REVIEW_PAGE)
    await rider.presses(SEND)
    await rider.hears_of("A-2026-000001")
    async with town.database.reading() as session:
        row = await applications.latest_of(session, RIDER)
        assert row is not None
        kept = applications.content_of(session, row).answers
        assert kept["district"] == "Decheng" and kept["phone"] == {"number": ANSWERS["phone"], "shared": False}


async def test_a_sign_up_asks_on(town: Town) -> None:
    await planned(town, places=5, guests=2, questions=("T-shirt size?", "Allergies?"))
    answers = {"_id": 1, "_asks": ["T-shirt size?", "Allergies?"], "_guests": 2, "guests": 2}
    rider = await left_open(town, RIDER, "sign_up", "answer0", answers, ["guests"])
    await rider.says("L")
    await rider.hears_of("Allergies?")
    await rider.says("none")
    await rider.hears_of("with 2 guests")
    async with town.database.reading() as session:
        row = await participants.of(session, ActivityId(1), RIDER)
        assert row is not None and participants.answers_of(session, row) == ["L", "none"]


async def test_what_was_told_to_a_desk_becomes_a_case(town: Town) -> None:
    answers = {"kind": "stress", "_story": [SAID], "_unseen": True}
    async with town.database.writing() as session:
        await consents.give(session, RIDER, "desk_care", CASE.version, NOON)
    rider = await left_open(town, RIDER, "desk_care", "story", answers, ["kind"])
    await rider.says("Are you there?")
    await rider.hears_of("Say whatever you want")  # it had not been shown, so nothing answered it
    await rider.sees_noted(await rider.says("And my account is gone"))
    await rider.presses(NO_MORE)
    await rider.hears_of(REVIEW_PAGE)
    await rider.presses(SEND)
    await rider.hears_of("Your case number is")
    async with town.database.reading() as session:
        row = (await session.scalars(select(Case))).one()
        said = [case_messages.said_in(session, one).text for one in await case_messages.talk_of(session, row.id)]
        content = content_of(session, row)
        assert said == ["They cut my pay", "And my account is gone"] and (content.kind, content.name) == ("stress", "")


async def test_a_block_names_the_person(town: Town) -> None:
    answers = {"who": [RIDER, "Spammer"], "reason": "floods the bot", "until": ""}
    rider = await left_open(town, ADMIN, "block", None, answers, ["who", "reason", "until"])
    await presses(rider, "send")
    await rider.hears_of("Spammer")
    async with town.database.reading() as session:
        ((row, reason),) = await blocks.newest(session)
        assert (row.person_id, row.until, reason) == (RIDER, None, "floods the bot")


async def test_the_amenities_of_a_station_are_still_chosen(town: Town) -> None:
    async with town.database.reading() as session:
        key = (await session.scalars(select(StationRow.key).where(StationRow.id == "hall"))).one()
    answers = {"_station": key, "_amenities": ["water", "charging"]}
    rider = await left_open(town, ADMIN, "station_amenities", "amenities", answers, [])
    await presses(rider, "choose", "water")
    await presses(rider, "choose", "wifi")
    await presses(rider, "done", "")
    await rider.hears_of("charging")
    async with town.database.reading() as session:
        row = (await session.scalars(select(StationRow).where(StationRow.key == key))).one()
        assert amenity_names(row.amenities) == ["charging", "wifi"]


@pytest.mark.gazetteer
async def test_an_address_is_chosen_among_several(town: Town) -> None:
    answers = {"address": [["Hall, Dezhou", 37.43, 116.36], ["Hall, Jinan", 36.6, 117.0]]}
    rider = await left_open(town, RIDER, "address", "which", answers, ["address"])
    await presses(rider, "choose", "0")
    await rider.hears_of("暖新之家")


async def test_what_this_version_cannot_read_is_asked_again(town: Town) -> None:
    place = ["The park", None, None]
    answers = {**PRESET, "title": "Chess", "kind": "tournament", "starts": "on Saturday", "place": place, "places": 0}
    rider = await left_open(town, COORDINATOR, "activity", None, answers, [])
    await presses(rider, "send")
    await rider.hears_of("What kind")
    await rider.presses("Talk")
    await rider.hears_of("When does it start")


async def test_a_form_without_what_it_was_begun_with_is_closed(town: Town) -> None:
    rider = await left_open(town, COORDINATOR, "activity_cancel", None, {"reason": "no hall"}, ["reason"])
    await presses(rider, "send")
    await rider.until(lambda: any("sent or closed" in one["text"] for one in rider.answers))
    async with town.database.reading() as session:
        assert await dialogues.current(session, COORDINATOR, NOON) is None


async def test_a_draft_that_was_put_aside_is_read(database: Database) -> None:
    async with database.writing() as session:
        row = CaseDraft(person_id=RIDER, desk="legal", answers=b"", at=NOON)
        session.add(row)
        await session.flush()
        stored = orjson.dumps({"kind": "pay", "_story": [SAID]})
        sealed_columns.seal(session, row, CaseDraft.answers, stored)
    async with database.reading() as session:
        filled = await drafts.find(session, RIDER, "legal", NOON)
    assert isinstance(filled, Filled)
    assert (filled.answers, filled.gathered) == ({"kind": "pay"}, {"story": [SAID]})
