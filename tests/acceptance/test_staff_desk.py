"""Who runs the bot sees their own work first: what waits for them, and their commands."""

from __future__ import annotations

from datetime import timedelta

from handlers.i18n.translations import translator
from handlers.inputs.consent import JOIN
from storage.cases import cases
from storage.cases.table import Case, CaseContent
from storage.privacy import consents
from storage.telegram_ids import PersonId
from tests.support.activities import planned
from tests.support.applications import applied
from tests.support.languages import LANGUAGES
from tests.support.simulator import ADMIN, COORDINATOR, COUNSEL, NOON, Town
from tests.support.words.chat import HELP_PAGE


@LANGUAGES
async def test_start_is_the_desk_of_whoever_runs_the_bot(town: Town, language: str) -> None:
    _ = translator(language)
    app_language = language.replace("_", "-").lower()
    coordinator, rider = town.rider(COORDINATOR, app_language), town.rider(330, app_language)
    await coordinator.says("/start")
    assert _("✅ Nothing at the moment.") in (await coordinator.hears_of(_("Waiting for you")))["text"]
    await planned(town, starts_at=NOON + timedelta(hours=3), ends_at=NOON + timedelta(hours=5))
    await planned(town, title="Tomorrow", starts_at=NOON + timedelta(days=1), ends_at=NOON + timedelta(days=1, hours=1))
    async with town.database.writing() as session:
        await consents.give(session, PersonId(331), JOIN.purpose, JOIN.version, NOON)
        await applied(session, 331)
    await coordinator.says("/start")
    desk = (await coordinator.hears_of(_("Waiting for you")))["text"]
    assert _("Applications waiting: {n}").format(n=1) in desk and "15:00 🏀 3x3 basketball" in desk
    assert "Tomorrow" not in desk
    assert "/help" in (await coordinator.hears())["text"]
    await coordinator.presses("15:00")
    await coordinator.hears_of(_("✅ Published"))
    await coordinator.says("/help")
    text = (await coordinator.hears_of(_(HELP_PAGE)))["text"]
    assert text.index("/reviews") < text.index("/activities "), "their own commands come first"

    await rider.says("/start")
    assert _("Waiting for you") not in (await rider.hears())["text"]


async def test_where_somebody_may_be_in_danger_is_marked(town: Town) -> None:
    admin, counsel = town.rider(ADMIN), town.rider(COUNSEL)
    async with town.database.writing() as session:
        for person_id, desk in ((332, "legal"), (333, "care")):
            due = NOON + timedelta(hours=24)
            prefix = town.context.settings.desks[desk].prefix
            row = await cases.open_case(
                session, desk, prefix, PersonId(person_id), CaseContent("other"), 1, 2026, due, NOON
            )
    await admin.says("/start")
    assert "• Cases that nobody has taken: 2" in (await admin.hears_of("Waiting for you"))["text"]
    async with town.database.writing() as session:
        cases.mark_urgent(await session.get_one(Case, row.id), NOON, timedelta(minutes=30))
    await admin.says("/start")
    assert "🚨 Cases that nobody has taken: 2" in (await admin.hears_of("Waiting for you"))["text"]
    await counsel.says("/cases")
    page = await counsel.hears_of("people are waiting")
    assert "🚨 💛 Someone to talk to" in page["text"] and "🚨 ⚖️" not in page["text"]
    assert "🚨 💛" in str(page["reply_markup"])
    async with town.database.writing() as session:
        (await session.get_one(Case, row.id)).assigned_to = COUNSEL
    await counsel.says("/start")
    desk_of_counsel = (await counsel.hears_of("Waiting for you"))["text"]
    assert "🚨 Assigned to me: 1" in desk_of_counsel and "• Cases that nobody has taken: 1" in desk_of_counsel
