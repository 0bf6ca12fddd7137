"""Every action on a case, by everybody, on a case that waits, one that is in hand and one that is closed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import audit
from storage.cases import access as case_access
from storage.cases import cases
from storage.cases import messages as case_messages
from storage.cases.ids import CaseId
from storage.cases.messages import Said
from storage.cases.table import CaseContent, Outcome, Side
from storage.telegram_ids import PersonId
from tests.support.case_scripts import AtDesk, at_desk
from tests.support.simulator import ADMIN, COORDINATOR, COUNSEL, NOON, SECOND_COUNSEL, Town
from tests.support.words.cases import NO_SUCH_CASE
from tests.support.words.chat import STAFF_ONLY

OWNER, OTHER = PersonId(440), PersonId(441)
RIDERS_ACTS = ("case:{}", "caseremind:{}", "caseend:{}", "caseendnow:{}", "casereopen:{}", "caserate:{}:5")
BOTH_SIDES = ("casewrite:{}", "casebundle:{}")
HANDLERS_ACTS = (
    "casedo:{}",
    "casereplay:{}",
    "caseask:{}",
    "caseclose:{}",
    "casewait:{}:1",
    "caseclosed:{}:settled",
    "casenote:{}",
    "casepeers:{}",
    "casehand:{}",
    "casecanned:{}",
    "casecan:{}:0",
    "casecansend:{}:0",
)
CLAIMS = ("caseclaim:{}", "caseconflict:{}")
ADMINS_ACTS = ("caseover:{}", "casegive:{}")
NO_MORE_ONCE_CLOSED = {
    "caseendnow:{}",
    "casewrite:{}",
    "caseclose:{}",
    "casewait:{}:1",
    "caseclosed:{}:settled",
    "casenote:{}",
    "casepeers:{}",
    "casehand:{}",
    "casecan:{}:0",
    "casecansend:{}:0",
    "caseclaim:{}",
}
EFFECTS = {"caseendnow:{}", "casereopen:{}", "caserate:{}:5", "caseclosed:{}:settled", *CLAIMS}
"""What changes too much to be tried by who may: other tests do."""
NOT_FOR_YOU, NONE_SUCH, CLOSED, TAKEN = STAFF_ONLY, NO_SUCH_CASE, "is closed", "Someone else has taken"


async def a_case(town: Town, state: str) -> CaseId:
    async with town.database.writing() as session:
        due = NOON + timedelta(hours=24)
        row = await cases.open_case(session, "legal", "L", OWNER, CaseContent("pay"), 1, 2026, due, NOON)
        await case_messages.say(session, row, Side.RIDER, OWNER, None, Said(text="the secret"), NOON)
        if state != "waits":
            await cases.claim(session, row.id, COUNSEL, ["legal"], NOON)
        if state == "closed":
            cases.close(row, Outcome.SETTLED, NOON)
        return row.id


def expected(actor: int, act: str, state: str) -> set[str]:
    """What the answer to a press may say; "" is none of the refusals."""
    has_it = actor == COUNSEL and state != "waits"
    handles = actor in (COUNSEL, SECOND_COUNSEL)
    if act in RIDERS_ACTS:
        allowed = actor == OWNER
    elif act in BOTH_SIDES:
        allowed = actor == OWNER or has_it
    elif act in HANDLERS_ACTS:
        if not handles:
            return {NOT_FOR_YOU}
        allowed = has_it
    elif act in ADMINS_ACTS:
        return {""} if actor == ADMIN else {NOT_FOR_YOU}
    elif not handles:
        return {NOT_FOR_YOU}
    else:
        return {CLOSED, TAKEN, NONE_SUCH}  # claims by who may are left out; these are those who come too late
    if not allowed:
        return {NONE_SUCH}
    return {CLOSED} if state == "closed" and act in NO_MORE_ONCE_CLOSED else {""}


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("state", ["waits", "in hand", "closed"])
async def test_every_action_by_everybody(town: Town, state: str) -> None:
    case_id = await a_case(town, state)
    acts = [*RIDERS_ACTS, *BOTH_SIDES, *HANDLERS_ACTS, *CLAIMS, *ADMINS_ACTS]
    for actor in (OTHER, COORDINATOR, SECOND_COUNSEL, ADMIN, OWNER, COUNSEL):
        person = await at_desk(town, actor)
        for act in acts:
            wanted = expected(actor, act, state)
            if act in EFFECTS and (wanted == {""} or (act in CLAIMS and NOT_FOR_YOU not in wanted)):
                continue
            said = await _answer_to(town, person, act.format(case_id))
            assert any(words in said if words else not _is_refusal(said) for words in wanted), (actor, act, said)
            if wanted != {""} and actor != COUNSEL:
                assert "the secret" not in str(person.rider.heard), (actor, act)
    async with town.database.reading() as session:
        row = await case_access.find(session, case_id)
        assert row is not None and row.assigned_to == (None if state == "waits" else COUNSEL)
        assert await audit.count(session) == 0, "nobody got so far as to act on it"


async def _answer_to(town: Town, person: AtDesk, data: str) -> str:
    before = len(person.rider.answers)
    await person.rider.forges(data)
    await person.rider.until(lambda: len(person.rider.answers) > before)
    said = " ".join(one["text"] for one in person.rider.answers[before:])
    await person.says("/cancel")
    await town.until_idle()
    return said


def _is_refusal(said: str) -> bool:
    return any(words in said for words in (NOT_FOR_YOU, NONE_SUCH, CLOSED, TAKEN))


FORGED = (
    "caseclaim:99",
    "casedo:-1",
    "case:0",
    "casewrite:9223372036854775807",
    "case:x",
    "casemoveto:1",
    "caseclosed:1:withdrawn",
    "casequeue:none:0",
    "casequeue:legal:-9",
    "casepattern:x",
    "casecan:1:-1",
    "caserate:1:9",
    "deskgo:x:1",
    "deskgo:legal:99",
)


async def test_forged_buttons_change_nothing(town: Town) -> None:
    await a_case(town, "in hand")
    counsel, owner = await at_desk(town, COUNSEL), await at_desk(town, OWNER)
    for data in FORGED:
        for person in (counsel, owner):
            await _answer_to(town, person, data)
    async with town.database.reading() as session:
        row = await case_access.find(session, CaseId(1))
        assert row is not None and (row.assigned_to, row.rating, row.closed_at) == (COUNSEL, None, None)
    assert not any("Error" in str(one.get("text")) for one in [*counsel.rider.heard, *owner.rider.heard])
