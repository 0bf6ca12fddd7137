"""One round of talks from the first demand to the report a year later, with sixty riders."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import timedelta

from handlers.campaigns import presses as campaign_presses
from handlers.campaigns.agreements import presses as agreement_presses
from handlers.campaigns.ballots import presses as ballot_presses
from handlers.campaigns.commitments import presses as commitment_presses
from handlers.campaigns.demands import presses as demand_presses
from handlers.campaigns.surveys import presses as survey_presses
from handlers.i18n.translations import translator
from storage.campaigns.campaigns import Phase
from storage.campaigns.commitments import askings, commitments, planning
from storage.campaigns.demands import lists, moderation
from storage.campaigns.ids import CampaignId, DemandId
from tests.support.activities import at_home
from tests.support.agreements import FIRST, SECOND, THIRD, clauses_of, published
from tests.support.ballots import (
    begun,
    box_of,
    casts,
    closed,
    document_of,
    plan,
    prepared,
    riders,
    sends_file,
    trustees,
)
from tests.support.campaigns import TITLE, moved
from tests.support.campaigns import prepared as campaign_prepared
from tests.support.demands import PAY, RAIN, REST, counted
from tests.support.languages import LANGUAGES
from tests.support.pdf_text import text_of_pdf
from tests.support.simulator import COORDINATOR, NOON, Rider, Town
from tests.support.surveys import RAISE, opened
from tests.support.surveys import TITLE as SURVEY
from tests.support.surveys import prepared as survey_prepared

RIDERS = range(1_000, 1_060)
VOTERS = 40
DEMANDS = (
    RAIN,
    PAY,
    REST,
    "Insurance for every rider",
    "Warm rooms in winter",
    "No fines for traffic jams",
    "Fair maps",
)


@LANGUAGES
async def test_a_round_of_talks_with_sixty_riders(town: Town, language: str) -> None:
    coordinator = await at_home(town, COORDINATOR, language)
    people = await riders(town, RIDERS, language)
    campaign_id = await campaign_prepared(town)
    await moved(town, campaign_id, Phase.GATHER)
    await _surveyed(town, coordinator, people, campaign_id, language)
    demands = await _gathered(town, people, campaign_id, language)
    await _ranked(town, people, campaign_id, demands, language)
    await _drafted(town, coordinator, people, campaign_id, demands[0], language)
    await _voted(town, coordinator, people, campaign_id, language)
    await _kept(town, coordinator, people, campaign_id, language)
    await _reported(town, coordinator, campaign_id, language)


async def _surveyed(
    town: Town, coordinator: Rider, people: Sequence[Rider], campaign_id: CampaignId, language: str
) -> None:
    _ = translator(language)
    survey_id = await survey_prepared(town.database, campaign_id, [RAISE])
    await opened(town.database, survey_id)

    async def answers(at: int, rider: Rider) -> None:
        await rider.forges(survey_presses.ANSWER.data(survey_id))
        await rider.hears_of("Raise it?")
        await rider.presses("Yes" if at < 48 else "No")
        await rider.hears_of(_("What you answered, and when, is not stored: it was only added to the totals."))

    await asyncio.gather(*(answers(at, rider) for at, rider in enumerate(people)))
    await coordinator.forges(survey_presses.CLOSE.data(survey_id))
    await coordinator.hears_of(_("Answered: {n} of {total} people, rounded").format(n=60, total=60))


async def _gathered(town: Town, people: Sequence[Rider], campaign_id: CampaignId, language: str) -> list[DemandId]:
    """Seven riders bring what the union should raise; a coordinator shows each."""
    _ = translator(language)
    for rider, sentence in zip(people, DEMANDS, strict=False):
        await rider.forges(demand_presses.BRING.data(campaign_id))
        await rider.hears_of("120")
        await rider.says(sentence)
        await rider.hears_of(_("Demands you can still submit: {n}").format(n=9))
    found = []
    async with town.database.writing() as session:
        while (row := await moderation.next_waiting(session, campaign_id, DemandId(0))) is not None:
            await moderation.show(session, row.id, row.revision)
            found.append(row.id)
    assert len(found) == len(DEMANDS)
    return found


async def _ranked(
    town: Town, people: Sequence[Rider], campaign_id: CampaignId, demands: Sequence[DemandId], language: str
) -> None:
    """Everybody agrees with the first; of the others each half wants another part. The first rider follows it."""
    _ = translator(language)
    await moved(town, campaign_id, Phase.RANK)
    await people[0].forges(demand_presses.FOLLOW.data(demands[0]))
    await people[0].is_told(_("You'll hear what becomes of it. To stop that, open it under “All demands”."))

    async def ranks(at: int, rider: Rider) -> None:
        await rider.forges(demand_presses.RANK.data(campaign_id))
        for turn in range(len(demands)):
            page = await rider.hears_of(_("{n} of {total}").format(n=turn + 1, total=10))
            wanted = RAIN in page["text"] or (DEMANDS.index(_demand_in(page["text"])) % 2 == at % 2)
            await rider.presses(_("👍 Agree") if wanted else _("👎 Disagree"))
        await rider.hears_of(_("🎉 You've been through all of them. Thank you! More may still come in."))

    await asyncio.gather(*(ranks(at, rider) for at, rider in enumerate(people)))
    await moved(town, campaign_id, Phase.DRAFT)
    await counted(town, campaign_id)
    await people[1].forges(demand_presses.RESULTS.data(campaign_id, "all", 0))
    page = await people[1].hears_of(_("🤝 What everybody wants"))
    assert RAIN in page["text"] and PAY not in page["text"]
    async with town.database.reading() as session:
        assert (await lists.page(session, campaign_id, 0))[1] == len(DEMANDS)


def _demand_in(text: str) -> str:
    return next(demand for demand in DEMANDS if demand in text)


async def _drafted(
    town: Town,
    coordinator: Rider,
    people: Sequence[Rider],
    campaign_id: CampaignId,
    demand_id: DemandId,
    language: str,
) -> None:
    """Three versions; the first clause answers the demand, and a comment on it is taken."""
    _ = translator(language)
    await published(town, campaign_id, FIRST[language])
    clause = (await clauses_of(town, campaign_id))[1]
    await coordinator.forges(agreement_presses.LINK_DEMAND.data(clause, demand_id, 0))
    await coordinator.hears_of("❓")
    await people[2].forges(agreement_presses.WHY.data(clause))
    await people[2].hears_of(RAIN)
    for text in (SECOND, THIRD):
        await published(town, campaign_id, text[language])
    await people[3].says("/agreement")
    await people[3].forges(agreement_presses.CLAUSE.data(clause))
    await people[3].hears_of("三十分钟" if language == "zh_Hans" else "30 minutes")
    assert (await clauses_of(town, campaign_id))[1] == clause, "it is the same clause in each version"


async def _voted(
    town: Town, coordinator: Rider, people: Sequence[Rider], campaign_id: CampaignId, language: str
) -> None:
    _ = translator(language)
    await moved(town, campaign_id, Phase.VOTE)
    keys = trustees()
    ballot_id = await prepared(town, campaign_id, plan(keys.key))
    await begun(town.database, ballot_id)
    town.now += timedelta(minutes=1)
    await town.announces()
    await asyncio.gather(*(rider.hears_of(_("The secret ballot is open")) for rider in people))
    yes, no = _("Yes"), _("No")
    receipts = await asyncio.gather(
        *(casts(rider, ballot_id, no if at % 4 == 3 else yes, language) for at, rider in enumerate(people[:VOTERS]))
    )
    await closed(town.database, ballot_id)
    result = keys.open(await box_of(town.database, ballot_id))
    await coordinator.forges(ballot_presses.BRING_RESULT.data(campaign_id))
    await coordinator.hears_of("ballot open")
    await sends_file(coordinator, "result.json", result)
    await coordinator.hears_of(_("✅ Carried"))
    town.now += timedelta(minutes=1)
    await town.announces()
    heard = await people[0].hears_of(_("✅ Carried"))
    assert _("{label}: {value}").format(label=yes, value=30) in heard["caption"]
    await people[0].presses(_("📄 The list, and how to check it"))
    assert await document_of(people[0], "ballot-1-result.json") == result
    assert receipts[0][:5].encode() in result


async def _kept(
    town: Town, coordinator: Rider, people: Sequence[Rider], campaign_id: CampaignId, language: str
) -> None:
    """The result becomes commitments; who follows the demand hears of it; a year later riders are asked."""
    _ = translator(language)
    await moved(town, campaign_id, Phase.RESULT)
    await coordinator.forges(commitment_presses.PUBLISH.data(campaign_id))
    await coordinator.hears_of(_("What came out of the talks?"))
    await coordinator.presses(_("✅ Signed"))
    await coordinator.hears_of(_("In one sentence that everyone will read: what was agreed, or why not?"))
    await coordinator.says("Half an hour of rest")
    await coordinator.hears_of("Half an hour of rest")
    await coordinator.presses(_("📣 Tell everyone"))
    await coordinator.hears_of(_("✓ The result is published."))
    town.now += timedelta(minutes=1)
    await town.announces()
    told = await people[0].hears_of("Half an hour of rest")
    assert "photo" in told and re.search(f"{_('Yes')}[:：] ?30", told["caption"])
    async with town.database.writing() as session:
        rows = await commitments.add_clauses(session, campaign_id, NOON + timedelta(days=90))
    await moved(town, campaign_id, Phase.FOLLOW_UP)
    await coordinator.forges(commitment_presses.STATE.data(rows[0].id, "kept"))
    await coordinator.until(lambda: bool(coordinator.unheard))
    coordinator.skips_the_rest()
    town.now = NOON + planning.A_YEAR + timedelta(hours=1)
    for _tick in range(4):
        await town.tick("commitments")
    await town.announces()
    await people[5].hears_of(
        _("A year has passed since the result. Has what was agreed been kept? A few taps are enough.")
    )
    async with town.database.reading() as session:
        assert await askings.answers_of(session, campaign_id) == {}, "nothing is shown while riders answer"


async def _reported(town: Town, coordinator: Rider, campaign_id: CampaignId, language: str) -> None:
    """All of it in one file for the congress."""
    _ = translator(language)
    coordinator.skips_the_rest()
    await coordinator.forges(campaign_presses.REPORT.data(campaign_id))
    text = text_of_pdf(await document_of(coordinator, f"campaign-{campaign_id}.pdf")).replace("\n", "")
    for told in (TITLE, SURVEY, RAIN, _("What everybody wants"), _("Secret ballot"), "Half an hour of rest"):
        assert told.replace(" ", "") in text.replace(" ", ""), told
