"""The secret ballot, played whole: prepared, opened, voted on, closed, opened by trustees, published and checked."""

from __future__ import annotations

import asyncio
import base64
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.sandbox.files import STICKER
from handlers.campaigns.ballots import presses
from handlers.campaigns.ballots.receipt_places import Place
from handlers.campaigns.presses import MOVE, RUN_SHOW
from handlers.i18n.translations import translator
from storage import audit
from storage.campaigns.ballots import ballots, publishing
from storage.campaigns.ballots.audited import BallotAction
from storage.campaigns.ballots.table import State
from storage.campaigns.campaigns import Phase
from storage.campaigns.ids import BallotId, CampaignId
from storage.people import roles
from storage.people.access import Role
from storage.telegram_ids import PersonId
from tests.support.activities import at_home
from tests.support.ballots import (
    CLOSES,
    QUESTION,
    VOTERS,
    box_of,
    casts,
    closed,
    document_in,
    document_of,
    known,
    opened,
    plan,
    prepared,
    riders,
    sends_file,
    state_of,
    trustees,
    trustees_by_command,
    votes,
)
from tests.support.campaigns import in_phase
from tests.support.databases import KEY
from tests.support.languages import LANGUAGES
from tests.support.processes import said_by
from tests.support.simulator import ADMIN, COORDINATOR, NOON, Rider, Town

RIDERS = range(700, 726)
OPEN_ASKS = (
    "Open the ballot? Everyone the campaign is for will get a ballot paper and be told. After that nothing can be "
    "changed."
)
WATCHES = 790


