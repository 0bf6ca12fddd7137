"""One round of talks from the first demand to the report a year later, with sixty riders, played through the chat."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from handlers.campaigns import presses as campaign_presses
from handlers.campaigns.agreements import presses as agreement_presses
from handlers.campaigns.ballots import presses as ballot_presses
from handlers.campaigns.commitments import presses as commitment_presses
from handlers.campaigns.demands import presses as demand_presses
from handlers.campaigns.surveys import presses as survey_presses
from handlers.i18n.translations import translator
from storage.campaigns.campaigns import Phase
from storage.campaigns.commitments import askings, commitments, planning
from storage.campaigns.commitments.table import AskingState
from storage.campaigns.demands import lists
from storage.campaigns.ids import BallotId, CampaignId, DemandId
from tests.support.activities import at_home
from tests.support.agreements import FIRST, SECOND, THIRD, clauses_of, publishes, sends_version
from tests.support.ballots import QUESTION, casts, document_of, riders, sends_file, trustees_by_command
from tests.support.campaigns import TITLE, moved
from tests.support.campaigns import prepared as campaign_prepared
from tests.support.demands import PAY, RAIN, REST, counted
from tests.support.languages import LANGUAGES
from tests.support.pdf_text import text_of_pdf
from tests.support.processes import said_by
from tests.support.simulator import COORDINATOR, NOON, Rider, Town
from tests.support.surveys import RAISE, opened
from tests.support.surveys import TITLE as SURVEY
from tests.support.surveys import prepared as survey_prepared

RIDERS = range(1_000, 1_060)
VOTERS, ASKED = 40, 20
DEMANDS = (
    RAIN,
    PAY,
    REST,
    "Insurance for every rider",
    "Warm rooms in winter",
    "No fines for traffic jams",
    "Fair maps",
)
THANKS = (
    "Thank you. Once a coordinator has checked it, everyone can read it, signed “{alias}”. I'll tell you what becomes "
    "of it."
)
OPEN_ASKS = (
    "Open the ballot? Everyone the campaign is for will get a ballot paper and be told. After that nothing can be "
    "changed."
)
SUPPORTED = "👍 Your support is counted. To hear what becomes of this demand, open it under “All demands”."
ANSWERED = "Thank you, that was the last one. Once enough riders have answered, you can see the totals: /voice"


@LANGUAGES
async def test_a_round_of_talks_with_sixty_riders(town: Town, tmp_path: Path, language: str) -> None:
    coordinator = await at_home(town, COORDINATOR, language)
    people = await riders(town, RIDERS, language)
    campaign_id = await campaign_prepared(town)
    await moved(town, campaign_id, Phase.GATHER)
    await _surveyed(town, coordinator, people, campaign_id, language)
    demands = await _gathered(town, coordinator, people, campaign_id, language)
    await _ranked(town, people, campaign_id, demands, language)
    await _drafted(town, coordinator, people, campaign_id, demands[0], language)
    await _voted(town, coordinator, people, campaign_id, language, tmp_path)
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
    await coordinator.presses(_("📢 Publish it …"))
    await coordinator.hears_of(_("Publish the result to everyone the campaign is for? They will be told."))
    await coordinator.presses(_("📢 Publish it"))
    await coordinator.hears_of(SURVEY)
    await town.announces()
    await people[0].hears_of(_("The result of this survey is here."))
    await people[0].presses(_("📊 See the result"))
    page = await people[0].hears_of("Raise it?")
    assert re.search(r"Yes[:：] ?50", page["text"]) and re.search(r"No[:：] ?10", page["text"])


async def _gathered(
    town: Town, coordinator: Rider, people: Sequence[Rider], campaign_id: CampaignId, language: str
) -> list[DemandId]:
    """Seven riders bring what the union should raise; a coordinator shows each; all others say the first again, and
    support it."""
    _ = translator(language)

    async def says(rider: Rider, sentence: str) -> None:
        await rider.forges(demand_presses.BRING.data(campaign_id))
        await rider.hears_of("120")
        await rider.says(sentence)

    for rider, sentence in zip(people, DEMANDS, strict=False):
        await says(rider, sentence)
        await rider.hears_of(_("Demands you can still submit: {n}").format(n=9))
    await coordinator.says("/start")
    await coordinator.hears_of(_("Demands waiting: {n}").format(n=len(DEMANDS)))
    await coordinator.presses(_("📥 Check demands"))
    for sentence in DEMANDS:
        await coordinator.hears_of(sentence)
        await coordinator.presses(_("✅ Show it to everyone"))
    await coordinator.hears_of(_("✅ All demands have been checked."))

    async def supports(rider: Rider) -> None:
        await says(rider, f"{RAIN}!")
        await rider.hears_of(_("Others have already said something like this. Does one of these mean the same?"))
        await rider.presses(_("👍 {n}: the same, I support it").format(n=1))
        await rider.hears_of(_(SUPPORTED))

    await asyncio.gather(*map(supports, people[len(DEMANDS) :]))
    async with town.database.reading() as session:
        shown, count = await lists.page(session, campaign_id, 0)
        shown = [*shown, *(await lists.page(session, campaign_id, 1))[0]]
    assert count == len(shown) == len(DEMANDS)
    return sorted(demand.id for demand in shown)


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
        left = len(demands) if at < len(DEMANDS) else len(demands) - 1  # all but what they have supported
        for turn in range(left):
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
    assert _("all of them in every group, rounded") in page["text"]


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
    """Three versions, of which two come as files; the first clause answers the demand, and a comment on it is taken."""
    _ = translator(language)
    readers = "61 people" if language == "en" else "61 人"
    told = _("Version {n} of the draft agreement is here. Read it clause by clause and say what you think.")
    await coordinator.forges(agreement_presses.RUN.data(campaign_id))
    await coordinator.hears_of(_("No version of the draft is published yet."))
    await sends_version(coordinator, _, 1, FIRST[language], as_file=True)
    await publishes(town, coordinator, _, 1, readers)
    await people[3].hears_of(told.format(n=1))
    clause = (await clauses_of(town, campaign_id))[1]
    await coordinator.forges(agreement_presses.LINK_DEMAND.data(clause, demand_id, 0))
    await coordinator.hears_of("❓")
    await people[2].forges(agreement_presses.WHY.data(clause))
    assert RAIN in (await people[2].hears_of("❓"))["text"]
    await people[2].forges(agreement_presses.COMMENT.data(clause))
    await people[2].hears_of("300")
    await people[2].says("Half an hour, please")
    await people[2].hears_of(_(THANKS).partition("{alias}")[0])
    await coordinator.forges(agreement_presses.RUN.data(campaign_id))
    await coordinator.hears_of("💬 ")
    await coordinator.presses(_("💬 Work through comments ({n})").format(n=1))
    await coordinator.hears_of("Half an hour, please")
    await coordinator.presses(_("👁 Show it to everyone"))
    await coordinator.hears_of("Half an hour, please")
    await coordinator.presses(_("✔ Adopted in version {n} …").format(n=2))
    await coordinator.hears_of(_("How was it adopted? One sentence for its author and everyone else, or skip it."))
    await coordinator.says("30 minutes it is")
    await coordinator.hears_of(_("✓ All comments are answered."))
    town.deliver()
    await people[2].hears_of("30 minutes it is")
    for number, text in ((2, SECOND), (3, THIRD)):
        await coordinator.forges(agreement_presses.RUN.data(campaign_id))
        await coordinator.hears_of("💬 ")
        await sends_version(coordinator, _, number, text[language], as_file=number == 3)
        await publishes(town, coordinator, _, number, readers)
        await people[3].hears_of(told.format(n=number))
    await people[3].says("/agreement")
    await people[3].hears_of(_("Draft, version {n}").format(n=3))
    await people[3].presses("▶")
    await people[3].hears_of("三十分钟" if language == "zh_Hans" else "30 minutes")
    await people[3].presses(_("⚖ What changed since version {n}").format(n=1))
    shown = await people[3].hears_of(_("Struck through: no longer there. Bold: new."))
    assert {entity["type"] for entity in shown["entities"]} >= {"strikethrough", "bold"}
    assert (await clauses_of(town, campaign_id))[1] == clause, "it is the same clause in each version"


async def _voted(
    town: Town, coordinator: Rider, people: Sequence[Rider], campaign_id: CampaignId, language: str, folder: Path
) -> None:
    """Prepared in the chat with the key that trustees made; opened by three of them; checked by riders and a
    stranger."""
    _ = translator(language)
    await moved(town, campaign_id, Phase.VOTE)
    key, shares = await trustees_by_command(folder)
    await _ballot_opened(town, coordinator, campaign_id, language, key)
    await asyncio.gather(*(rider.hears_of(_("The secret ballot is open")) for rider in people))
    yes, no, ballot_id = _("Yes"), _("No"), BallotId(1)
    receipts = await asyncio.gather(
        *(casts(rider, ballot_id, no if at % 4 == 3 else yes, language) for at, rider in enumerate(people[:VOTERS]))
    )
    town.now = NOON + timedelta(days=2)
    await town.tick("ballots")
    await town.announces()
    await people[0].hears_of(_("The secret ballot is closed"))
    (folder / "box.json").write_bytes(await document_of(coordinator, "ballot-1-box.json"))
    code, _lines = await said_by(folder, "ballot", "open", str(folder / "box.json"), *shares[1:4])
    assert code == 0
    await coordinator.forges(ballot_presses.BRING_RESULT.data(campaign_id))
    await coordinator.hears_of("ballot open")
    await sends_file(coordinator, "result.json", (folder / "box-result.json").read_bytes())
    await coordinator.hears_of(_("✅ Carried"))
    town.now += timedelta(minutes=1)
    await town.announces()
    heard = await people[0].hears_of(_("✅ Carried"))
    assert _("{label}: {value}").format(label=yes, value=30) in heard["caption"]
    for at, choice in ((0, yes), (3, no)):
        await people[at].says("/voice")
        await people[at].hears_of(_("The list of voters says that you took part. If you didn't, tell a scrutineer."))
        await people[at].presses(_("🔎 Find my receipt"))
        listed = await people[at].hears_of(receipts[at][:5])
        assert f"{receipts[at][:5]} {receipts[at][5:]}  {choice}" in listed["text"]
    await people[0].forges(ballot_presses.RESULT.data(ballot_id))
    (folder / "verify.py").write_bytes(await document_of(people[0], "verify.py"))
    (folder / "published.json").write_bytes(await document_of(people[0], "ballot-1-result.json"))
    receipt = f"{receipts[3][:5]} {receipts[3][5:]}"
    command = [sys.executable, "-I", "-S", "verify.py", "published.json", *receipt.split()]
    said = await asyncio.to_thread(subprocess.run, command, cwd=folder, capture_output=True, text=True, check=True)
    for line in ("40 of 61 entitled took part", "everything in the file agrees", f"Receipt {receipt}: No"):
        assert line in said.stdout


async def _ballot_opened(town: Town, coordinator: Rider, campaign_id: CampaignId, language: str, key: bytes) -> None:
    _ = translator(language)
    await coordinator.forges(ballot_presses.NEW.data(campaign_id))
    await coordinator.hears_of(_("What is voted on? For example: Do you accept the agreement?"))
    await coordinator.says(QUESTION)
    await coordinator.hears_of("article 36" if language == "en" else "第三十六条")
    await coordinator.presses(_("Majority of the votes cast"))
    await coordinator.hears_of(_("Does the result bind the union? Voters are told before they vote."))
    await coordinator.presses(_("Binding"))
    await coordinator.hears_of("ballot-key.txt")
    await sends_file(coordinator, "ballot-key.txt", key)
    await coordinator.hears_of(_("When does the ballot close? Write it like “next Saturday 8 pm”, or choose a day."))
    await coordinator.says("26 Nov 12:00" if language == "en" else "11月26日 12:00")
    await coordinator.hears_of(_("Abstain"))
    await coordinator.presses(_("💾 Save it"))
    await coordinator.hears_of(_("📝 not opened yet"))
    await coordinator.presses(_("▶ Open the ballot …"))
    await coordinator.hears_of(_(OPEN_ASKS))
    await coordinator.presses(_("▶ Open it"))
    await coordinator.hears_of(_("⏳ ballot papers are being prepared"))
    await town.tick("ballots")
    town.now += timedelta(minutes=1)
    await town.announces()


async def _kept(
    town: Town, coordinator: Rider, people: Sequence[Rider], campaign_id: CampaignId, language: str
) -> None:
    """The result becomes commitments; who follows the demand hears of it; riders are asked when it is due, and a year
    later; what they say stands beside the official state."""
    _ = translator(language)
    await moved(town, campaign_id, Phase.RESULT)
    count = await _result_published(town, coordinator, people[0], campaign_id, language)
    town.deliver()
    await people[0].hears_of(_("📝 promised"))
    await people[0].hears_of(_("✅ kept"))

    asks = _("Something that was agreed is due now. Has it been kept? A few taps are enough.")
    await _asked(town, people, count, NOON + timedelta(days=95), asks, language)
    async with town.database.reading() as session:
        assert await askings.answers_of(session, campaign_id) == {}, "nothing is shown while riders answer"
    town.now += askings.OPEN_FOR + timedelta(minutes=1)
    for _tick in range(4):
        await town.tick("commitments")
    await people[7].forges(commitment_presses.AGREED.data(campaign_id, 0))
    page = await people[7].hears_of("👥")
    shown = _("Riders: kept {kept}, not kept {not_kept}, can't tell {cannot_tell}")
    assert shown.format(kept=15, not_kept=5, cannot_tell=_("<{n}").format(n=5)) in page["text"]
    assert _("✅ kept") in page["text"]
    asks = _("A year has passed since the result. Has what was agreed been kept? A few taps are enough.")
    await _asked(town, people, count, NOON + planning.A_YEAR + timedelta(days=3), asks, language)
    async with town.database.reading() as session:
        open_ones = await planning.of_campaign(session, campaign_id, AskingState.OPEN)
        assert [one.is_yearly for one in open_ones] == [True]
    told_of = [heard["text"] for heard in people[0].heard if heard.get("text", "").startswith("🔔")]
    assert [RAIN in text for text in told_of] == [True, True], "of each change, once"


async def _result_published(
    town: Town, coordinator: Rider, follower: Rider, campaign_id: CampaignId, language: str
) -> int:
    """And each clause becomes a commitment; the one for which riders asked is kept. Returns how many there are."""
    _ = translator(language)
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
    told = await follower.hears_of("Half an hour of rest")
    assert "photo" in told and re.search(f"{_('Yes')}[:：] ?30", told["caption"])
    await coordinator.forges(commitment_presses.RUN.data(campaign_id, 0))
    await coordinator.hears_of(f"🤝 {TITLE}")
    await coordinator.presses("➕ 其余" if language == "zh_Hans" else "➕ Add the other")
    await coordinator.hears_of(
        _("What is the deadline? Riders will then be asked whether it was kept. Write it like “28 Nov”, or choose.")
    )
    await coordinator.presses(_("In 90 days"))
    await coordinator.hears_of(f"🤝 {TITLE}")
    async with town.database.reading() as session:
        rows = await commitments.all_of(session, campaign_id)
    rest = next(row.id for row in rows if "三十分钟" in row.what or "30 minutes" in row.what)
    await moved(town, campaign_id, Phase.FOLLOW_UP)
    await coordinator.forges(commitment_presses.STATE.data(rest, "kept"))
    await coordinator.hears_of(_("“{state}”: why? One sentence that everyone can read.").format(state=_("✅ kept")))
    await coordinator.presses(_("Skip"))
    await coordinator.hears_of(_("✅ kept"))
    return len(rows)


async def _asked(town: Town, people: Sequence[Rider], count: int, at: datetime, asks: str, language: str) -> None:
    """Some riders are asked about each commitment; three of four say that it is kept."""
    _ = translator(language)
    town.now = at
    for _tick in range(4):
        await town.tick("commitments")
    await town.announces()

    async def answers(number: int, rider: Rider) -> None:
        await rider.hears_of(asks)
        await rider.presses(_("✍ Has it been kept?"))
        for turn in range(count):
            await rider.hears_of(f"🤝 {turn + 1}/{count}")
            await rider.presses(_("❌ Not kept") if number % 4 == 3 else _("✅ Kept"))
        await rider.hears_of(_(ANSWERED))

    await asyncio.gather(*(answers(number, rider) for number, rider in enumerate(people[:ASKED])))


async def _reported(town: Town, coordinator: Rider, campaign_id: CampaignId, language: str) -> None:
    """All of it in one file for the congress."""
    _ = translator(language)
    coordinator.skips_the_rest()
    await coordinator.forges(campaign_presses.REPORT.data(campaign_id))
    text = text_of_pdf(await document_of(coordinator, f"campaign-{campaign_id}.pdf")).replace("\n", "")
    told_of = (TITLE, SURVEY, RAIN, _("What everybody wants"), _("Draft agreement"), _("Secret ballot"), "65.6")
    for told in (*told_of, "Half an hour of rest"):
        assert told.replace(" ", "") in text.replace(" ", ""), told
