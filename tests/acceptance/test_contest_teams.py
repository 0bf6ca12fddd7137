"""Teams in contests: people who accepted an invitation, their names beside the entry, and what each of them may do."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from bot.sandbox.files import STICKER
from handlers.contests import presses
from handlers.i18n.translations import Translate, translator
from storage import sealed_columns
from storage.contests import contests, editing, entries, entry_changes, entry_checks, joining, judging, teams
from storage.contests.contests import Phase
from storage.contests.editing import Wording
from storage.contests.entries import (
    Content,
    Entry,
    EntryState,
    JudgesDoNotEnter,
    NoSuchEntry,
    NotForYou,
    RulesChanged,
    TeamHasEnough,
)
from storage.contests.entry_checks import ChecksOwnEntry
from storage.contests.ids import ContestId, EntryId
from storage.contests.joining import InATeam, InvitationVoid, TeamFull
from storage.contests.judging import JudgesOwnEntry
from storage.contests.teams import MOST_MEMBERS, NoSuchTeam
from storage.contests.votes import OwnEntry, Voted, vote
from storage.database import Database
from storage.deliveries.table import Delivery
from storage.membership.conditions import IsMember
from storage.people.segments import Segment
from storage.telegram_ids import ChatId, PersonId
from tests.support.activities import at_home
from tests.support.contests import RULES, TITLE, entered, judged_by, known, moved, plan, prepared
from tests.support.languages import LANGUAGES
from tests.support.simulator import ADMIN, COORDINATOR, NOON, Rider, Town

CAPTAIN, MATE, OTHER, JUDGE = 900_000_711, 900_000_712, 900_000_713, 900_000_714
"""So long that none of them stands in the number of an update."""
CHANNEL = ChatId(-1_002_222_333_444)
PHASES = (Phase.ENTRY, Phase.VOTE, Phase.JUDGING)


async def open_contest(database: Database, **changes: Any) -> ContestId:
    contest_id = await prepared(database, plan(PHASES, by_team=True, categories=("Riding",), **changes))
    await moved(database, contest_id, Phase.ENTRY)
    return contest_id


async def invitation(database: Database, contest_id: ContestId, captain: int = CAPTAIN) -> str:
    async with database.reading() as session:
        row = await teams.led_by(session, contest_id, PersonId(captain))
        return teams.content_of(session, row).invitation


async def joined(database: Database, contest_id: ContestId, person: int, name: str, captain: int = CAPTAIN) -> None:
    invited = await invitation(database, contest_id, captain)
    await known(database, person)
    async with database.writing() as session:
        version = (await contests.find(session, contest_id)).rules_version
        await joining.join(session, invited, PersonId(person), name, version, NOON)


async def entry_of(database: Database, entry_id: EntryId) -> tuple[Entry, Content]:
    async with database.reading() as session:
        row = await entries.find(session, entry_id)
        return row, entries.content_of(session, row)


async def enters(rider: Rider, _: Translate) -> None:
    await rider.says("/contests")
    await rider.hears_of(f"▶️ {_('Call for entries')}")
    await rider.presses(_("➕ Take part"))
    await rider.hears_of(_("What a team has entered stays with the team when one of its members leaves."))
    await rider.presses(_("✅ I agree, go on"))
    await rider.hears_of(
        _("Send your entry: one video, picture or document, or write a text of up to 2,000 characters.")
    )
    await rider.says("We ride in a row, and whoever is first lifts a hand before the turn.")
    await rider.hears_of(_("What is the title of your entry?"))
    await rider.says("In a row")
    await rider.hears_of(
        _("What is your team called? The name is shown with its entries. You can then invite the others.")
    )
    await rider.says("Night Riders")
    await rider.hears_of(_("Which name should the team show for you? Your account's name, or a nickname."))
    await rider.says("Captain Lei")
    review = (await rider.hears_of("Night Riders"))["text"]
    assert _("Team") in review and _("Name shown") not in review
    await rider.presses(_("📨 Send it in"))
    await rider.hears_of(_("Your entry is in. A coordinator will check it, and I'll let you know."))


async def leaves_for_good(rider: Rider, _: Translate) -> None:
    await rider.presses(_("🗑 Erase everything about me"))
    await rider.hears()
    await rider.presses(_("🗑 Yes, erase"))
    await rider.hears()
    await rider.presses(_("🗑 Erase permanently"))
    await rider.hears_of(_("Your data has been erased. If you write again, you start fresh."))


@LANGUAGES
async def test_a_team_is_named_invited_shown_and_left(town: Town, language: str) -> None:
    _ = translator(language)
    again = _("The names shown with your team's entries have changed, so the entries will be checked again.")
    captain, mate = await at_home(town, CAPTAIN, language), await at_home(town, MATE, language)
    coordinator = await at_home(town, COORDINATOR, language)
    town.world.add_group(CHANNEL, "Works", [COORDINATOR])
    contest_id = await open_contest(town.database)
    async with town.database.writing() as session:
        await contests.set_channel(session, contest_id, CHANNEL)
    await enters(captain, _)
    await captain.presses(_("👥 Your team"))
    page = await captain.hears_of("Night Riders")
    assert "Captain Lei" in page["text"] and _("you") in page["text"]
    (copies,) = [key for row in page["reply_markup"]["inline_keyboard"] for key in row if "copy_text" in key]
    assert copies["text"] == _("📋 Copy link") and copies["copy_text"]["text"] in page["text"]
    link = re.findall(r"start=(team_[\w-]+)", page["text"])[0]

    await mate.says(f"/start {link}")
    asked = await mate.hears_of("Night Riders")
    assert RULES in asked["text"]
    await mate.presses(_("✅ I agree and join"))
    await mate.hears_of(_("Which name should the team show for you? Your account's name, or a nickname."))
    await mate.says("In a row")
    await mate.hears_of("In a row")  # judges would know who it is from
    await mate.says("Mate Wang")
    in_the_team = await mate.hears_of(_("You are in the team."))
    assert again not in in_the_team["text"], "it is nothing that they have to do something about"
    town.deliver()
    told = await captain.hears_of(_("{name} has joined your team.").format(name="Mate Wang"))
    assert TITLE in told["text"] and again in told["text"]

    await coordinator.forges(presses.CHECK.data(contest_id))
    await coordinator.hears_of("Night Riders (Captain Lei · Mate Wang)")
    await coordinator.presses(_("✅ Accept it"))
    posts = town.world.chats[CHANNEL].messages
    await town.until(lambda: any("Captain Lei · Mate Wang" in one.get("text", "") for one in posts.values()))

    async def is_remembered() -> bool:
        return (await entry_of(town.database, EntryId(1)))[0].post is not None

    await town.until_true(is_remembered)
    await mate.says("/contests")
    await mate.hears_of(_("✅ takes part"))
    await mate.presses(_("✎ {name}").format(name="In a row"))
    seen = await mate.hears_of("Mate Wang")
    assert _("🗑 Withdraw it …") not in str(seen) and _("✎ Change it") not in str(seen), "it is for who sent it in"

    await captain.says("/privacy")
    await captain.hears_of(_("that you are in a team of a contest, and the name shown for you: /contests"))
    await leaves_for_good(captain, _)
    await town.until(lambda: any("Night Riders (Mate Wang)" in one.get("text", "") for one in posts.values()))
    assert not any("Captain Lei" in one.get("text", "") for one in posts.values())
    row, content = await entry_of(town.database, EntryId(1))
    assert (row.person_id, row.state, content.entrant) == (MATE, EntryState.SHOWN, "Night Riders (Mate Wang)")
    town.deliver()
    left = await mate.hears_of(_("{name} has left your team.").format(name="Captain Lei"))
    assert TITLE in left["text"] and again not in left["text"]
    await mate.says("/contests")
    await mate.hears_of(f"▶️ {_('Call for entries')}")
    await mate.presses(_("👥 Your team"))
    await mate.hears_of("Mate Wang")
    await mate.presses(_("🚪 Leave the team …"))
    await mate.hears_of(_("Leave the team? Nobody else is in it, so its entries are withdrawn."))
    await mate.presses(_("🚪 Leave"))
    await mate.hears_of(_("You have left the team."))
    await town.until(lambda: not any("Night Riders" in one.get("text", "") for one in posts.values()))


async def test_a_members_entry_counts_for_the_team(database: Database) -> None:
    contest_id = await open_contest(database, entries_each=2)
    await entered(database, contest_id, CAPTAIN, by="Night Riders")
    await joined(database, contest_id, MATE, "Wang")
    second = await entered(database, contest_id, MATE, by="Anything else")
    assert (await entry_of(database, second))[1].entrant == "Night Riders (Wang)", "whoever is in a team enters for it"
    for person in (CAPTAIN, MATE):
        with pytest.raises(TeamHasEnough):
            await entered(database, contest_id, person)
    await entered(database, contest_id, OTHER, by="night riders")  # a name is nobody's alone: teams are people


async def test_who_can_not_join(database: Database) -> None:
    contest_id = await open_contest(database)
    first = await entered(database, contest_id, CAPTAIN, by="Night Riders")
    await entered(database, contest_id, OTHER, by="Early Birds")
    await judged_by(database, contest_id, JUDGE)
    await known(database, MATE)
    invited = await invitation(database, contest_id)
    for person, refusal in ((CAPTAIN, InATeam), (OTHER, InATeam), (JUDGE, JudgesDoNotEnter)):
        with pytest.raises(refusal):
            await joined(database, contest_id, person, "Name")
    async with database.writing() as session:
        with pytest.raises(RulesChanged):
            await joining.join(session, invited, PersonId(MATE), "Wang", 7, NOON)
        await teams.invite_anew(session, contest_id, PersonId(CAPTAIN))
        with pytest.raises(InvitationVoid):
            await joining.join(session, invited, PersonId(MATE), "Wang", 1, NOON)
    await joined(database, contest_id, MATE, "Wang")
    async with database.writing() as session:
        with pytest.raises(NoSuchTeam):
            await teams.invite_anew(session, contest_id, PersonId(MATE))
        with pytest.raises(JudgesOwnEntry):
            await judging.name_judge(session, contest_id, PersonId(MATE))
    for at in range(MOST_MEMBERS - 2):
        await joined(database, contest_id, 800 + at, f"Rider {at}")
    with pytest.raises(TeamFull):
        await joined(database, contest_id, 850, "One too many")
    row, content = await entry_of(database, first)
    assert row.state is EntryState.WAITING and row.revision == MOST_MEMBERS, "each who joins is checked"
    assert len(content.members) == MOST_MEMBERS - 1, "the captain chose no name"
    narrow = await prepared(database, plan(PHASES, Segment((IsMember(),)), by_team=True, categories=("Riding",)))
    await moved(database, narrow, Phase.ENTRY)
    with pytest.raises(NotForYou):
        await entered(database, narrow, CAPTAIN)


async def test_no_vote_for_the_own_team_and_no_entry_of_others(database: Database) -> None:
    contest_id = await open_contest(database)
    entry_id = await entered(database, contest_id, CAPTAIN, by="Night Riders")
    await joined(database, contest_id, MATE, "Wang")
    await known(database, OTHER)
    async with database.writing() as session:
        await entry_checks.decide(session, entry_id, 2, reason=None)
    await moved(database, contest_id, Phase.VOTE)
    async with database.writing() as session:
        for person in (CAPTAIN, MATE):
            with pytest.raises(OwnEntry):
                await vote(session, entry_id, PersonId(person), Voted(False, NOON.date()), NOON)
        assert await vote(session, entry_id, PersonId(OTHER), Voted(False, NOON.date()), NOON)
        await entries.find_for_entrant(session, entry_id, PersonId(MATE))
        with pytest.raises(NoSuchEntry):
            await entries.find_for_entrant(session, entry_id, PersonId(OTHER))
        with pytest.raises(NoSuchEntry):
            await entry_changes.withdraw(session, entry_id, PersonId(MATE))


async def test_who_leaves_neither_votes_for_the_team_nor_judges_it(database: Database) -> None:
    """As attacked: out for a minute, a vote for the own team, and back to its share of the prize."""
    contest_id = await open_contest(database)
    entry_id = await entered(database, contest_id, CAPTAIN, by="Night Riders")
    await joined(database, contest_id, MATE, "Wang")
    for person in (JUDGE, OTHER):
        await joined(database, contest_id, person, "Zhao")
    others = await entered(database, contest_id, 715, by="Early Birds")
    async with database.writing() as session:
        await entry_checks.decide(session, entry_id, 4, reason=None)
        await joining.leave(session, contest_id, PersonId(JUDGE))
        await joining.leave(session, contest_id, PersonId(OTHER))
        with pytest.raises(JudgesOwnEntry):
            await judging.name_judge(session, contest_id, PersonId(JUDGE))
        assert {"contest": contest_id, "has_left": True} in await joining.copy_of(session, PersonId(OTHER))
        await joining.erase(session, PersonId(OTHER))
        assert await joining.copy_of(session, PersonId(OTHER)) == []
    await judged_by(database, contest_id, 716)
    await moved(database, contest_id, Phase.VOTE)
    async with database.writing() as session:
        await joining.leave(session, contest_id, PersonId(MATE))
        for person in (MATE, JUDGE):
            with pytest.raises(OwnEntry):
                await vote(session, entry_id, PersonId(person), Voted(False, NOON.date()), NOON)
            assert await vote(session, others, PersonId(person), Voted(False, NOON.date()), NOON)
    await moved(database, contest_id, Phase.JUDGING)
    async with database.writing() as session:
        for one in (entry_id, others):
            await judging.score(session, contest_id, one, PersonId(716), [7, 7])
    await moved(database, contest_id, Phase.RESULT)
    async with database.reading() as session:
        assert await joining.copy_of(session, PersonId(MATE)) == [], "it matters no more"


@LANGUAGES
async def test_a_team_is_joined_by_its_code_too(town: Town, language: str) -> None:
    _ = translator(language)
    captain, mate = await at_home(town, CAPTAIN, language), await at_home(town, MATE, language)
    contest_id = await open_contest(town.database)
    await enters(captain, _)
    await captain.presses(_("👥 Your team"))
    code = await invitation(town.database, contest_id)
    page = await captain.hears_of(_("Code: {code}").format(code=code))
    assert f"team_{code}" in page["text"] and len(code) == 8
    await mate.says("/contests")
    await mate.hears_of(f"▶️ {_('Call for entries')}")
    await mate.presses(_("👥 Join a team"))
    await mate.hears_of(_("Write the code that your team's captain told you, or paste the link that they sent."))
    await mate.sends(sticker=STICKER)
    await mate.hears_of(_("Write the code that your team's captain told you, or paste the link that they sent."))
    await mate.says("7777 7777")
    unknown = "I know no team with this code. Check it with your captain: it may have changed."
    await mate.hears_of(_(unknown))
    await mate.says(f"{code[:4]} {code[4:]}".lower())
    assert RULES in (await mate.hears_of("Night Riders"))["text"]
    await mate.presses(_("✅ I agree and join"))
    await mate.hears_of(_("Which name should the team show for you? Your account's name, or a nickname."))
    await mate.says("Mate Wang")
    await mate.hears_of(_("You are in the team."))
    other = await at_home(town, OTHER, language)
    await other.forges(presses.JOIN_BY_CODE.data(contest_id))
    await other.hears_of(_("Write the code that your team's captain told you, or paste the link that they sent."))
    await other.says(f"https://t.me/nuanxin_bot?start=team_{code}")
    await other.hears_of("Night Riders")


@pytest.mark.both_databases
async def test_the_name_of_whoever_is_erased_is_in_no_notice_that_others_have_got(town: Town) -> None:
    _ = translator("en")
    captain, mate = await at_home(town, CAPTAIN), await at_home(town, MATE)
    contest_id = await open_contest(town.database)
    await enters(captain, _)
    await mate.says(f"/start team_{await invitation(town.database, contest_id)}")
    await mate.hears_of("Night Riders")
    await mate.presses("✅ I agree and join")
    await mate.hears_of("Which name should the team show for you?")
    await mate.says("Mate Wang")
    await mate.hears_of("You are in the team.")
    town.deliver()
    await captain.hears_of("Mate Wang has joined your team.")
    await mate.says("/privacy")
    await mate.hears_of("that you are in a team of a contest")
    await leaves_for_good(mate, _)
    town.deliver()
    await captain.hears_of("Mate Wang has left your team.")

    async def is_forgotten() -> bool:
        async with town.database.reading() as session:
            rows = (await session.scalars(select(Delivery).where(Delivery.params.is_not(None)))).all()
            return not any(b"Mate Wang" in sealed_columns.opened(session, row, Delivery.params) for row in rows)

    await town.until_true(is_forgotten)


@LANGUAGES
async def test_who_joins_while_the_rules_change_reads_them_first(town: Town, language: str) -> None:
    _ = translator(language)
    mate = await at_home(town, MATE, language)
    contest_id = await open_contest(town.database)
    await entered(town.database, contest_id, CAPTAIN, by="Night Riders")
    await mate.says(f"/start team_{await invitation(town.database, contest_id)}")
    await mate.hears_of("Night Riders")
    await mate.presses(_("✅ I agree and join"))
    await mate.hears_of(_("Which name should the team show for you? Your account's name, or a nickname."))
    async with town.database.writing() as session:
        await editing.change(session, contest_id, Wording(TITLE, "Quite other rules, longer.", 1, 1))
    await mate.says("Mate Wang")
    await mate.hears_of(_("The rules have changed since you began. Please read them before you join."))
    assert "Quite other rules" in (await mate.hears_of("Night Riders"))["text"]
    await mate.presses(_("✅ I agree and join"))
    await mate.hears_of(_("Which name should the team show for you? Your account's name, or a nickname."))
    await mate.says("Mate Wang")
    await mate.hears_of(_("You are in the team."))


@LANGUAGES
async def test_a_coordinator_does_not_check_the_entry_of_their_own_team(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator, second = await at_home(town, COORDINATOR, language), await at_home(town, ADMIN, language)
    contest_id = await open_contest(town.database)
    entry_id = await entered(town.database, contest_id, CAPTAIN, by="Night Riders")
    await joined(town.database, contest_id, COORDINATOR, "Wang")
    await coordinator.forges(presses.CHECK.data(contest_id))
    await coordinator.hears_of(
        _("Only your own entries, or your team's, are left: another coordinator has to check them.")
    )
    own = _("This is your own entry, or your team's: another coordinator has to check it.")
    for press in (presses.ACCEPT, presses.REFUSE):
        await coordinator.forges(press.data(entry_id, 2))
        await coordinator.is_told(own)
    await second.forges(presses.CHECK.data(contest_id))
    await second.hears_of("Night Riders")
    await second.presses(_("✅ Accept it"))
    await second.hears_of(_("✅ All entries are checked."))


async def test_the_only_coordinator_checks_their_own_entry(database: Database) -> None:
    contest_id = await open_contest(database)
    entry_id = await entered(database, contest_id, CAPTAIN, by="Night Riders")
    await joined(database, contest_id, COORDINATOR, "Wang")
    own = PersonId(COORDINATOR)
    async with database.writing() as session:
        for checkers, may_check in (([own], True), ([own, PersonId(CAPTAIN)], True), ([own, PersonId(ADMIN)], False)):
            row = await entry_checks.next_to_check(session, contest_id, own, checkers)
            assert (row is not None) is may_check
        with pytest.raises(ChecksOwnEntry):
            await entry_checks.require_may_check(session, entry_id, own, [own, PersonId(ADMIN)])
        await entry_checks.require_may_check(session, entry_id, own, [own])


async def test_new_rules_ask_every_member_and_show_who_has_agreed(database: Database) -> None:
    contest_id = await open_contest(database)
    entry_id = await entered(database, contest_id, CAPTAIN, by="Night Riders")
    await joined(database, contest_id, MATE, "Wang")
    async with database.writing() as session:
        changed = await editing.change(session, contest_id, Wording(TITLE, "Quite other rules, longer.", 1, 1))
        assert await editing.people_of(session, changed.asked_again) == [CAPTAIN, MATE]
    assert (await entry_of(database, entry_id))[1].entrant == "Night Riders"
    async with database.writing() as session:
        await editing.agree_again(session, contest_id, PersonId(MATE), 2, NOON)
    row, content = await entry_of(database, entry_id)
    assert (row.state, content.entrant) == (EntryState.AGREEING, "Night Riders (Wang)"), "who sent it in has to agree"
    async with database.writing() as session:
        await editing.agree_again(session, contest_id, PersonId(CAPTAIN), 2, NOON)
    assert (await entry_of(database, entry_id))[0].state is EntryState.WAITING


async def test_all_of_a_team_hear_of_its_place_and_get_the_certificate(town: Town) -> None:
    mate = await at_home(town, MATE)
    contest_id = await prepared(town.database, plan((Phase.ENTRY, Phase.VOTE), by_team=True, categories=("Riding",)))
    await moved(town.database, contest_id, Phase.ENTRY)
    entry_id = await entered(town.database, contest_id, CAPTAIN, by="Night Riders")
    await joined(town.database, contest_id, MATE, "Wang")
    async with town.database.writing() as session:
        await entry_checks.decide(session, entry_id, 2, reason=None)
    await moved(town.database, contest_id, Phase.RESULT)
    town.deliver()
    await mate.hears_of("took place 1")
    await mate.presses("🎓 Certificate")
    while "document" not in await mate.hears():
        pass
    await mate.says("/contests")
    await mate.hears_of("▶️ Winners")
    await mate.presses("🏅 Winners")
    await mate.hears_of("Night Riders (Wang)")


async def test_a_judge_is_not_told_who_is_in_a_team(town: Town) -> None:
    judge = await at_home(town, JUDGE)
    contest_id = await prepared(town.database, plan((Phase.ENTRY, Phase.JUDGING), by_team=True, categories=("Riding",)))
    await moved(town.database, contest_id, Phase.ENTRY)
    entry_id = await entered(town.database, contest_id, CAPTAIN, by="Night Riders", title="In a row")
    await joined(town.database, contest_id, MATE, "Wang")
    await judged_by(town.database, contest_id, JUDGE)
    async with town.database.writing() as session:
        await entry_checks.decide(session, entry_id, 2, reason=None)
    invited = await invitation(town.database, contest_id)
    await judge.says(f"/start team_{invited}")
    await judge.hears_of("You are a judge of this contest")
    await moved(town.database, contest_id, Phase.JUDGING)
    for data in (
        presses.JUDGE_ONE.data(entry_id),
        presses.TEAM.data(contest_id),
        presses.MINE.data(entry_id),
        presses.SHOW.data(contest_id),
        presses.LOOK.data(contest_id, 0),
        presses.TURN.data(entry_id),
    ):
        await judge.forges(data)
    await judge.says(f"/start con_{entry_id}")
    await judge.says(f"/start team_{invited}")
    await town.until_idle()
    assert "In a row" in str(judge.heard)
    for name in ("Night Riders", "Wang", str(CAPTAIN), str(MATE)):
        assert name not in str(judge.heard) + str(judge.answers), name


async def test_where_the_public_votes_too_a_judge_looks_at_no_entry_with_its_names(town: Town) -> None:
    """What everybody may look at says whose it is; a judge sees that with the result."""
    judge, voter = await at_home(town, JUDGE), await at_home(town, OTHER)
    await known(town.database, JUDGE, OTHER)
    contest_id = await open_contest(town.database)
    entry_id = await entered(town.database, contest_id, CAPTAIN, by="Night Riders", title="In a row")
    await judged_by(town.database, contest_id, JUDGE)
    for phase in (Phase.VOTE, Phase.JUDGING):
        await moved(town.database, contest_id, phase)
        for data in (presses.LOOK.data(contest_id, 0), presses.TURN.data(entry_id)):
            await judge.forges(data)
            await judge.is_told("You are a judge of this contest")
        await judge.says(f"/start con_{entry_id}")
        await judge.hears_of("You are a judge of this contest")
        await judge.forges(presses.SHOW.data(contest_id))
        page = await judge.hears_of(TITLE)
        assert "👀" not in str(page)
        await voter.says(f"/start con_{entry_id}")
        await voter.hears_of("Night Riders")
    assert "Night Riders" not in str(judge.heard) + str(judge.answers)
    async with town.database.writing() as session:
        await judging.score(session, contest_id, entry_id, PersonId(JUDGE), [7, 7])
    await moved(town.database, contest_id, Phase.RESULT)
    await judge.says(f"/start con_{entry_id}")
    await judge.hears_of("Night Riders")


async def test_who_is_erased_leaves_the_team_and_takes_their_entry_along_if_nobody_else_is_in_it(
    database: Database,
) -> None:
    contest_id = await open_contest(database)
    entry_id = await entered(database, contest_id, CAPTAIN, by="Night Riders")
    async with database.writing() as session:
        assert [one["team"] for one in await joining.copy_of(session, PersonId(CAPTAIN))] == ["Night Riders"]
        await joining.erase(session, PersonId(CAPTAIN))
        await entries.erase(session, PersonId(CAPTAIN))
        assert not await joining.copy_of(session, PersonId(CAPTAIN))
        row = await session.get_one(Entry, entry_id)
        assert (row.state, row.content, row.person_id) == (EntryState.WITHDRAWN, None, None)
