"""Contests: one from its set-up to the certificates, played by everybody who takes part in it."""

from __future__ import annotations

import io
import re

import zxingcpp
from PIL import Image

from bot.sandbox.params import Upload
from handlers.contests import presses
from handlers.i18n.translations import Translate, translator
from storage import audit
from storage.contests import entries
from storage.contests.audited import ContestAction
from storage.contests.entries import Entry
from storage.contests.ids import ContestId
from tests.support.activities import at_home
from tests.support.applications import picture
from tests.support.contests import RULES, TITLE, known, sends_document, sends_video
from tests.support.languages import LANGUAGES
from tests.support.simulator import COORDINATOR, Rider, Town

ENTRANTS, VOTERS, JUDGES = range(600, 608), range(620, 640), range(650, 653)
CATEGORIES = ("Riding", "Helmets", "Stories")
CONTEST = ContestId(1)


async def sets_up(coordinator: Rider, _: Translate, language: str) -> None:
    """By the form: three categories, two criteria, two prizes, two entries of each category for the judges."""
    await coordinator.says("/contest")
    await coordinator.hears_of(_("Contests"))
    await coordinator.presses(_("➕ New contest"))
    await coordinator.hears_of(_("What is it called? For example: Safe riding, short videos 2027"))
    await coordinator.says(TITLE)
    await coordinator.hears_of("比赛规则是什么" if language == "zh_Hans" else "What are the rules?")
    await coordinator.says(RULES)
    await coordinator.hears_of(_("Which categories are there? One per line."))
    await coordinator.says("\n".join(CATEGORIES))
    await coordinator.hears_of(TITLE)
    for title, answer in (
        (_("Criteria"), "Idea\nUse"),
        (_("Prizes"), "A scooter\nA helmet"),
        (_("Shortlist"), "2"),
        (_("Entries until"), "下周六晚上八点" if language == "zh_Hans" else "next Saturday 8 pm"),
    ):
        await coordinator.changes(title)
        await coordinator.hears()
        await coordinator.says(answer)
        await coordinator.hears_of(TITLE)
    await coordinator.presses(_("💾 Save it"))
    await coordinator.hears_of(_("📝 not started"))


async def moves_on(town: Town, coordinator: Rider, _: Translate, to: str) -> None:
    await coordinator.says("/contest")
    await coordinator.hears_of(_("Contests"))
    await coordinator.presses(TITLE)
    await coordinator.hears_of(_("Who can enter: {whom}").format(whom=_("Everyone")))
    await coordinator.presses(_("▶ Move on to “{phase}” …").format(phase=_(to)))
    await coordinator.hears_of(_("Move on to “{phase}”? This can't be undone.").format(phase=_(to)))
    await coordinator.presses(_("▶ Move on and tell {people}").split("{people}")[0])
    await coordinator.hears_of(f"▶️ {_(to)}")
    await town.announces()


async def enters(town: Town, rider: Rider, _: Translate, at: int) -> None:
    """A video, a picture, a document or a text, by a nickname."""
    await rider.says("/contests")
    await rider.hears_of(f"▶️ {_('Call for entries')}")
    await rider.presses(_("➕ Take part"))
    await rider.hears_of(RULES)
    await rider.presses(_("✅ I agree, go on"))
    await rider.hears_of(_("In which category?"))
    await rider.presses(CATEGORIES[at % 3])
    await rider.hears_of(
        _("Send your entry: one video, picture or document, or write a text of up to 2,000 characters.")
    )
    if at % 4 == 0:
        await sends_video(town, rider, f"Rider {rider.id}.mp4", b"film%d" % at)
    elif at % 4 == 1:
        await rider.sends(photo=town.world.files.photo(Upload("p.png", picture())))
    elif at % 4 == 2:
        await sends_document(town, rider, f"Rider {rider.id}.pdf", b"page%d" % at)
    else:
        await rider.says("I always look twice before I turn, and so should you.")
    await rider.hears_of(_("What is the title of your entry?"))
    await rider.says(f"Work {at}")
    if at % 4 != 3:
        await rider.hears_of(_("A few words about it? Up to 500 characters."))
        await rider.says(f"About {at}")
    await rider.hears_of(
        _("Which name should be shown with it? Use your account's name, or write a nickname or your team's name.")
    )
    await rider.says(f"Nick{at:02d}")
    await rider.hears_of(f"Work {at}")
    await rider.presses(_("📨 Send it in"))
    await rider.hears_of(_("Your entry is in. A coordinator will check it, and I'll let you know."))


