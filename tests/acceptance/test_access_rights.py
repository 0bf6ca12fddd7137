"""Who may do what: every command, button and link of the bot for every role; and what others try."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config.config import load
from bot.config.desks import RESERVED, desks
from bot.sandbox.files import STICKER
from handlers import features
from handlers.chat.events import Event
from handlers.chat.press import Press
from handlers.chat.routes import Route, Routes
from handlers.forms.questionnaires import AnyForm
from storage import audit
from storage.database import Database
from storage.membership import memberships
from storage.people import roles
from storage.people.access import RIGHTS, Right, Role
from storage.people.audited import PeopleAction
from storage.telegram_ids import PersonId
from tests.support.config import configured
from tests.support.simulator import ADMIN, COORDINATOR, DEZHOU, NOON, Rider, Town, running, telegram
from tests.support.words.admin import ASKED_FOR_PERSON, ROLES_PAGE, YES_CHANGE
from tests.support.words.broadcasts import ASKED_FOR_MESSAGE
from tests.support.words.chat import STAFF_ONLY, WELCOME
from tests.support.words.forms import FOR_HOW_LONG
from tests.support.words.membership import NO_APPLICATION_WAITS
from tests.support.words.stations import NEAREST_STATIONS

DESKS = desks(load(Path("none.toml")).desks)
ROUTES = features.routes(features.FEATURES, DESKS)
PEOPLE = {
    Role.RIDER: 301,
    Role.MEMBER: 302,
    Role.COORDINATOR: 303,
    Role.COUNSEL: 304,
    Role.ADMIN: 305,
    Role.SCRUTINEER: 306,
    Role.REVIEWER: 307,
}
EXPECTED: dict[Right, set[Role]] = {
    Right.USE: set(Role),
    Right.CLEAR_REPORTS: {Role.COORDINATOR, Role.ADMIN},
    Right.BROADCAST: {Role.COORDINATOR, Role.ADMIN},
    Right.REVIEW: {Role.COORDINATOR, Role.ADMIN},
    Right.RUN_ACTIVITIES: {Role.COORDINATOR, Role.ADMIN},
    Right.RUN_CAMPAIGNS: {Role.COORDINATOR, Role.ADMIN},
    Right.RUN_CONTESTS: {Role.COORDINATOR, Role.ADMIN},
    Right.KEEP_HONOURS: {Role.COORDINATOR, Role.ADMIN},
    Right.FOLLOW_HELP: {Role.COORDINATOR, Role.ADMIN},
    Right.OBSERVE_BALLOTS: {Role.SCRUTINEER, Role.ADMIN},
    Right.SEE_CASES: {Role.COUNSEL, Role.REVIEWER, Role.ADMIN},
    Right.HANDLE_CASES: {Role.COUNSEL, Role.REVIEWER},
    Right.OVERSEE_CASES: {Role.ADMIN},
    Right.GRANT_ROLES: {Role.ADMIN},
    Right.SEE_FIGURES: {Role.COORDINATOR, Role.ADMIN},
    Right.OPEN_CONSOLE: {Role.COORDINATOR, Role.COUNSEL, Role.REVIEWER, Role.ADMIN},
    Right.ADMINISTER: {Role.ADMIN},
}
"""Written down a second time, so that nobody changes the table by mistake."""
OPEN_TO_ALL = {
    "commands": {
        "start",
        "help",
        "id",
        "language",
        "cancel",
        "station",
        "my",
        "privacy",
        "join",
        "leave",
        "activities",
        "legal",
        "care",
        "aid",
        "suggestion",
        "voice",
        "agreement",
        "pay",
        "sos",
        "contests",
        "honours",
        "heat",
    },
    "presses": {
        "cts",
        "ct",
        "ctrules",
        "ctenter",
        "ctagree",
        "ctmine",
        "ctchange",
        "ctcode",
        "ctleave",
        "ctleavenow",
        "ctlook",
        "ctagain",
        "ctteam",
        "soscallfrom",
        "sosstill",
        "sosaway",
        "caseattach",
        "ctinvite",
        "ctjoin",
        "ctout",
        "ctoutnow",
        "ctdraw",
        "ctturn",
        "ctvote",
        "ctwinners",
        "ctcert",
        "ctjudge",
        "ctnext",
        "ctone",
        "ctscore",
        "ctnote",
        "ctconflict",
        "ctconflictyes",
        "list",
        "filter",
        "othermaps",
        "venues",
        "picture",
        "home",
        "nearhome",
        "address",
        "page",
        "report",
        "compass",
        "morereports",
        "stationimprove",
        "stationknown",
        "stationpropose",
        "stationcorrect",
        "stationcorrectone",
        "language",
        "topic",
        "topics",
        "mute",
        "haveread",
        "form",
        "forgethome",
        "forgethomeask",
        "copy",
        "unconsent",
        "unconsentnow",
        "erase",
        "erasenow",
        "eraseno",
        "eraselast",
        "joinagree",
        "joinnot",
        "withdraw",
        "withdrawnow",
        "answer",
        "today",
        "todayof",
        "todayhelped",
        "deskabout",
        "deskgoabout",
        "deskwith",
        "deskgowith",
        "wanted",
        "weatherwant",
        "weatherstop",
        "card",
        "leave",
        "leavenow",
        "acts",
        "actkinds",
        "act",
        "actopen",
        "actdraw",
        "actdrawfile",
        "actwhere",
        "signup",
        "signupwith",
        "signupall",
        "giveback",
        "givebacknow",
        "keepmembership",
        "comealone",
        "take",
        "leads",
        "setleads",
        "actask",
        "ics",
        "feed",
        "feedrenew",
        "feedrenewnow",
        "rate",
        "digest",
        "digestpage",
        "digestswitch",
        "hon",
        "honsitanswer",
        "honforget",
        "honforgetnow",
        "hontripno",
        "deskopen",
        "deskgo",
        "deskgoas",
        "deskdraft",
        "desknot",
        "deskdecline",
        "command",
        "case",
        "caseremind",
        "caseend",
        "caseendnow",
        "casereopen",
        "caserate",
        "casewrite",
        "caseadd",
        "casenotadd",
        "casemove",
        "casemoveto",
        "casebundle",
        "casesforget",
        "casesforgetnow",
        "urgent",
        "urgentgo",
        "urgentsend",
        "voices",
        "voice",
        "svgo",
        "sva",
        "svt",
        "svd",
        "svr",
        "svc",
        "dmbring",
        "dmword",
        "dms",
        "dm",
        "dmfollow",
        "dmunfollow",
        "dmlog",
        "dmrank",
        "dmsay",
        "dmagain",
        "dmenough",
        "dmresult",
        "dmchart",
        "dmfile",
        "agree",
        "clause",
        "clauses",
        "clausewhy",
        "clausediff",
        "clausesaid",
        "clausesay",
        "clauseback",
        "result",
        "agreed",
        "isitkept",
        "keptornot",
        "blpaper",
        "blpick",
        "blvote",
        "blresult",
        "blfind",
        "payyes",
        "payno",
        "pay",
        "paynote",
        "payearlier",
        "paylist",
        "payentry",
        "payedit",
        "payremove",
        "payremovenow",
        "payskip",
        "payline",
        "paychart",
        "payexport",
        "paypdf",
        "paycsv",
        "payremind",
        "payremindno",
        "payerase",
        "payerasenow",
        "payforcase",
        "paypool",
        "paypoolyes",
        "paypoolstop",
        "paypoolno",
        "paydistrict",
        "paydistrictset",
        "soscall",
        "sosoff",
        "sosgo",
        "sosback",
        "sosdone",
        "sosvol",
        "sosyes",
        "sosno",
        "sosduty",
        "sosdutyend",
        "soshere",
        "soswithdraw",
    },
    "links": {"st", "act", "ci", "voice", "con", "cert", "hon", "team"},
    "forms": {
        "desk_honours",
        "honours_link",
        "honours_situation",
        "address",
        "join",
        "application_answer",
        "sign_up",
        "activity_ask",
        "activity_comment",
        "desk_legal",
        "desk_care",
        "desk_aid",
        "desk_suggestion",
        "urgent",
        "demand",
        "demand_same",
        "demand_wording",
        "clause_comment",
        "pay_today",
        "sos_call",
        "sos_duty",
        "pay_earlier",
        "pay_edit",
        "pay_reminder",
        "contest_entry",
        "station_propose",
        "station_correct",
        "contest_note",
        "contest_team",
        "contest_team_code",
    },
}


def test_the_table_of_rights_is_the_one_that_was_decided() -> None:
    assert {right: {role for role in Role if right in RIGHTS[role]} for right in Right} == EXPECTED


def test_what_is_open_to_all_was_meant_to_be() -> None:
    """A new command, button, link or form that forgets its right shows here."""
    table: dict[str, dict[str, Route] | dict[str, AnyForm]] = {
        "commands": ROUTES.commands,
        "presses": ROUTES.presses,
        "links": ROUTES.links,
        "forms": ROUTES.forms,
    }
    for kind, known in OPEN_TO_ALL.items():
        found = {name for name, one in table[kind].items() if one.right is Right.USE}
        assert found == known


def test_no_desk_can_take_a_command_of_the_bot() -> None:
    desks_ = {desk.command for desk in DESKS.values()}
    assert set(ROUTES.commands) - desks_ <= RESERVED


def test_no_feature_takes_the_name_of_another_one() -> None:
    """It would answer its buttons."""
    routes = Routes()

    async def answers(_talk: object) -> None: ...

    async def takes(_talk: object, _rest: str) -> None: ...

    routes.command("name", answers)
    with pytest.raises(ValueError, match="taken"):
        routes.command("name", answers)
    routes.link("name", takes)
    with pytest.raises(ValueError, match="taken"):
        routes.link("name", takes)
    routes.event(Event.TEXT, answers)
    with pytest.raises(ValueError, match="taken"):
        routes.event(Event.TEXT, answers)
    routes.press(Press("name"), answers)
    with pytest.raises(ValueError, match="taken"):
        routes.press(Press("name"), answers)


async def people(town: Town) -> dict[Role, Rider]:
    """One of each role; the roles were given in the chat."""
    async with town.database.writing() as session:
        for role, person_id in PEOPLE.items():
            if role not in (Role.RIDER, Role.MEMBER):
                await roles.grant(session, PersonId(person_id), role.value, ADMIN, NOON)
        await memberships.create(session, PersonId(PEOPLE[Role.MEMBER]), {"name": "李雷"}, NOON)
    found = {}
    for role, person_id in PEOPLE.items():
        found[role] = town.rider(person_id)
        await found[role].says("/start")
        await found[role].hears_of(WELCOME)
    return found


def _data(name: str, route: Route) -> str:
    assert route.press is not None
    return ":".join([name, *("1" if is_int else "x" for is_int in route.press.reads_int)])


async def _is_refused_a_press(rider: Rider, data: str) -> bool:
    before = len(rider.answers)
    await rider.forges(data)
    await rider.until(lambda: len(rider.answers) > before)
    return any(answer["text"] == STAFF_ONLY for answer in rider.answers[before:])


async def _is_refused_a_text(town: Town, rider: Rider, text: str) -> bool:
    before = len(rider.heard)
    await rider.says(text)
    await town.until_idle()
    await rider.until(lambda: len(rider.heard) > before)
    refused = any(heard.get("text") == STAFF_ONLY for heard in rider.heard[before:])
    await rider.says("/cancel")
    await town.until_idle()
    return refused


@pytest.mark.both_databases
@pytest.mark.every_feature
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_every_command_button_and_link_for_every_role(database: Database, tmp_path: Path) -> None:
    """What a role may not do is refused; what it may do is not. Every button, with a target that does not exist."""
    async with telegram() as (api, address):
        config = configured(tmp_path, address)
        everything = dict.fromkeys(type(config.features).model_fields, True)
        town = Town(database, api, config.model_copy(update={"features": type(config.features)(**everything)}))
        async with running(town.app):
            everybody = await people(town)
            await asyncio.gather(*(_tries_everything(town, role, rider) for role, rider in everybody.items()))


async def _tries_everything(town: Town, role: Role, rider: Rider) -> None:
    for name, route in ROUTES.presses.items():
        if name == "eraselast":
            continue  # it takes the role away as well, so it comes last
        assert await _is_refused_a_press(rider, _data(name, route)) is (role not in EXPECTED[route.right]), name
    for name, route in ROUTES.commands.items():
        assert await _is_refused_a_text(town, rider, f"/{name}") is (role not in EXPECTED[route.right]), name
    for name, route in ROUTES.links.items():
        assert await _is_refused_a_text(town, rider, f"/start {name}_x") is (role not in EXPECTED[route.right]), name


@pytest.mark.menus
async def test_a_role_that_was_taken_away_leaves_only_dead_buttons(town: Town) -> None:
    """Also in mid-form; and the menu forgets what it offered."""
    admin, rider = town.rider(ADMIN), town.rider(311)
    for one in (admin, rider):
        await one.says("/start")
        await one.hears_of(WELCOME)
    async with town.database.writing() as session:
        await roles.grant(session, PersonId(311), Role.COORDINATOR.value, ADMIN, NOON)
    await rider.says("/reviews")
    await rider.hears_of(NO_APPLICATION_WAITS)
    await town.until(lambda: ("chat:311", "") in town.world.commands)
    await rider.says("/broadcast")
    await rider.hears_of(ASKED_FOR_MESSAGE)

    await admin.says("/role 311")
    await admin.hears_of(ROLES_PAGE)
    await admin.presses("Remove: coordinator")
    await admin.hears_of("Remove this role from 311: coordinator?")
    await admin.presses(YES_CHANGE)
    await admin.hears_of("311 is no longer: coordinator.")
    await rider.hears_of("You are no longer: coordinator")

    await rider.says("All of you, listen!")
    await rider.hears_of(STAFF_ONLY)
    await rider.says("/broadcast")
    await rider.hears_of(STAFF_ONLY)
    assert await _is_refused_a_press(rider, "bsend:1")
    assert await _is_refused_a_press(rider, "reviewnext")
    await town.until(lambda: ("chat:311", "") not in town.world.commands)
    async with town.database.reading() as session:
        (entry,) = await audit.newest(session, subject=311)
        assert (entry.actor, entry.act, entry.about) == (ADMIN, PeopleAction.ROLE_TAKEN, "coordinator")


@pytest.mark.both_databases
async def test_a_role_is_given_with_an_end_which_the_clock_keeps(town: Town) -> None:
    admin, rider = town.rider(ADMIN), town.rider(312)
    rider.person.username = "Li_Lei"
    for one in (admin, rider):
        await one.says("/start")
        await one.hears_of(WELCOME)
    await admin.says("/role")
    await admin.hears_of(ASKED_FOR_PERSON)
    await admin.sends(sticker=STICKER)
    heard = await admin.hears_of("Share their contact, forward one of their messages")
    assert "don't know this person" not in heard["text"], "nobody was named"
    for nobody in ("@nobody_here", "0", "００", "007", "-312", "1" * 16, "3.12", "\u0660"):
        await admin.says(nobody)
        await admin.hears_of("don't know this person")
    await admin.says("@li_lei")
    await admin.hears_of(ROLES_PAGE)
    await admin.presses("Give: coordinator")
    await admin.hears_of(FOR_HOW_LONG)
    await admin.says("2020-01-01")
    await admin.hears_of("has passed")
    await admin.says("2026-11-30")
    review = await admin.hears_of("Give @li_lei this role: coordinator?")
    assert "24:00 on Mon 30 Nov" in review["text"]
    await admin.presses(YES_CHANGE)
    assert "Until 24:00 on Mon 30 Nov" in (await rider.hears_of("You are now: coordinator"))["text"]
    await rider.says("/reviews")
    await rider.hears_of(NO_APPLICATION_WAITS)

    town.now = NOON + timedelta(days=7)
    await rider.says("/reviews")
    await rider.hears_of(STAFF_ONLY)
    await town.tick("roles")
    town.deliver()
    await rider.hears_of("You are no longer: coordinator")
    async with town.database.reading() as session:
        assert [entry.actor for entry in await audit.newest(session, subject=312)] == [0, ADMIN]


@pytest.mark.parametrize("way", ["contact", "forward", "reply"])
async def test_whom_a_role_is_for(town: Town, way: str) -> None:
    admin, rider = town.rider(ADMIN), town.rider(313)
    await admin.says("/start")
    await admin.hears_of(WELCOME)
    origin = {"type": "user", "date": 1, "sender_user": rider.person.user()}
    if way == "reply":
        forwarded = await admin.sends(text="hello", forward_origin=origin)
        replied = {name: value for name, value in forwarded.items() if name != "reply_to_message"}
        await admin.sends(text="/role", reply_to_message=replied)
    else:
        await admin.says("/role")
        await admin.hears_of(ASKED_FOR_PERSON)
        content = {"contact": {"phone_number": "+86", "first_name": "Wang", "user_id": 313}}
        await admin.sends(**(content if way == "contact" else {"text": "hello", "forward_origin": origin}))
    await admin.hears_of(ROLES_PAGE)
    await admin.presses("Give: case handler")
    await admin.hears_of(FOR_HOW_LONG)
    await admin.presses("No end date")
    await admin.hears_of("this role: case handler")
    await admin.presses(YES_CHANGE)
    await admin.hears_of("haven't written to me yet")
    async with town.database.reading() as session:
        assert await roles.held(session, [PersonId(313)], NOON) == {313: {"counsel"}}


async def test_who_stands_in_the_config_keeps_the_role(town: Town) -> None:
    admin = town.rider(ADMIN)
    await admin.says("/start")
    await admin.hears_of(WELCOME)
    await admin.says(f"/role {COORDINATOR}")
    page = await admin.hears_of(ROLES_PAGE)
    assert "coordinator (set in the config file" in page["text"] and "coordinator" not in str(page["reply_markup"])


async def test_a_forwarded_command_is_not_carried_out(town: Town) -> None:
    """Who forwards what somebody wrote need not have meant it."""
    admin, rider = town.rider(ADMIN), town.rider(314)
    origin = {"type": "user", "date": 1, "sender_user": rider.person.user()}
    await admin.sends(text="/role 314", forward_origin=origin)
    heard = await admin.hears()
    assert ASKED_FOR_PERSON not in heard["text"] and ROLES_PAGE not in heard["text"]


async def test_buttons_in_a_group_do_nothing_for_anybody(town: Town) -> None:
    rider = town.rider(COORDINATOR)
    group = town.world.add_group(-5, "Riders", [COORDINATOR, 315])
    other = town.rider(315)
    for person in (rider.person, other.person):
        await town.world.presses(person, 1, "reviewnext", group)
    await other.until(lambda: any("message me in private" in answer["text"] for answer in other.answers))
    await rider.until(lambda: any("message me in private" in answer["text"] for answer in rider.answers))
    assert not group.messages


async def test_a_list_of_somebody_else_is_no_list(town: Town) -> None:
    first, second = town.rider(316), town.rider(317)
    await first.shares(*DEZHOU)
    await first.hears_of(NEAREST_STATIONS)
    data = first.button("Filter")[1].replace("filter", "list") + ":0"
    await second.forges(data)
    assert "out of date" in await second.is_answered()
