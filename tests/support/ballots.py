"""Ballots to vote in."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bot.sandbox.params import Json, Upload
from handlers.campaigns.ballots import presses
from handlers.i18n.translations import translator
from storage.campaigns.ballots import ballots, boxes, closing, papers, receipts, trustee_keys
from storage.campaigns.ballots.ballots import Plan
from storage.campaigns.ballots.boxes import Box
from storage.campaigns.ballots.table import Ballot, State
from storage.campaigns.ballots.terms import Terms
from storage.campaigns.ballots.thresholds import READY_MADE, RuleName
from storage.campaigns.ballots.trustee_keys import PublicKey, Share
from storage.campaigns.campaigns import Phase
from storage.campaigns.ids import BallotId, CampaignId
from storage.database import Database
from storage.people import people
from storage.telegram_ids import PersonId
from tests.support.activities import at_home
from tests.support.campaigns import TITLE, in_phase
from tests.support.processes import said_by
from tests.support.simulator import COORDINATOR, NOON, Rider, Town

QUESTION = "Do you accept the agreement?"
OPTIONS = ("Yes", "No", "Abstain")
CLOSES = NOON + timedelta(days=2)
VOTERS = range(700, 740)


@dataclass(frozen=True)
class Trustees:
    """What keygen gave them."""

    key: PublicKey
    shares: Sequence[Share]

    def open(self, box: bytes) -> bytes:
        """The result, made of as few shares as it takes."""
        return boxes.open_box(Box.read(box), self.shares[-self.key.threshold :])


def trustees(count: int = 5, threshold: int = 3) -> Trustees:
    return Trustees(*trustee_keys.generate(count, threshold))


async def trustees_by_command(folder: Path) -> tuple[bytes, list[str]]:
    """The key file and the five share files that the command wrote."""
    code, _lines = await said_by(folder, "ballot", "keygen", "--folder", str(folder / "keys"))
    assert code == 0
    shares = sorted(str(file) for file in (folder / "keys").glob("ballot-share-*.txt"))
    return (folder / "keys" / "ballot-key.txt").read_bytes(), shares


def terms(key: PublicKey, rule: RuleName = RuleName.MAJORITY, options: Sequence[str] = OPTIONS) -> Terms:
    is_binding = rule is not RuleName.UK_50
    return Terms(TITLE, QUESTION, tuple(options), READY_MADE[rule], is_binding, key)


def plan(key: PublicKey, rule: RuleName = RuleName.MAJORITY, options: Sequence[str] = OPTIONS) -> Plan:
    return Plan(terms(key, rule, options), rule, CLOSES)


async def known(database: Database, voters: Sequence[int], language: str = "en") -> None:
    """Makes these people known to the bot, without a chat."""
    async with database.writing() as session:
        await people.seen_all(session, dict.fromkeys(map(PersonId, voters), language), NOON)


async def prepared(town: Town, campaign_id: CampaignId, made: Plan) -> BallotId:
    async with town.database.writing() as session:
        return (await ballots.prepare(session, campaign_id, made, COORDINATOR, NOON)).id


async def begun(database: Database, ballot_id: BallotId, now: datetime = NOON) -> None:
    """Opens it, and lays down all papers."""
    async with database.writing() as session:
        await ballots.begin(session, ballot_id, COORDINATOR, now)
    is_frozen = False
    while not is_frozen:  # the clock of a town may be at it, too
        async with database.writing() as session:
            await papers.lay_down(session, now, now)
            is_frozen = await session.scalar(select(Ballot.state).where(Ballot.id == ballot_id)) != State.FREEZING


async def opened(town: Town, key: PublicKey, voters: Sequence[int] = VOTERS, **more: object) -> BallotId:
    """A ballot in which these people, and whoever is known already, vote."""
    await known(town.database, voters)
    ballot_id = await prepared(town, await in_phase(town, Phase.VOTE), plan(key, **more))  # type: ignore[arg-type]
    await begun(town.database, ballot_id, town.now)
    return ballot_id


async def votes(database: Database, ballot_id: BallotId, person_id: int, choice: int, now: datetime = NOON) -> str:
    """Votes as the buttons do, and returns the receipt."""
    async with database.writing() as session:
        seen = (await papers.held(session, ballot_id, PersonId(person_id))).mark
        return await papers.vote(session, ballot_id, PersonId(person_id), choice, seen, now)


async def closed(database: Database, ballot_id: BallotId, now: datetime = CLOSES) -> Ballot:
    async with database.writing() as session:
        return await closing.close(session, ballot_id, COORDINATOR, [], now, now)


async def box_of(database: Database, ballot_id: BallotId) -> bytes:
    async with database.reading() as session:
        content = await ballots.file_of(session, ballot_id)
    assert content is not None
    return content


async def state_of(database: Database, ballot_id: BallotId) -> State:
    async with database.reading() as session:
        return (await ballots.find(session, ballot_id)).state


async def riders(town: Town, voters: Sequence[int], language: str = "en") -> list[Rider]:
    """People with phones."""
    return list(await asyncio.gather(*(at_home(town, one, language) for one in voters)))


async def document_of(rider: Rider, name: str) -> bytes:
    """The content of the next document of this name that the bot sends them."""
    while True:
        heard = await rider.hears()
        if heard.get("document", {}).get("file_name") == name:
            return document_in(rider, heard)


def document_in(rider: Rider, message: Json) -> bytes:
    """The content of the document in a message."""
    upload = rider.world.files.get(message["document"]["file_id"])
    assert upload is not None
    return upload.content


async def sends_file(rider: Rider, name: str, content: bytes) -> None:
    await rider.sends(document=rider.world.files.document(Upload(name, content)))


async def casts(rider: Rider, ballot_id: BallotId, label: str, language: str = "en") -> str:
    """Opens the paper, chooses, says yes; returns the receipt of the pop-up."""
    _ = translator(language)
    await rider.forges(presses.PAPER.data(ballot_id))
    await rider.hears_of(". Until then you can vote again" if language == "en" else "截止前可以重新投")
    await rider.presses(label)
    await rider.hears_of(_("This is your vote: <b>{option}</b>. Put it in the box?").split("<b>")[0])
    answered = len(rider.answers)
    await rider.presses(_("🗳 Put it in the box"))
    await rider.until(lambda: len(rider.answers) > answered)
    await rider.hears_of(_("Your vote is in the box. If you saw no receipt, or want to change your vote, vote again."))
    said = rider.answers[-1]["text"]
    found = re.search(rf"([{receipts.ALPHABET}]{{5}}) ([{receipts.ALPHABET}]{{5}})", said)
    assert found is not None, said
    return found[1] + found[2]