async def shown_entries(town: Town) -> dict[str, Entry]:
    """By their titles."""
    async with town.database.reading() as session:
        rows = await entries.published(session, CONTEST)
        return {entries.title_of(session, row): row for row in rows}


@LANGUAGES
async def test_a_contest_from_its_set_up_to_the_certificates(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator = await at_home(town, COORDINATOR, language)
    entrants = [await at_home(town, one, language) for one in ENTRANTS]
    voters = [await at_home(town, one, language) for one in VOTERS]
    judges = [await at_home(town, one, language) for one in JUDGES]
    await known(town.database, *ENTRANTS, *VOTERS, *JUDGES)
    await sets_up(coordinator, _, language)
    await moves_on(town, coordinator, _, "Call for entries")
    await entrants[0].hears_of(_("You can take part now: a video, a picture, a document or a text."))
    for at, rider in enumerate(entrants):
        await enters(town, rider, _, at)
    await moves_on(town, coordinator, _, "Check")
    await coordinator.presses(_("🔎 Check entries: {n}").format(n=8))
    for at in range(8):
        seen = await coordinator.hears_of(f"Work {at}")
        assert f"Nick{at:02d}" in (seen.get("caption") or seen["text"])
        await coordinator.presses(_("✅ Accept it"))
    await coordinator.hears_of(_("✅ All entries are checked."))
    town.deliver()
    await entrants[0].hears_of(_("“{title}” takes part. Good luck!").format(title="Work 0"))
    for judge in judges:
        await coordinator.forges(presses.NAME_JUDGE.data(CONTEST))
        await coordinator.until(lambda: _("👤 Choose someone") in str(coordinator.heard[-2:]))
        await coordinator.says(str(judge.id))
        await coordinator.hears_of(str(judge.id))
    await moves_on(town, coordinator, _, "Public vote")

    work = {title: row.id for title, row in (await shown_entries(town)).items()}
    await looks_around(voters[0], _)
    for at, voter in enumerate(voters):
        # Work 0 gets the most in its category, then 3, then 6; the others as they come.
        await voter.forges(presses.VOTE.data(work["Work 0" if at < 12 else "Work 3" if at < 17 else "Work 6"], 0))
        await voter.forges(presses.VOTE.data(work["Work 1" if at < 15 else "Work 4"], 1))
        await voter.forges(presses.VOTE.data(work["Work 5" if at < 11 else "Work 2"], 0))
    await town.until_idle()
    await voters[19].forges(presses.VOTE.data(work["Work 3"], 0))
    await voters[19].until(lambda: len(voters[19].answers) >= 4)
    assert all("👍" in answer["text"] for answer in voters[19].answers)

    await moves_on(town, coordinator, _, "Judging")
    for judge in judges:
        await judge.hears_of(_("Judging has begun: entries are waiting for your scores."))
        await judges_all(judge, _)
    await moves_on(town, coordinator, _, "Winners")
    rows = await shown_entries(town)
    assert rows["Work 0"].votes == 12 and rows["Work 3"].votes == 6 and rows["Work 6"].votes == 2
    assert rows["Work 0"].place == 1 and rows["Work 6"].place is None, "the third is not on the shortlist"
    assert sum(row.votes or 0 for row in rows.values()) == 60

    await entrants[0].hears_of(_("“{title}” took place {n}. Congratulations!").format(title="Work 0", n=1))
    await entrants[0].says("/contests")
    await entrants[0].hears_of(f"▶️ {_('Winners')}")
    await entrants[0].presses(_("🏅 Winners"))
    page = await entrants[0].hears_of("Work 0")
    assert "Nick00" in page["text"] and "A scooter" in page["text"] and "Work 6" not in page["text"]
    await has_certificate(town, entrants[0], voters[1], _)
    await has_the_book(town, coordinator)
    await coordinator.forges(presses.ANNOUNCEMENT.data(CONTEST))
    await coordinator.hears_of("Nick00")
    async with town.database.reading() as session:
        acts = {entry.act for entry in await audit.newest(session, 40)}
    assert acts >= {ContestAction.CONTEST_CREATED, ContestAction.CONTEST_MOVED, ContestAction.ENTRY_SHOWN}


async def looks_around(voter: Rider, _: Translate) -> None:
    """Entries of all kinds one after the other, in place where Telegram can; back to the first one."""
    await voter.says("/contests")
    page = await voter.hears_of(_("One vote in each category"))
    assert "12" not in page["text"]
    await voter.presses(f"👀 {CATEGORIES[0]}")
    seen = []
    for number in (1, 2, 3, 1):
        heard = await voter.hears_of(_("{n} of {total}").format(n=number, total=3))
        seen.append(re.findall(r"Work \d", heard.get("caption") or heard["text"])[0])
        await voter.presses("▶")
    assert sorted(seen[:3]) == ["Work 0", "Work 3", "Work 6"] and seen[3] == seen[0]
    await voter.presses(_("👍 Vote for this"))
    await voter.is_told(_("👍 Your vote is counted. You can move it to another entry until voting ends."))


async def judges_all(judge: Rider, _: Translate) -> None:
    """Two entries of each category; better scores for those with low numbers."""
    await judge.presses(_("⚖️ To the entries"))
    await judge.hears_of(_("⚖️ To judge: {n} of {total}").format(n=6, total=6))
    await judge.presses(_("▶ Next entry"))
    for _at in range(6):
        heard = await judge.hears_of(_("{criterion}: how many points, from 1 to 10?").format(criterion="Idea"))
        number = int(re.findall(r"Work (\d)", heard.get("caption") or heard["text"])[0])
        await judge.presses(str(9 - number))
        await judge.hears_of(_("{criterion}: how many points, from 1 to 10?").format(criterion="Use"))
        await judge.presses(str(9 - number))
        await judge.hears_of(_("{label}: {value}").format(label="Use", value=9 - number))
        await judge.presses(_("▶ Next entry"))
    await judge.hears_of(_("⚖️ To judge: {n} of {total}").format(n=0, total=6))


async def has_certificate(town: Town, winner: Rider, other: Rider, _: Translate) -> None:
    """A picture and a PDF; whoever scans it hears that it is valid, and a forged one is not."""
    await winner.presses(_("🎓 Certificate"))
    while "photo" not in (shown := await winner.hears()):
        pass
    picture = town.world.files.get(shown["photo"][-1]["file_id"])
    assert picture is not None
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(bytes(picture.content))))
    document = await winner.hears()
    file = town.world.files.get(document["document"]["file_id"])
    assert file is not None and bytes(file.content).startswith(b"%PDF")
    await other.says(f"/start {code.text.partition('start=')[2]}")
    valid = await other.hears_of(_("Valid certificate"))
    assert "Nick00" in valid["text"] and _("Place {n} in “{category}”").format(n=1, category="Riding") in valid["text"]
    await other.says("/start cert_forged")
    await other.hears_of(_("❌ This certificate isn't on record. It may have been withdrawn."))


