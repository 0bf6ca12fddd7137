"""Cases about the same thing under one number, as lawyers work on them and riders see it."""

from __future__ import annotations

import pytest

from handlers.cases import presses
from storage.cases import joining
from storage.cases.ids import CaseId, CollectiveId
from storage.cases.table import CaseState, Outcome
from storage.telegram_ids import PersonId
from tests.support.case_scripts import STORY, AtDesk, at_desk, brings_pay
from tests.support.cases import case_of, takes
from tests.support.simulator import COUNSEL, SECOND_COUNSEL, Town
from tests.support.words.cases import NO_SUCH_CASE

LI, WANG = PersonId(7301), PersonId(7302)
BRING = "Please bring the payslips of September. 请带上九月的工资条。"

ASKED_WHAT_IN_COMMON = (
    "What do these cases have in common? Only handlers read this. For example: fine of 200, south site"
)
ASKED_WHICH = "Which case is about the same? These are the open cases assigned to you, the most similar first."
ASKED_WHAT_TO_SAY = (
    "What do you want to write to all? Each rider reads it in their own case, so don't name anyone, and don't repeat "
    "what only one of them told you."
)


async def two_in_hand(town: Town, language: str) -> tuple[AtDesk, AtDesk, AtDesk, list[str]]:
    li, wang = await at_desk(town, LI, language), await at_desk(town, WANG, language)
    counsel = await at_desk(town, COUNSEL, language)
    numbers = []
    for rider, name in ((li, "李雷"), (wang, "王芳")):
        numbers.append(await brings_pay(rider, name=name, evidence=False))
        await takes(counsel, numbers[-1])
    await town.until_idle()
    return li, wang, counsel, numbers


async def joins_both(town: Town, counsel: AtDesk, numbers: list[str]) -> CollectiveId:
    """Begins one with the first, and adds the second from the list of what could be added."""
    first = await case_of(town, numbers[0])
    await counsel.rider.forges(presses.SHOW.data(first.id))
    await counsel.rider.hears_of(numbers[0])
    await counsel.presses("🔗 Join to a collective case")
    await counsel.rider.hears_of(numbers[0])
    await counsel.presses("➕ New collective case")
    await counsel.hears(ASKED_WHAT_IN_COMMON)
    await counsel.says("No pay since September")
    await counsel.rider.hears_of("L-2026-C00001")
    await counsel.presses("➕ Add cases")
    await counsel.hears(ASKED_WHICH)
    await counsel.rider.presses("➕ " + numbers[1])
    await town.until_idle()
    collective = (await case_of(town, numbers[1])).collective_id
    assert collective is not None and collective == (await case_of(town, numbers[0])).collective_id
    return collective


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
async def test_a_lawyer_writes_to_all_and_tells_all_how_it_ended(town: Town, language: str) -> None:
    li, wang, counsel, numbers = await two_in_hand(town, language)
    collective = await joins_both(town, counsel, numbers)
    for rider, number, other in ((li, numbers[0], numbers[1]), (wang, numbers[1], numbers[0])):
        told = str(await rider.rider.hears_of("L-2026-C00001"))
        assert number in told and other not in told and "September" not in told
        await rider.presses("View")
        page = str(await rider.rider.hears_of(number))
        assert "L-2026-C00001" in page and other not in page and rider._("It concerns about") not in page

    counsel.rider.skips_the_rest()
    await counsel.rider.forges(presses.SHOW_COLLECTIVE.data(collective, 0))
    page = (await counsel.rider.hears_of("L-2026-C00001"))["text"]
    assert numbers[0] in page and numbers[1] in page and "2" in page
    await counsel.presses("📣 Write to all")
    await counsel.hears(ASKED_WHAT_TO_SAY)
    await counsel.says(BRING)
    preview = (await counsel.rider.hears_of("2026-C00001"))["text"]
    people = "2 people" if language == "en" else "2 人"
    assert BRING in preview and people in preview
    await counsel.rider.presses("📣 Send to 2 people" if language == "en" else "📣 发给 2 人")
    await counsel.rider.hears_of(people)
    for rider, other in ((li, "王芳"), (wang, "李雷")):
        said = await rider.rider.hears_of(BRING)
        assert other not in str(said)

    answered = await li.replies(said_to(li), "Mine are lost")
    assert answered
    await counsel.rider.hears_of("Mine are lost")
    await counsel.rider.forges(presses.ASK_OUTCOME_OF_ALL.data(collective))
    await counsel.rider.hears_of(people)
    await counsel.presses("resolved")
    await counsel.rider.hears_of(people)
    for rider, number in ((li, numbers[0]), (wang, numbers[1])):
        ended = await rider.rider.hears_of(rider._("resolved"))
        assert number in str(ended)
        row = await case_of(town, number)
        assert (row.state, row.outcome) == (CaseState.CLOSED, Outcome.SETTLED)
    everything = {LI: str(li.rider.heard), WANG: str(wang.rider.heard)}
    assert "Mine are lost" not in everything[WANG] and numbers[0] not in everything[WANG]
    assert "王芳" not in everything[LI] and numbers[1] not in everything[LI]


