"""Contests: what each may do and see, and what nobody sees before its time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from bot.sandbox.files import STICKER
from bot.sandbox.params import Json, Upload
from handlers.contests import presses
from handlers.features import FEATURES
from handlers.i18n.translations import translator
from storage import sealed_columns
from storage.contests import contests, entry_checks, judges, votes
from storage.contests.contests import Contest, Phase, Slot, Voters
from storage.contests.entries import Entry, EntryState, Kind
from storage.contests.ids import ContestId, EntryId
from storage.contests.judging import Assignment
from storage.contests.votes import Vote
from storage.draws import verify
from storage.membership import memberships
from storage.phases import State
from storage.telegram_ids import PersonId
from tests.support.activities import at_home
from tests.support.ballots import document_of
from tests.support.contests import RULES, entered, found, judged_by, known, moved, plan, prepared, sends_document
from tests.support.languages import LANGUAGES
from tests.support.privacy import erases_everything
from tests.support.simulator import ADMIN, COORDINATOR, NOON, Rider, Town

ENTRANT, OTHER, VOTER, JUDGE = 700_123_456, 700_123_457, 700_123_458, 700_123_459
CHANNEL = -1001234567890


async def entry(town: Town, entry_id: EntryId) -> Entry:
    async with town.database.reading() as session:
        return await session.get_one(Entry, entry_id)


async def in_vote(town: Town, **changes: Any) -> tuple[ContestId, EntryId]:
    """A contest in which the public votes, with one entry."""
    contest_id = await prepared(town.database, plan(**changes))
    await moved(town.database, contest_id, Phase.ENTRY)
    entry_id = await entered(town.database, contest_id, ENTRANT)
    await judged_by(town.database, contest_id, JUDGE)
    await moved(town.database, contest_id, Phase.VOTE)
    return contest_id, entry_id


async def given(town: Town, entry_id: EntryId, count: int) -> None:
    """Votes of people whom nobody knows."""
    row = await entry(town, entry_id)
    async with town.database.writing() as session:
        contest = await contests.find(session, row.contest_id)
        secret = sealed_columns.opened(session, contest, Contest.secret)
        for at in range(count):
            alias = votes.alias_of(secret, PersonId(90_000 + at))
            session.add(Vote(contest_id=contest.id, slot=row.category, alias=alias, entry_id=entry_id))


async def counted(town: Town) -> int:
    async with town.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(Vote)) or 0


async def test_who_may_vote_and_that_a_vote_is_answered_by_a_pop_up_alone(town: Town) -> None:
    voter, newcomer = await at_home(town, VOTER), await at_home(town, OTHER)
    entrant = await at_home(town, ENTRANT)
    await known(town.database, VOTER, ENTRANT)
    contest_id, entry_id = await in_vote(town)
    await newcomer.forges(presses.VOTE.data(entry_id, 0))
    await newcomer.is_told("You can't vote in this contest.")
    await entrant.forges(presses.VOTE.data(entry_id, 0))
    await entrant.is_told("You can't vote for your own entry")
    await voter.forges(presses.VOTE.data(entry_id, 1))
    await voter.is_told("👍 Your vote is counted.")
    await voter.forges(presses.VOTE.data(entry_id, 1))
    await voter.is_told("You have already voted for this entry.")
    await town.until_idle()
    assert not any("our vote" in one["text"] for one in voter.heard)
    assert await counted(town) == 1
    async with town.database.writing() as session:
        await contests.set_until(session, contest_id, Phase.VOTE, NOON)
    await voter.forges(presses.VOTE.data(entry_id, 0))
    await voter.is_told("closed")


@LANGUAGES
@pytest.mark.parametrize(
    ("voters", "why"),
    [
        (Voters.KNOWN, "You can look, but not vote: you came after this contest began."),
        (Voters.MEMBERS, "You can look, but not vote: only members of the union vote in this contest."),
    ],
)
async def test_who_can_not_vote_is_told_so_and_offered_no_vote(
    town: Town, language: str, voters: Voters, why: str
) -> None:
    _ = translator(language)
    newcomer, member = await at_home(town, OTHER, language), await at_home(town, VOTER, language)
    await known(town.database, VOTER)
    async with town.database.writing() as session:
        await memberships.create(session, PersonId(VOTER), {"name": "李雷"}, NOON)
    _contest_id, entry_id = await in_vote(town, voters=voters)
    sentence, label = _("The vote is open: look at the entries and vote for the ones you like."), "👍"
    for person, may_vote in ((newcomer, False), (member, True)):
        await person.says("/contests")
        page = await person.hears_of(f"▶️ {_('Public vote')}")
        assert (sentence in page["text"], _(why) in page["text"]) == (may_vote, not may_vote)
        await person.says(f"/start con_{entry_id}")
        shown = await person.hears_of("Work of")
        assert (label in str(shown["reply_markup"]), _(why) in shown["text"]) == (may_vote, not may_vote)


@LANGUAGES
async def test_nobody_is_offered_a_vote_for_their_own_entry(town: Town, language: str) -> None:
    """Also where they came too late to vote at all: that it is their own is what they are told."""
    entrant = await at_home(town, ENTRANT, language)
    _contest_id, entry_id = await in_vote(town)
    own = translator(language)("You can't vote for your own entry, or for one of a team that you are or were in.")
    for since in (NOON - timedelta(days=30), NOON):
        await known(town.database, ENTRANT, since=since)
        await entrant.says(f"/start con_{entry_id}")
        shown = await entrant.hears_of("Work of")
        assert "👍" not in str(shown["reply_markup"])
        before = len(entrant.answers)
        await entrant.forges(presses.VOTE.data(entry_id, 0))
        await entrant.until(lambda before=before: len(entrant.answers) > before)
        assert entrant.answers[-1]["text"] == own


async def test_members_alone_where_that_was_declared_and_one_vote_a_day(town: Town) -> None:
    voter, member = await at_home(town, VOTER), await at_home(town, OTHER)
    await known(town.database, VOTER, OTHER)
    _contest_id, entry_id = await in_vote(town, voters=Voters.MEMBERS, slot=Slot.DAY)
    async with town.database.writing() as session:
        await memberships.create(session, PersonId(OTHER), {"name": "李雷"}, NOON)
    await voter.forges(presses.VOTE.data(entry_id, 0))
    await voter.is_told("You can't vote in this contest.")
    await member.forges(presses.VOTE.data(entry_id, 0))
    await member.is_told("👍 Your vote is counted.")
    town.now += timedelta(days=1)
    await member.forges(presses.VOTE.data(entry_id, 0))
    await member.until(lambda: sum("👍" in one["text"] for one in member.answers) == 2)
    assert await counted(town) == 2


async def test_nobody_sees_a_number_before_the_vote_is_over(town: Town) -> None:
    """Every page of every role, the statistics, and the copies of their data; and no judge sees one at all."""
    people = {one: await at_home(town, one) for one in (COORDINATOR, ADMIN, ENTRANT, VOTER, JUDGE)}
    await known(town.database, ENTRANT, VOTER, JUDGE)
    contest_id, entry_id = await in_vote(town)
    await given(town, entry_id, 37)
    pages = [
        presses.LIST.data(),
        presses.SHOW.data(contest_id),
        presses.RULES.data(contest_id),
        presses.MINE.data(entry_id),
        presses.LOOK.data(contest_id, 0),
        presses.TURN.data(entry_id),
        presses.VOTE.data(entry_id, 0),
        presses.WINNERS.data(contest_id),
        presses.CERTIFICATE.data(entry_id),
        presses.JUDGE.data(contest_id, 0),
        presses.JUDGE_NEXT.data(contest_id),
        presses.JUDGE_ONE.data(entry_id),
        presses.RUN_LIST.data(),
        presses.RUN_SHOW.data(contest_id),
        presses.ASK_TO_MOVE.data(contest_id, "vote"),
        presses.DATES.data(contest_id),
        presses.CHECK.data(contest_id),
        presses.JUDGES.data(contest_id),
        presses.ANNOUNCEMENT.data(contest_id),
        presses.BOOK.data(contest_id, "html"),
        "copy",
        *(f"export:{export.name}" for feature in FEATURES for export in feature.exports),
    ]
    for phase in (Phase.VOTE, Phase.JUDGING):
        await moved(town.database, contest_id, phase)
        for rider in people.values():
            for data in pages:
                await rider.forges(data)
            for command in ("/contests", "/contest", "/my", "/stats", "/export", f"/start con_{entry_id}"):
                await rider.says(command)
            await town.until_idle()
    for rider in people.values():
        assert len(rider.heard) > 10
        said = [one.get("text", "") + one.get("caption", "") for one in rider.heard]
        said += [one["text"] for one in rider.answers]
        assert not any("37" in text or "38" in text for text in said), rider.id
        assert not any(b"Safe riding" in bytes(one.content) for one in files(town, rider))
    assert files(town, people[ADMIN]), "there were exports"
    assert (await entry(town, entry_id)).votes is not None, "they were counted when the vote ended"


def files(town: Town, rider: Rider) -> list[Upload]:
    """All that this person was sent."""
    ids = [one["document"]["file_id"] for one in rider.heard if "document" in one]
    return [file for file in map(town.world.files.get, ids) if file is not None]


async def test_judges_are_sent_nothing_that_says_whose_an_entry_is(town: Town) -> None:
    """Neither in words nor in the names of files; by no page that a judge can open."""
    judge, entrant, other = await at_home(town, JUDGE), await at_home(town, ENTRANT), await at_home(town, OTHER)
    await known(town.database, ENTRANT, OTHER, JUDGE)
    contest_id = await prepared(town.database, plan((Phase.ENTRY, Phase.CHECK, Phase.JUDGING)))
    await moved(town.database, contest_id, Phase.ENTRY)
    await sends_work(town, entrant, contest_id, "Li-Wei-report.pdf", b"%PDF-1")
    video = town.world.files.video(Upload("Team Wang.mp4", b"film"))
    await entered(
        town.database,
        contest_id,
        OTHER,
        1,
        kind=Kind.VIDEO,
        file_id=video["file_id"],
        file_name="Team Wang.mp4",
        by="Team Wang",
        title="The ride",
    )
    await accepts(town, contest_id)
    await judged_by(town.database, contest_id, JUDGE)
    await moved(town.database, contest_id, Phase.JUDGING)
    town.deliver()
    await judge.hears_of("Judging has begun")
    judge.skips_the_rest()
    seen_from = len(judge.heard)
    await judge.forges(presses.JUDGE.data(contest_id, 0))
    await judge.hears_of("⚖️ To judge: 2 of 2")
    for at in range(2):
        await judge.presses("▶ Next entry")
        shown = await judge.hears_of("Idea: how many points")
        assert ("document" if at == 0 else "video") in shown
        await judge.presses("8")
        await judge.hears_of("Use: how many points")
        await judge.presses("9")
        await judge.hears_of("Use: 9")
        await judge.presses("📝 Note")
        await judge.hears_of("Write your note")
        await judge.says("clear")
        await judge.hears_of("Noted")
        await judge.presses("◀ ")
        await judge.hears_of("📝 clear")
    await judge.presses("▶ Next entry")
    await judge.hears_of("⚖️ To judge: 0 of 2")
    sent = orjson.dumps([without_ids(one) for one in judge.heard[seen_from:]]).decode()
    names = ["Li-Wei", "Nick Li", "Team Wang", f"Rider {ENTRANT}", f"Rider {OTHER}", str(ENTRANT), str(OTHER)]
    assert [name for name in names if name in sent] == []
    assert {file.name for file in files(town, judge)} == {"entry-1.pdf"}
    assert entrant.heard and other.heard


def without_ids(message: Json) -> Json:
    """A message without the ids that the sandbox makes of names."""
    return {key: value for key, value in message.items() if key not in ("chat", "from")}


async def sends_work(town: Town, rider: Rider, contest_id: ContestId, name: str, content: bytes) -> None:
    """Up to the name beside it, with a title that may not say it."""
    await rider.forges(presses.AGREE.data(contest_id, 1))
    await rider.hears_of("In which category?")
    await rider.presses("Riding")
    await rider.hears_of("Send your entry")
    await sends_document(town, rider, name, content)
    await rider.hears_of("What is the title of your entry?")
    await rider.says(f"The report of rider {rider.id}")
    await rider.hears_of("leave your name out")
    await rider.says("The report")
    await rider.hears_of("A few words about it?")
    await rider.says("By Nick Li")
    await rider.hears_of("Which name should be shown with it?")
    await rider.says("Nick Li")
    await rider.hears_of("leave your name out")
    await rider.says("Li-Wei")
    await rider.hears_of("Is everything correct?")
    await rider.changes("Words")
    await rider.hears_of("A few words")
    await rider.says("Written at night")
    await rider.hears_of("Is everything correct?")
    await rider.presses("📨 Send it in")
    await rider.hears_of("Your entry is in.")


async def accepts(town: Town, contest_id: ContestId) -> None:
    """All that waits."""
    async with town.database.writing() as session:
        while (row := await entry_checks.next_to_check(session, contest_id, COORDINATOR, [COORDINATOR])) is not None:
            await entry_checks.decide(session, row.id, row.revision, reason=None)


async def test_an_entry_is_refused_with_a_reason_changed_checked_again_and_withdrawn(town: Town) -> None:
    coordinator, entrant = await at_home(town, COORDINATOR), await at_home(town, ENTRANT)
    contest_id = await prepared(town.database, plan((Phase.ENTRY, Phase.VOTE)))
    await moved(town.database, contest_id, Phase.ENTRY)
    await entrant.forges(presses.AGREE.data(contest_id, 1))
    await entrant.hears_of("In which category?")
    await entrant.presses("Stories")
    await entrant.hears_of("Send your entry")
    await entrant.sends(sticker=STICKER)
    await entrant.hears_of("Please send a video, a picture, a document or a text.")
    await entrant.says("I ride with a light, always, also by day.")
    await entrant.hears_of("What is the title of your entry?")
    await entrant.says("Light")
    await entrant.hears_of("Which name should be shown with it?")
    await entrant.presses(f"Use “Rider {ENTRANT}”")
    await entrant.hears_of("Is everything correct?")
    await entrant.presses("📨 Send it in")
    await entrant.hears_of("⏳ being checked")
    await coordinator.forges(presses.CHECK.data(contest_id))
    await coordinator.hears_of("Light")
    await coordinator.presses("❌ Don't accept it …")
    await coordinator.hears_of("Why isn't it accepted?")
    await coordinator.says("Too short")
    await coordinator.hears_of("All entries are checked.")
    await entrant.hears_of("“Light” was not accepted: Too short")
    await entrant.presses("Show it")
    await entrant.hears_of("❌ not accepted (Too short)")
    await entrant.presses("✎ Change it")
    await entrant.hears_of("Is everything correct?")
    await entrant.changes("Title")
    await entrant.hears_of("What is the title of your entry?")
    await entrant.says("More light")
    await entrant.hears_of("Is everything correct?")
    await entrant.presses("📨 Send it in")
    await entrant.hears_of("Your entry is in.")
    await coordinator.forges(presses.ACCEPT.data(EntryId(1), 1))
    await coordinator.is_told("Someone else has just decided on this entry, or it has been changed.")
    await coordinator.forges(presses.ACCEPT.data(EntryId(1), 2))
    await entrant.hears_of("“More light” takes part.")
    await coordinator.forges(presses.ACCEPT.data(EntryId(1), 2))
    await coordinator.until(lambda: sum("decided" in one["text"] for one in coordinator.answers) == 2)
    await entrant.forges(presses.AGREE.data(contest_id, 1))
    await entrant.is_told("as many entries as this contest allows")
    await entrant.presses("Show it")
    await entrant.hears_of("✅ takes part")
    await entrant.presses("🗑 Withdraw it …")
    await entrant.hears_of("Withdraw “More light”?")
    await entrant.presses("🗑 Withdraw it")
    await entrant.hears_of("Withdrawn.")
    row = await entry(town, EntryId(1))
    assert row.state is EntryState.WITHDRAWN and row.content is None


async def test_what_belongs_to_others_is_out_of_reach(town: Town) -> None:
    rider, judge = await at_home(town, VOTER), await at_home(town, JUDGE)
    await known(town.database, ENTRANT, VOTER, JUDGE)
    contest_id, entry_id = await in_vote(town)
    for press in (presses.MINE, presses.CHANGE, presses.ASK_TO_WITHDRAW, presses.WITHDRAW, presses.CERTIFICATE):
        await rider.forges(press.data(entry_id))
    await rider.until(lambda: sum("isn't available" in one["text"] for one in rider.answers) == 5)
    for data in (presses.JUDGE_ONE.data(entry_id), presses.SCORE.data(entry_id, "9-9"), presses.NOTE.data(entry_id)):
        await judge.forges(data)
    await judge.until(lambda: sum("isn't yours to judge" in one["text"] for one in judge.answers) == 3)
    await moved(town.database, contest_id, Phase.JUDGING)
    for data in (
        presses.JUDGE_ONE.data(entry_id),
        presses.SCORE.data(entry_id, "9-9"),
        presses.CONFLICT.data(entry_id),
    ):
        await rider.forges(data)
    await rider.until(lambda: sum("isn't yours to judge" in one["text"] for one in rider.answers) == 3)
    await judge.forges(presses.SCORE.data(entry_id, "9-11"))
    await judge.forges(presses.SCORE.data(entry_id, "9-x"))
    await judge.until(lambda: sum("no longer works" in one["text"] for one in judge.answers) == 2)
    for data in (presses.WINNERS.data(contest_id), presses.LOOK.data(ContestId(99), 0)):
        await rider.forges(data)
    await rider.is_told("This part of the contest has closed")
    await rider.is_told("This contest isn't open")
    await rider.says("/start con_99")
    await rider.hears_of("This entry isn't available")
    assert (await entry(town, entry_id)).state is EntryState.SHOWN


async def test_nothing_is_shown_before_the_vote_begins(town: Town) -> None:
    rider = await at_home(town, VOTER)
    contest_id = await prepared(town.database)
    await rider.forges(presses.SHOW.data(contest_id))
    await rider.is_told("This contest isn't open")
    await rider.says("/contests")
    await rider.hears_of("There is no contest right now.")
    await moved(town.database, contest_id, Phase.ENTRY)
    entry_id = await entered(town.database, contest_id, ENTRANT)
    for data in (presses.LOOK.data(contest_id, 0), presses.TURN.data(entry_id), presses.VOTE.data(entry_id, 0)):
        await rider.forges(data)
    await rider.until(lambda: len(rider.answers) == 4)
    await rider.says(f"/start con_{entry_id}")
    await rider.hears_of("This entry isn't available")
    assert not any("Work of" in str(one) for one in rider.heard)


async def test_a_conflict_of_interest_goes_to_another_judge_and_a_dismissed_one_judges_no_more(town: Town) -> None:
    coordinator, judge, second = (
        await at_home(town, COORDINATOR),
        await at_home(town, JUDGE),
        await at_home(town, OTHER),
    )
    await known(town.database, ENTRANT, JUDGE)
    contest_id, entry_id = await in_vote(town)
    await moved(town.database, contest_id, Phase.JUDGING)
    await judge.forges(presses.JUDGE_ONE.data(entry_id))
    await judge.hears_of("Idea: how many points")
    await judge.presses("🚫 Conflict …")
    await judge.hears_of("Are you close to whoever made")
    await judge.presses("🚫 Yes, give it to another judge")
    await judge.hears_of("Another judge will score this entry.")
    await coordinator.forges(presses.MOVE.data(contest_id, "judging"))
    await coordinator.is_told("Some entries have no scores yet.")
    await coordinator.forges(presses.NAME_JUDGE.data(contest_id))
    await coordinator.hears_of("Who?")
    await coordinator.says(str(ENTRANT))
    await coordinator.hears_of("This person takes part in the contest")
    await coordinator.says(str(OTHER))
    await coordinator.hears_of("⚖️ Judges")
    town.deliver()
    await second.hears_of("You have been named a judge.")
    await second.forges(presses.SCORE.data(entry_id, "7-8"))
    await second.hears_of("Use: 8")
    async with town.database.reading() as session:
        first = await judges.find(session, contest_id, PersonId(JUDGE))
    assert first is not None
    await coordinator.forges(presses.ASK_TO_DISMISS.data(contest_id, first.id))
    await coordinator.hears_of("Dismiss ")
    await coordinator.presses("✖ Dismiss")
    await coordinator.hears_of("⚖️ Judges")
    await judge.forges(presses.JUDGE.data(contest_id, 0))
    await judge.is_told("isn't yours to judge")
    await coordinator.forges(presses.MOVE.data(contest_id, "judging"))
    await coordinator.hears_of("▶️ Winners")
    assert (await entry(town, entry_id)).place == 1


async def test_a_contest_moves_on_only_when_it_can(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    contest_id = await prepared(town.database)
    await moved(town.database, contest_id, Phase.ENTRY)
    await entered(town.database, contest_id, ENTRANT)
    await moved(town.database, contest_id, Phase.VOTE)
    await coordinator.forges(presses.MOVE.data(contest_id, "vote"))
    await coordinator.is_told("Name the judges first.")
    assert (await found(town.database, contest_id)).phase is Phase.VOTE
    await coordinator.forges(presses.MOVE.data(contest_id, "entry"))
    await coordinator.is_told("Someone else has just moved this contest on")
    await judged_by(town.database, contest_id, JUDGE)
    await coordinator.forges(presses.MOVE.data(contest_id, "vote"))
    await coordinator.hears_of("1 score is missing.")


async def test_accepted_entries_are_posted_in_the_channel_and_leave_it_with_their_entrant(town: Town) -> None:
    coordinator, entrant = await at_home(town, COORDINATOR), await at_home(town, ENTRANT)
    town.world.add_group(CHANNEL, "Works", [COORDINATOR])
    contest_id = await prepared(town.database, plan((Phase.ENTRY, Phase.VOTE)))
    await moved(town.database, contest_id, Phase.ENTRY)
    await coordinator.forges(presses.CHANNEL.data(contest_id))
    await coordinator.hears_of("Which channel should")
    await coordinator.says("somewhere")
    await coordinator.hears_of("Forward me a message from the channel")
    await coordinator.says(str(CHANNEL))
    await coordinator.hears_of(f"Entries are posted in {CHANNEL}")
    await entrant.forges(presses.AGREE.data(contest_id, 1))
    await entrant.hears_of("In which category?")
    await entrant.presses("Riding")
    await entrant.hears_of("Send your entry")
    await entrant.says("I ride with a light, always.")
    await entrant.hears_of("What is the title of your entry?")
    await entrant.says("Light")
    await entrant.hears_of("Which name")
    await entrant.says("Lamp")
    await entrant.hears_of("Is everything correct?")
    await entrant.presses("📨 Send it in")
    await entrant.hears_of("Your entry is in.")
    await coordinator.forges(presses.ACCEPT.data(EntryId(1), 1))
    posts = town.world.chats[CHANNEL].messages
    await town.until(lambda: any("Lamp" in one.get("text", "") and "con_1" in one["text"] for one in posts.values()))

    async def is_remembered() -> bool:
        return (await entry(town, EntryId(1))).post is not None

    await town.until_true(is_remembered)
    await entrant.says("/privacy")
    await entrant.hears_of("your contest entries")
    await erases_everything(entrant)
    await town.until(lambda: not any("Lamp" in one.get("text", "") for one in posts.values()))
    row = await entry(town, EntryId(1))
    assert (row.person_id, row.content, row.state) == (None, None, EntryState.WITHDRAWN)


async def test_who_leaves_takes_their_votes_along_and_a_judges_scores_stay_under_nobody(town: Town) -> None:
    voter, judge = await at_home(town, VOTER), await at_home(town, JUDGE)
    await known(town.database, ENTRANT, VOTER, JUDGE)
    contest_id, entry_id = await in_vote(town)
    await voter.forges(presses.VOTE.data(entry_id, 0))
    await voter.is_told("👍")
    await voter.says("/privacy")
    await voter.hears_of("stores about you")
    await erases_everything(voter)
    assert await counted(town) == 0
    await moved(town.database, contest_id, Phase.JUDGING)
    await judge.forges(presses.SCORE.data(entry_id, "7-8"))
    await judge.hears_of("Use: 8")
    await judge.says("/privacy")
    await judge.hears_of("that you are a judge of a contest")
    await erases_everything(judge)
    async with town.database.reading() as session:
        (row,) = await session.scalars(select(Assignment))
        assert row.scores == "[7,8]"
        assert (await session.get_one(judges.Judge, row.judge_id)).person_id is None


@pytest.mark.both_databases
async def test_coordinators_hear_of_a_burst_with_rounded_numbers_and_of_a_date_that_has_passed(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    people = range(81_000, 81_043)
    await known(town.database, *people)
    await known(town.database, *people[:11], since=NOON - timedelta(days=3))
    contest_id, entry_id = await in_vote(town)
    async with town.database.writing() as session:
        await contests.set_until(session, contest_id, Phase.VOTE, NOON + timedelta(hours=1))
        for at, person in enumerate(people):
            voted = votes.Voted(is_member=False, today=NOON.date(), by_link=at < 36)
            assert await votes.vote(session, entry_id, PersonId(person), voted, NOON)
    await town.tick("contests")
    await town.until_idle()
    assert not any("Unusually" in str(one) for one in coordinator.heard), "the hour is not over"
    town.now += timedelta(hours=2)
    await town.tick("contests")
    town.deliver()
    burst = await coordinator.hears_of("Unusually many votes")
    assert "about 45 in the hour" in burst["text"] and "about 35 of them through its shared link" in burst["text"]
    assert "about 10 from accounts less than 30 days old here" in burst["text"]
    await town.until(lambda: any("The date for “Public vote” has passed." in str(one) for one in coordinator.heard))
    heard = len(coordinator.heard)
    await town.tick("contests")
    town.deliver()
    await town.until_idle()
    assert len(coordinator.heard) == heard, "it is told once"
    assert await counted(town) == 43, "nothing is cut"


@pytest.mark.both_databases
async def test_the_votes_are_thrown_away_once_they_are_counted(town: Town) -> None:
    contest_id, entry_id = await in_vote(town)
    await given(town, entry_id, 6)
    await moved(town.database, contest_id, Phase.JUDGING)
    assert (await entry(town, entry_id)).votes == 6
    await town.tick("contests")
    assert await counted(town) == 0
    assert (await found(town.database, contest_id)).secret is None


async def test_an_ended_contest_can_be_looked_at(town: Town) -> None:
    coordinator, rider = await at_home(town, COORDINATOR), await at_home(town, VOTER)
    contest_id = await prepared(town.database, plan((Phase.ENTRY, Phase.VOTE)))
    await moved(town.database, contest_id, Phase.ENTRY)
    entry_id = await entered(town.database, contest_id, ENTRANT)
    await moved(town.database, contest_id, Phase.RESULT)
    await coordinator.forges(presses.ASK_TO_MOVE.data(contest_id, "result"))
    await coordinator.hears_of("End this contest?")
    await coordinator.presses("⏹ End it")
    await coordinator.hears_of("✅ over")
    assert (await found(town.database, contest_id)).state is State.ENDED
    await town.announces()
    await rider.says(f"/start con_{entry_id}")
    shown = await rider.hears_of("Work of")
    assert "Vote" not in str(shown["reply_markup"])


@pytest.mark.parametrize("payload", ["", "x", "9" * 30, "-1"])
async def test_a_made_up_link_opens_nothing(town: Town, payload: str) -> None:
    rider = await at_home(town, VOTER)
    await rider.says(f"/start con_{payload}")
    await rider.until(lambda: len(rider.heard) > 1)


async def test_an_entry_that_breaks_the_rules_is_taken_down_during_the_vote(town: Town) -> None:
    coordinator, entrant, rider = [await at_home(town, one) for one in (COORDINATOR, ENTRANT, VOTER)]
    await known(town.database, ENTRANT, VOTER)
    _contest_id, entry_id = await in_vote(town)
    await rider.forges(presses.VOTE.data(entry_id, 0))
    await rider.is_told("👍")
    await rider.forges(presses.TAKE_DOWN.data(entry_id))
    await rider.is_told("staff")
    await coordinator.forges(presses.TURN.data(entry_id))
    await coordinator.hears_of("Work of")
    await coordinator.presses("🚫 Take it down …")
    await coordinator.hears_of("Why are you taking it down?")
    await coordinator.says("It shows somebody else's work")
    await coordinator.hears_of("Taken down.")
    await entrant.hears_of("was taken down: It shows somebody else's work")
    await rider.forges(presses.TURN.data(entry_id))
    await rider.is_told("isn't available")
    await coordinator.forges(presses.TAKE_DOWN.data(entry_id))
    await coordinator.is_told("isn't available")


async def test_prizes_are_drawn_among_all_entries_where_that_was_declared(town: Town) -> None:
    wanted = plan([Phase.ENTRY, Phase.CHECK], is_drawn=True, prizes=("A scooter", "A helmet"))
    contest_id = await prepared(town.database, wanted)
    await moved(town.database, contest_id, Phase.ENTRY)
    found_entries = [await entered(town.database, contest_id, ENTRANT + at) for at in range(3)]
    entrant = await at_home(town, ENTRANT)
    await entrant.forges(presses.RULES.data(contest_id))
    rules = (await entrant.hears_of("The places are drawn among all accepted entries."))["text"]
    assert "SHA-256" in rules and "The seed" not in rules
    await entrant.forges(presses.DRAW_FILE.data(contest_id))
    await entrant.is_told("closed")
    await moved(town.database, contest_id, Phase.RESULT)
    await entrant.forges(presses.WINNERS.data(contest_id))
    await entrant.hears_of("🥇 1.")
    await entrant.presses("📄 Check the draw")
    draw = verify.verify(await document_of(entrant, f"contest-{contest_id}-draw.json"))
    assert draw["closed"]["commitment"] in rules and draw["closed"]["places"] == 2
    places = {(await entry(town, one)).place: one for one in found_entries}
    assert [places[place] for place in (1, 2, 3)] == draw["drawn"]


@LANGUAGES
async def test_an_entry_half_filled_in_hears_at_once_that_the_contest_has_moved_on(town: Town, language: str) -> None:
    """And not only after every other question."""
    _ = translator(language)
    rider = await at_home(town, 721, language)
    contest_id = await prepared(town.database, plan(categories=("Riding",)))
    await moved(town.database, contest_id, Phase.ENTRY)
    await rider.says("/contests")
    await rider.hears_of(f"▶️ {_('Call for entries')}")
    await rider.presses(_("➕ Take part"))
    await rider.hears_of(RULES)
    await rider.presses(_("✅ I agree, go on"))
    await rider.hears_of(
        _("Send your entry: one video, picture or document, or write a text of up to 2,000 characters.")
    )
    await rider.says("I look back before each turn.")
    await rider.hears_of(_("What is the title of your entry?"))
    await moved(town.database, contest_id, Phase.CHECK)
    await rider.says("Before the turn")
    await rider.hears_of(
        _(
            "The contest takes no more entries, so I have closed this form; nothing from it was sent in. See where it "
            "stands: /contests"
        )
    )
    await rider.says("/cancel")
    await rider.hears_of(_("There is nothing to cancel."))
