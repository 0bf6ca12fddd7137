"""The demo data of the sandbox can be tried: contests are entered, voted on and won, nominations decided."""

from __future__ import annotations

from bot.demo import contests, figures, honours
from handlers.contests import presses
from handlers.i18n.translations import translator
from storage.contests.ids import ContestId, EntryId
from storage.telegram_ids import PersonId
from tests.support.activities import at_home
from tests.support.languages import LANGUAGES
from tests.support.simulator import COORDINATOR, COUNSEL, Town

RIDER, NOMINATOR = PersonId(440), PersonId(441)
TEAMS, VOTED_ON, WON = map(ContestId, (1, 2, 3))


@LANGUAGES
async def test_contests_and_honours_can_be_tried(town: Town, language: str) -> None:
    _ = translator(language)
    database = town.database
    await figures.add(database, town.now, "Asia/Shanghai")
    await contests.add(database, town.now, COORDINATOR, (COUNSEL,))
    await honours.add(database, town.now, "Asia/Shanghai", RIDER, NOMINATOR, COORDINATOR)

    rider = await at_home(town, RIDER, language)
    await rider.says("/contests")
    page = await rider.hears_of(_("Contests"))
    assert "演示" in str(page["reply_markup"])
    await rider.forges(presses.SHOW.data(TEAMS))
    await rider.hears_of(_("You can take part now: a video, a picture, a document or a text."))
    await rider.forges(presses.LOOK.data(VOTED_ON, 0))
    await rider.hears_of(_("{n} of {total}").format(n=1, total=3))
    await rider.presses(_("👍 Vote for this"))
    await rider.is_told(_("👍 Your vote is counted. You can move it to another entry until voting ends."))
    await rider.forges(presses.WINNERS.data(WON))
    await rider.hears_of(_("entry no. {n}").split("{")[0])
    await rider.says("/honours")
    await rider.hears_of("演示·张兰")

    counsel = await at_home(town, COUNSEL, language)
    await counsel.says("/cases")
    await counsel.hears_of("🏅")
    coordinator = await at_home(town, COORDINATOR, language)
    await coordinator.forges(presses.CHECK.data(TEAMS))
    await coordinator.hears_of("夜骑队 (老马)")
    await coordinator.forges(presses.BOOK.data(WON, "html"))
    await coordinator.until(lambda: any("document" in heard for heard in coordinator.heard))
    await coordinator.forges(presses.TAKE_DOWN.data(EntryId(2)))
    await coordinator.hears()