@LANGUAGES
async def test_a_ballot_from_the_key_to_the_receipt(town: Town, tmp_path: Path, language: str) -> None:
    _ = translator(language)
    coordinator = await at_home(town, COORDINATOR, language)
    voters = await riders(town, RIDERS, language)
    key, shares = await trustees_by_command(tmp_path)
    campaign_id = await in_phase(town, Phase.VOTE)

    await coordinator.forges(RUN_SHOW.data(campaign_id))
    await coordinator.hears_of(_("▶️ running"))
    await coordinator.presses(_("➕ Prepare a ballot"))
    await coordinator.hears_of(_("What is voted on? For example: Do you accept the agreement?"))
    await coordinator.says(QUESTION)
    await coordinator.hears_of("When does it carry?" if language == "en" else "怎样算通过？")
    await coordinator.presses("art. 36" if language == "en" else "第三十六条")
    await coordinator.hears_of(_("Does the result bind the union? Voters are told before they vote."))
    await coordinator.presses(_("Binding"))
    await coordinator.hears_of("ballot-key.txt")
    await coordinator.sends(sticker=STICKER)
    await coordinator.hears_of(_("Send me the trustees' public key: the line, or the file ballot-key.txt."))
    await coordinator.says("nuanxin-ballot-key:1:5:3:AAAA:00")
    await coordinator.hears_of("nuanxin-ballot-key")
    await sends_file(coordinator, "ballot-key.txt", key)
    await coordinator.hears_of(_("When does the ballot close? Write it like “next Saturday 8 pm”, or choose a day."))
    await coordinator.says("下周六晚上八点" if language == "zh_Hans" else "next Saturday 8 pm")
    await coordinator.hears_of(_("Abstain"))
    await coordinator.presses(_("💾 Save it"))
    page = await coordinator.hears_of(_("📝 not opened yet"))
    assert _("It carries if:") in page["text"] and _("What secrecy can't protect you from") in page["text"]
    await voters[0].forges(presses.PAPER.data(BallotId(1)))
    await voters[0].is_told(_("There is no such ballot."))

    await coordinator.presses(_("▶ Open the ballot …"))
    await coordinator.hears_of(_(OPEN_ASKS)[:4])
    await coordinator.presses(_("▶ Open it"))
    await coordinator.hears_of(_("⏳ ballot papers are being prepared"))
    await town.tick("ballots")
    await town.announces()
    told = await voters[0].hears_of(_("The secret ballot is open"))
    assert "27" in told["text"] and _("It carries if:") in told["text"]
    await voters[0].presses(_("🗳 My ballot paper"))
    page = await voters[0].hears_of(_("What secrecy can't protect you from"))
    before = page["reply_markup"]

    yes, no = _("Yes"), _("No")
    receipts = await asyncio.gather(
        *(casts(rider, BallotId(1), no if at % 5 == 4 else yes, language) for at, rider in enumerate(voters[:24]))
    )
    assert len(set(receipts)) == 24
    assert voters[0].heard[-1]["reply_markup"] == before, "buttons look alike after the vote"
    changed = await casts(voters[4], BallotId(1), yes, language)
    await coordinator.forges(presses.RUN.data(BallotId(1)))
    page = await coordinator.hears_of(_("🗳 open"))
    assert _("at least {percent}%").format(percent=70) in page["text"], "20 of 27: the rest is rounded off"

    town.now = NOON + timedelta(days=12)
    await town.tick("ballots")
    await town.announces()
    told = await voters[1].hears_of(_("The secret ballot is closed"))
    assert "24" in told["text"]
    told = await coordinator.hears_of("python -m bot ballot open ballot-1-box.json SHARE1 SHARE2 SHARE3 --announced")
    box = document_in(coordinator, told)
    (tmp_path / "box.json").write_bytes(box)
    await voters[25].forges(presses.VOTE.data(BallotId(1), 0, "0" * 12))
    await voters[25].is_told(_("This ballot is not open."))

    some = [shares[at] for at in (4, 0, 2)]
    announced = ["--announced", told["caption"].rpartition("--announced ")[2]]
    code, lines = await said_by(tmp_path, "ballot", "open", str(tmp_path / "box.json"), *some, *announced)
    assert code == 0 and any("destroyed" in line for line in lines)
    result = (tmp_path / "box-result.json").read_bytes()
    await coordinator.forges(presses.RUN.data(BallotId(1)))
    await coordinator.hears_of(_("🔒 closed, waiting for the trustees"))
    await coordinator.presses(_("📥 Send the result file"))
    await coordinator.hears_of("ballot open")
    await sends_file(coordinator, "result.json", result.replace(b'"invalid": 0', b'"invalid": 1'))
    await coordinator.hears_of(_("Something in the file was changed after “ballot open” wrote it."))
    await coordinator.presses(_("📥 Send the result file"))
    await coordinator.hears_of("ballot open")
    await sends_file(coordinator, "box.json", box)
    await coordinator.hears_of(_("It isn't a result file. Please send the file that “ballot open” wrote, as it is."))
    await coordinator.presses(_("📥 Send the result file"))
    await coordinator.hears_of("ballot open")
    await sends_file(coordinator, "result.json", result)
    await coordinator.hears_of(_("✅ Carried"))
    await town.announces()
    heard = await voters[7].hears_of(_("✅ Carried"))
    counted = _("{label}: {value}")
    assert "photo" in heard and counted.format(label=yes, value=21) in heard["caption"]
    assert counted.format(label=no, value=3) in heard["caption"]

    await voters[7].presses(_("📄 The list, and how to check it"))
    (tmp_path / "verify.py").write_bytes(await document_of(voters[7], "verify.py"))
    assert await document_of(voters[7], "ballot-1-result.json") == result
    await voters[4].says("/voice")
    page = await voters[4].hears_of(_("The result is here."))
    assert _("The list of voters says that you took part. If you didn't, tell a scrutineer.") in page["text"]
    await voters[4].presses(_("🔎 Find my receipt"))
    listed = await voters[4].hears_of(changed[:5])
    assert f"{changed[:5]} {changed[5:]}  {yes}" in listed["text"]
    assert receipts[4][5:] not in listed["text"], "the first vote was replaced"
    assert f"{receipts[9][:5]} {receipts[9][5:]}  {no}" in listed["text"]
    async with town.database.reading() as session:
        acts = {entry.act for entry in await audit.newest(session, 20)}
    assert acts >= set(BallotAction) - {BallotAction.BALLOT_DELETED, BallotAction.BALLOT_NOT_OPENED}