def said_to(rider: AtDesk) -> dict[str, object]:
    return next(one for one in reversed(rider.rider.heard) if BRING in str(one.get("text", "")))


async def test_a_case_is_taken_out_and_the_message_to_all_passes_it_by(town: Town) -> None:
    li, wang, counsel, numbers = await two_in_hand(town, "en")
    collective = await joins_both(town, counsel, numbers)
    row = await case_of(town, numbers[1])
    counsel.rider.skips_the_rest()
    await counsel.rider.forges(presses.SHOW.data(row.id))
    await counsel.rider.hears_of(numbers[1])
    await counsel.presses("✂ Take it out")
    await counsel.rider.hears_of("out of the collective case?")
    await counsel.presses("✂ Yes, take it out")
    await wang.rider.hears_of("handled on its own again")
    await counsel.rider.forges(presses.BEGIN_WRITING_TO_ALL.data(collective))
    await counsel.hears(ASKED_WHAT_TO_SAY)
    await counsel.says(BRING)
    await counsel.rider.hears_of("to 1 person in 1 case")
    await counsel.rider.presses("📣 Send to 1 person in 1 case")
    await li.rider.hears_of(BRING)
    await town.until_idle()
    assert BRING not in str(wang.rider.heard)


async def test_nobody_else_gets_into_it_by_a_button(town: Town) -> None:
    """A rider of it and somebody of the desk who has none of its cases in hand, with every button of it."""
    li, _, counsel, numbers = await two_in_hand(town, "en")
    collective = await joins_both(town, counsel, numbers)
    second = await at_desk(town, SECOND_COUNSEL)
    case_id, none = (await case_of(town, numbers[1])).id, CaseId(999)
    every = [
        presses.CHOOSE_COLLECTIVE.data(case_id),
        presses.BEGIN_COLLECTIVE.data(case_id),
        presses.JOIN.data(case_id, collective),
        presses.ADD_CASE.data(collective, case_id),
        presses.ADD_CASE.data(CollectiveId(99), none),
        presses.ADD_ALIKE.data(CollectiveId(99), 1),
        presses.ASK_TO_SEPARATE.data(case_id),
        presses.SEPARATE.data(case_id),
        presses.BEGIN_WRITING_TO_ALL.data(collective),
        presses.ASK_OUTCOME_OF_ALL.data(collective),
        presses.CLOSE_ALL.data(collective, "settled"),
    ]
    for data in every:
        await li.rider.forges(data)
        await second.rider.forges(data)
        assert (await second.rider.is_answered()).startswith(NO_SUCH_CASE)
    await li.rider.forges(presses.SHOW_COLLECTIVE.data(collective, 0))
    await town.until_idle()
    for number in numbers:
        row = await case_of(town, number)
        assert row.collective_id == collective and row.state is not CaseState.CLOSED and row.assigned_to == COUNSEL
    assert numbers[1] not in str(li.rider.heard) and "September" not in str(li.rider.heard).replace(STORY, "")
    assert STORY not in str(second.rider.heard)


async def test_all_of_the_same_kind_and_platform_are_added_with_one_press(town: Town) -> None:
    """As many as its reader saw; one that came since is looked at first."""
    _, _, counsel, numbers = await two_in_hand(town, "en")
    third = await at_desk(town, PersonId(7303))
    numbers.append(await brings_pay(third, evidence=False))
    await takes(counsel, numbers[2])
    rows = [await case_of(town, number) for number in numbers]
    async with town.database.writing() as session:
        collective, _ = await joining.open_collective(session, rows[0].id, COUNSEL, "L", "Pay", 2026, town.now)
    counsel.rider.skips_the_rest()
    await counsel.rider.forges(presses.ADD_ALIKE.data(collective.id, 1))
    await counsel.rider.hears_of(f"{numbers[1]} · 💰 Unpaid wages · 美团")
    assert (await case_of(town, numbers[1])).collective_id is None
    await counsel.rider.presses("➕ Add all of the same kind and platform: 2")
    await counsel.rider.hears_of("3 people in 3 cases")
    await third.rider.hears_of("L-2026-C00001")
    assert {(await case_of(town, number)).collective_id for number in numbers} == {collective.id}