async def test_moving_on_without_an_entry_is_warned_of(town: Town) -> None:
    """There is no way back from it; and who writes too short an entry is not sent to the page they came from."""
    coordinator, rider = await at_home(town, COORDINATOR), await at_home(town, 99)
    await sets_up(coordinator, str, "en")
    await moves_on(town, coordinator, str, "Call for entries")
    await rider.says("/contests")
    await rider.hears_of("▶️ Call for entries")
    await rider.presses("➕ Take part")
    await rider.hears_of(RULES)
    await rider.presses("✅ I agree, go on")
    await rider.hears_of("In which category?")
    await rider.presses(CATEGORIES[0])
    await rider.hears_of("Send your entry")
    await rider.says("contest")
    refused = await rider.hears_of("10 to 2,000")
    assert "🏆" not in str(refused.get("reply_markup"))
    for phase in ("Check", "Public vote", "Judging"):
        await coordinator.says("/contest")
        await coordinator.hears_of("Contests")
        await coordinator.presses(TITLE)
        await coordinator.hears_of("Who can enter: Everyone")
        await coordinator.presses(f"▶ Move on to “{phase}”")
        asked = (await coordinator.hears_of(f"Move on to “{phase}”? This can't be undone."))["text"]
        assert "There is no entry yet." in asked
        if phase != "Judging":
            await coordinator.presses("▶ Move on and tell ")
            await coordinator.hears_of(f"▶️ {phase}")


async def has_the_book(town: Town, coordinator: Rider) -> None:
    """As PDF and as one HTML file, with the pictures that were entered, and nothing that a browser would run."""
    made = {}
    for kind in ("pdf", "html"):
        await coordinator.forges(presses.BOOK.data(CONTEST, kind))
        while "document" not in (document := await coordinator.hears()):
            pass
        file = town.world.files.get(document["document"]["file_id"])
        assert file is not None and file.name == f"entries.{kind}"
        made[kind] = bytes(file.content)
    assert made["pdf"].startswith(b"%PDF") and made["pdf"].count(b"/Subtype /Image") == 1
    page = made["html"].decode()
    assert page.count("data:image/jpeg;base64,") == 2 and "<script" not in page and "default-src 'none'" in page
    assert all(f"Work {at}" in page and f"Nick{at:02d}" in page for at in range(8))
    assert not any(str(one) in page for one in ENTRANTS)