async def test_two_taps_are_one_vote_and_an_old_button_does_nothing(town: Town) -> None:
    rider = await at_home(town, VOTERS[0])
    ballot_id = await opened(town, trustees().key)
    await rider.forges(presses.PAPER.data(ballot_id))
    await rider.hears_of(QUESTION)
    await rider.presses("Yes")
    await rider.hears_of("This is your vote: Yes")
    await rider.presses("Yes")
    await town.until_idle()
    message, data = rider.button("Put it in the box")
    answered = len(rider.answers)
    for _tap in range(2):
        await rider.forges(data, message)
    await rider.until(lambda: len(rider.answers) > answered + 1)
    said = [answer["text"] for answer in rider.answers[answered:]]
    assert "Your receipt" in said[0] and "second tap" in said[1]
    assert rider.answers[-2]["alert"] and not rider.answers[-1]["alert"]


async def test_whoever_is_not_on_the_roll_has_no_paper(town: Town) -> None:
    ballot_id = await opened(town, trustees().key)
    rider = await at_home(town, 800)
    await rider.says("/voice")
    page = await rider.hears_of("You are not on the roll")
    assert "My ballot paper" not in str(page.get("reply_markup"))
    for data in (
        presses.PAPER.data(ballot_id),
        presses.CHOOSE.data(ballot_id, 0),
        presses.VOTE.data(ballot_id, 0, "0"),
    ):
        await rider.forges(data)
        assert "not on the roll" in await rider.is_answered()
    voter = await at_home(town, VOTERS[0])
    for choice in (3, -1):
        await voter.forges(presses.CHOOSE.data(ballot_id, choice))
        assert "no longer works" in await voter.is_answered()
        await voter.forges(presses.VOTE.data(ballot_id, choice, "0"))
        assert "no such ballot" in await voter.is_answered()


async def test_a_coordinator_closes_it_by_hand_and_the_campaign_waits_for_that(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    ballot_id = await opened(town, trustees().key)
    for person_id in VOTERS[:6]:
        await votes(town.database, ballot_id, person_id, 0)
    await coordinator.forges(MOVE.data((await campaign_of(town, ballot_id)), "vote"))
    await coordinator.is_told("Close the ballot first")
    await coordinator.forges(presses.RUN.data(ballot_id))
    await coordinator.hears_of("🗳 open")
    await coordinator.presses("⏹ Close it now")
    await coordinator.hears_of("it is recorded that you closed it")
    await coordinator.presses("⏹ Close it for good")
    page = await coordinator.hears_of("🔒 closed")
    assert "6 ballot papers" in page["text"] and f"Rider {COORDINATOR}" in page["text"]
    await coordinator.presses("📦 The box")
    assert await document_of(coordinator, f"ballot-{ballot_id}-box.json") == await box_of(town.database, ballot_id)
    await coordinator.forges(presses.CLOSE.data(ballot_id))
    await coordinator.is_told("has moved on")


async def campaign_of(town: Town, ballot_id: BallotId) -> CampaignId:
    async with town.database.reading() as session:
        return (await ballots.find(session, ballot_id)).campaign_id


async def test_a_box_with_fewer_than_five_votes_is_destroyed(town: Town) -> None:
    coordinator, rider = await at_home(town, COORDINATOR), await at_home(town, VOTERS[0])
    ballot_id = await opened(town, trustees().key)
    for person_id in VOTERS[:4]:
        await votes(town.database, ballot_id, person_id, 0)
    town.now = CLOSES
    await town.tick("ballots")
    await town.announces()
    told = await rider.hears_of("The box was destroyed unopened")
    assert "4" not in told["text"].replace("24", "")
    await coordinator.hears_of("The box was destroyed unopened")
    assert await state_of(town.database, ballot_id) is State.NOT_OPENED
    async with town.database.reading() as session:
        assert await ballots.file_of(session, ballot_id) is None


async def test_with_fewer_than_twenty_entitled_it_does_not_begin(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    await known(town.database, VOTERS[:18])
    ballot_id = await prepared(town, await in_phase(town, Phase.VOTE), plan(trustees().key))
    await coordinator.forges(presses.OPEN.data(ballot_id))
    await coordinator.is_told("Fewer than 20 people")
    await known(town.database, VOTERS[:19])
    await coordinator.forges(presses.OPEN.data(ballot_id))
    await coordinator.hears_of("papers are being prepared")


async def test_it_is_opened_in_the_phase_of_the_vote_and_with_a_key_of_its_own(town: Town) -> None:
    coordinator, made = await at_home(town, COORDINATOR), trustees()
    await known(town.database, VOTERS)
    campaign_id = await in_phase(town, Phase.DRAFT)
    ballot_id = await prepared(town, campaign_id, plan(made.key))
    await coordinator.forges(presses.OPEN.data(ballot_id))
    await coordinator.is_told("closed")
    await coordinator.forges(presses.NEW.data(campaign_id))
    await coordinator.hears_of("What is voted on?")
    await coordinator.says("Once more?")
    await coordinator.hears_of("When does it carry?")
    await coordinator.presses("My own conditions")
    await coordinator.hears_of("What share of those entitled")
    await coordinator.says("4/3")
    await coordinator.hears_of("such as 3/5")
    await coordinator.says("3/5")
    await coordinator.hears_of("What share has to agree?")
    await coordinator.presses("2/3")
    await coordinator.hears_of("A share of whom?")
    await coordinator.presses("The votes cast")
    await coordinator.hears_of("Does the result bind")
    await coordinator.presses("Advisory")
    await coordinator.hears_of("ballot-key.txt")
    await coordinator.says(made.key.text)
    await coordinator.hears_of("When does the ballot close?")
    await coordinator.says("28 Nov 20:00")
    review = await coordinator.hears_of("Once more?")
    assert "3 of 5 trustees" in review["text"]
    await coordinator.presses("💾 Save it")
    await coordinator.is_told("This key belongs to another ballot")
    await coordinator.forges(presses.ASK_TO_DELETE.data(ballot_id))
    await coordinator.hears_of("Nobody has seen it yet")
    await coordinator.presses("🗑 Delete it")
    await coordinator.hears_of("The ballot is deleted")
    await coordinator.forges(presses.OPEN.data(ballot_id))
    await coordinator.is_told("no such ballot")


async def test_scrutineers_see_turnout_and_protocol_and_nothing_else(town: Town) -> None:
    watching = await at_home(town, WATCHES)
    async with town.database.writing() as session:
        await roles.grant(session, PersonId(WATCHES), Role.SCRUTINEER.value, ADMIN, NOON)
    await watching.says("/ballots")
    await watching.hears_of("No ballot has been opened yet")
    made = trustees()
    ballot_id = await opened(town, made.key)
    for person_id in VOTERS[:13]:
        await votes(town.database, ballot_id, person_id, person_id % 2)
    await watching.says("/ballots")
    await watching.hears_of("Secret ballots")
    await watching.presses(QUESTION[:20])
    page = await watching.hears_of("Roll: 41 people")
    assert "Turnout: at least 20%" in page["text"], "10 of 41: 13 would tell more than a step"
    assert "13" not in page["text"].split("Turnout")[1].splitlines()[0]
    told = rf"(?<![0-9a-f]){int(COORDINATOR)}(?![0-9a-f])"
    assert not re.search(told, page["text"]), "nobody outside is told the number of a coordinator's account"
    assert "a coordinator" in page["text"]
    await watching.forges(presses.WATCH_BOX.data(ballot_id))
    await watching.is_told("has moved on")
    town.now = CLOSES
    await town.tick("ballots")
    town.deliver()
    box = await document_of(watching, f"ballot-{ballot_id}-box.json")
    await watching.forges(presses.WATCH.data(ballot_id))
    page = await watching.hears_of("automatically")
    assert "13 ballot papers" in page["text"] and "Yes" not in page["text"]
    await watching.presses("📦 The box")
    assert await document_of(watching, f"ballot-{ballot_id}-box.json") == box
    for data in (presses.RUN.data(ballot_id), presses.BOX.data(ballot_id), presses.CLOSE.data(ballot_id)):
        await watching.forges(data)
        await watching.is_told("staff")
    async with town.database.writing() as session:
        await roles.take(session, PersonId(WATCHES), Role.SCRUTINEER)
    await watching.forges(presses.WATCH.data(ballot_id))
    await watching.is_told("staff")


async def test_the_result_comes_in_by_the_command_line_too(town: Town, tmp_path: Path) -> None:
    made, rider = trustees(), await at_home(town, VOTERS[0])
    ballot_id = await opened(town, made.key, options=["A", "B", "C", "D", "E"])
    for person_id in VOTERS[:15]:
        await votes(town.database, ballot_id, person_id, person_id % 5)
    await closed(town.database, ballot_id)
    town.now = CLOSES
    result = made.open(await box_of(town.database, ballot_id))
    file = tmp_path / "result.json"
    settings = {
        "NUANXIN_DATABASE__URL": town.database.engine.url.render_as_string(hide_password=False),
        "NUANXIN_SECURITY__ENCRYPTION_KEYS": f'["{base64.b64encode(KEY).decode()}"]',
    }
    file.write_bytes(result[:-9])
    code, lines = await said_by(tmp_path, "ballot", "publish", str(file), **settings)
    assert code == 1 and "no JSON" in lines[-1]
    file.write_bytes(result)
    code, lines = await said_by(tmp_path, "ballot", "publish", str(file), **settings)
    assert code == 0 and "published" in lines[-1], lines
    code, lines = await said_by(tmp_path, "ballot", "publish", str(file), **settings)
    assert code == 1 and "published already" in lines[-1]
    town.now = max(town.now, datetime.now(UTC)) + timedelta(days=1)  # the command has the clock of the machine
    await town.announces()
    heard = await rider.hears_of("❌ Not carried")
    assert "Find my receipt" not in str(heard["reply_markup"]), "of five options no single vote is listed"
    async with town.database.reading() as session:
        row = await ballots.find(session, ballot_id)
        assert publishing.read(await ballots.file_of(session, ballot_id) or b"").counts == (3, 3, 3, 3, 3)
        assert row.state is State.PUBLISHED


async def test_a_receipt_among_many_is_found_by_its_first_letters(town: Town) -> None:
    """No letter is typed, and many votes are shown at once: the bot is not told which one is meant."""
    made, voters = trustees(), range(700, 760)
    ballot_id = await opened(town, made.key, voters)
    receipts = [await votes(town.database, ballot_id, person_id, person_id % 3) for person_id in voters]
    await closed(town.database, ballot_id)
    result = made.open(await box_of(town.database, ballot_id))
    async with town.database.writing() as session:
        await publishing.publish(session, result, COORDINATOR, CLOSES, CLOSES + timedelta(days=30))
    rider = await at_home(town, voters[0])
    await rider.says("/voice")
    await rider.hears_of("The result is here.")
    await rider.presses("🔎 Find my receipt")
    await rider.hears_of("How does your receipt begin?")
    mine = Place().narrowed(publishing.read(result), receipts[0])
    assert len(mine.votes_in(publishing.read(result))) >= 5, "it stays unknown which one is meant"
    await rider.presses(mine.label)
    listed = await rider.hears_of(f"{receipts[0][:5]} {receipts[0][5:]}")
    assert f"{receipts[0][5:]}  No" in listed["text"]
    assert listed["text"].count("\n") == len(mine.votes_in(publishing.read(result)))
    await rider.presses("◀ Back")
    await rider.hears_of("How does your receipt begin?")
    for start in ("22222222222", "a", "0", "2-", "-2", "2-3-4", "A" * 60):
        await rider.forges(presses.FIND.data(ballot_id, start))
        assert "no longer works" in await answered(rider)
    await rider.forges(presses.FIND.data(ballot_id, "2222222222"))
    await rider.hears_of("No receipt begins like that.")


async def answered(rider: Rider) -> str:
    """The word on the next pressed button that has one."""
    while True:
        if said := await rider.is_answered():
            return said
