"""Surveys: set up in the chat or from a file, answered by riders, closed, and shown."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

from sqlalchemy import func, select

from bot.sandbox.params import Json, Upload
from handlers.campaigns.presses import RUN_SHOW
from handlers.campaigns.surveys import presses
from handlers.i18n.translations import translator
from storage import audit
from storage.campaigns.campaigns import Phase
from storage.campaigns.ids import QuestionId, SurveyId
from storage.campaigns.surveys import questions, surveys
from storage.campaigns.surveys.audited import SurveyAction
from storage.campaigns.surveys.roll import RollRow
from storage.campaigns.surveys.surveys import State, Survey
from storage.campaigns.surveys.tallies import Tally
from storage.campaigns.surveys.wording import Kind, Wording
from storage.dialogues import Value
from storage.membership import memberships
from storage.operations.organisation import Joining
from storage.people.segments import Segment, Speaks
from storage.telegram_ids import PersonId
from tests.support.activities import at_home
from tests.support.campaigns import COUNTERPART, in_phase, moved
from tests.support.campaigns import prepared as campaign_prepared
from tests.support.languages import LANGUAGES
from tests.support.privacy import erases_everything
from tests.support.settings import change_settings
from tests.support.simulator import COORDINATOR, Rider, Town
from tests.support.surveys import CLOSES, NEEDS, RAISE, TITLE, opened, prepared, told
from tests.support.words.privacy import STORED_PAGE

FIRST = 540
RIDERS = 13


async def kept(town: Town, survey_id: SurveyId) -> Survey:
    async with town.database.reading() as session:
        return await surveys.find(session, survey_id)


async def only_survey(town: Town) -> Survey:
    async with town.database.reading() as session:
        return (await session.scalars(select(Survey))).one()


async def counted(town: Town, survey_id: SurveyId, part: int = 0) -> list[list[int]]:
    """By question: how many answered it, then how many chose each option."""
    async with town.database.reading() as session:
        asked = await questions.of_survey(session, survey_id)
        rows = (await session.scalars(select(Tally).where(Tally.part == part).order_by(Tally.option))).all()
        return [[row.count for row in rows if row.question_id == question.id] for question in asked]


async def members(town: Town, platforms: list[str]) -> None:
    """The first riders are members, each on one of these platforms."""
    async with town.database.writing() as session:
        for at, platform in enumerate(platforms):
            data: dict[str, Value] = {"name": f"骑手{at}", "platform": platform}
            await memberships.create(session, PersonId(FIRST + at), data, town.now)


async def page_of(coordinator: Rider, survey_id: SurveyId) -> Json:
    await coordinator.forges(presses.SHOW.data(survey_id))
    return await coordinator.hears_of(f"{TITLE} · ")


@LANGUAGES
async def test_a_survey_from_the_form_to_the_result(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator = await at_home(town, COORDINATOR, language)
    riders = [await at_home(town, FIRST + at, language) for at in range(RIDERS)]
    change_settings(town.app, joining=Joining(platforms=["美团", "饿了么"]))
    await members(town, ["美团"] * 8 + ["饿了么"] * 2)
    campaign_id = await in_phase(town, Phase.GATHER)

    await coordinator.forges(RUN_SHOW.data(campaign_id))
    await coordinator.hears_of(_("▶️ running"))
    await coordinator.presses(_("➕ New survey"))
    await coordinator.hears_of(_("What is the survey called? For example: Working hours in winter"))
    await coordinator.says(TITLE)
    await coordinator.hears_of(_("Until when can riders answer? Write it like “next Saturday 8 pm”, or choose a day."))
    await coordinator.says("下周六晚上八点" if language == "zh_Hans" else "next Saturday 8 pm")
    await coordinator.hears_of(TITLE)
    await coordinator.presses(_("💾 Save it"))
    await coordinator.hears_of(_("No question yet. Add them one by one, or send a file."))
    await _adds(coordinator, language, _("A number, in ranges"), "Hours a day?", "8 10")
    await _adds(coordinator, language, _("Several choices"), "What is missing?", "Rest\nWater\nToilets")
    await _adds(coordinator, language, _("From 1 to 5"), "How safe do you feel?", "")
    await _adds(coordinator, language, _("One choice"), "Raise it?", "Yes\nNo")
    await coordinator.presses(f"▫️ {_('By platform')}")
    await coordinator.hears_of(f"📊 {_('By platform')}")
    survey_id = (await only_survey(town)).id

    await coordinator.presses(_("▶ Open it …"))
    await coordinator.hears_of("4")
    await coordinator.presses(_("▶ Open it"))
    await coordinator.hears_of(_("⏳ opening"))
    await told(town)
    assert (await kept(town, survey_id)).state is State.OPEN
    for at, rider in enumerate(riders):
        await _answers(rider, language, at)
    assert await counted(town, survey_id) == [[13, 10, 3, 0], [13, 13, 7, 0], [13, 0, 0, 0, 0, 13], [13, 12, 1]]
    assert (await counted(town, survey_id, 1))[3] == [8, 8, 0]

    await page_of(coordinator, survey_id)
    await coordinator.presses(_("⏹ Close it now …"))
    await coordinator.hears_of(_("Close it now? Nobody will be able to answer any more, and you will see the result."))
    await coordinator.presses(_("⏹ Close it"))
    await coordinator.hears_of(_("Answered: {n} of {total} people, rounded").format(n=15, total=15))
    for _turn in range(3):
        await town.tick("surveys")
    async with town.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(RollRow)) == 0
    await riders[0].forges(presses.RESULT.data(survey_id, 1, ""))
    assert _("This survey isn't open to you. See what is: /voice") in await _alert(riders[0])

    await coordinator.presses(_("📊 See the result"))
    page = await coordinator.hears_of("Hours a day?")
    for label, figure in (("0–8", "10"), ("9–10", _("<{n}").format(n=5))):
        assert _("{label}: {value}").format(label=label, value=figure) in page["text"]
    assert "(67%)" in page["text"]
    await coordinator.presses("▶")
    await coordinator.hears_of("What is missing?")
    await coordinator.presses(_("By platform"))
    page = await coordinator.hears_of("美团")
    few = _("<{n}").format(n=5)
    assert f"美团\n10 · 5 · {few}" in page["text"] and "饿了么" not in page["text"]
    assert _("In all other groups, each answer was given by fewer than {n} people.").format(n=5) in page["text"]
    await coordinator.presses(_("📊 As a chart"))
    await coordinator.until(lambda: any("photo" in heard for heard in coordinator.heard))
    await page_of(coordinator, survey_id)
    await coordinator.presses(_("📄 As CSV"))
    await coordinator.until(lambda: any("document" in heard for heard in coordinator.heard))
    await coordinator.presses(_("📄 As PDF"))
    await coordinator.until(lambda: sum("document" in heard for heard in coordinator.heard) == 2)

    await coordinator.presses(_("📢 Publish it …"))
    await coordinator.hears_of(_("Publish the result to everyone the campaign is for? They will be told."))
    await coordinator.presses(_("📢 Publish it"))
    await coordinator.hears_of(_("✅ closed"))
    await told(town)
    await riders[0].hears_of(_("The result of this survey is here."))
    await riders[0].presses(_("📊 See the result"))
    await riders[0].hears_of(_("{label}: {value}").format(label="0–8", value="10"))
    await riders[0].says("/voice")
    await riders[0].hears_of("With:" if language == "en" else COUNTERPART)
    riders[0].button(_("📊 Result: {title}").format(title=TITLE))
    async with town.database.reading() as session:
        acts = {entry.act for entry in await audit.newest(session, 20)}
    assert acts >= {SurveyAction.SURVEY_CREATED, SurveyAction.SURVEY_OPENED, SurveyAction.SURVEY_CLOSED}


async def _adds(coordinator: Rider, language: str, kind: str, text: str, rest: str) -> None:
    _ = translator(language)
    await coordinator.presses(_("➕ Add a question"))
    await coordinator.hears_of(_("How is it answered?"))
    await coordinator.presses(kind)
    await coordinator.hears_of(_("Write the question as riders read it."))
    await coordinator.says(text)
    if rest:
        asked = _("Which answers can be chosen? Each on a line of its own, 2 to 8.")
        if rest[0].isdigit():
            asked = _("Where does each range end? For example, 10 20 30 makes 0–10, 11–20, 21–30 and more than 30.")
        await coordinator.hears_of(asked)
        await coordinator.says(rest)
    await coordinator.hears_of(_("Is everything correct?"))
    await coordinator.presses(_("💾 Save it"))
    await coordinator.hears_of(text)


async def _answers(rider: Rider, language: str, at: int) -> None:
    """From the announcement to the last question, in one message that changes."""
    _ = translator(language)
    promised = await rider.hears_of(_("I only count how often each answer is given, not who gave it."))
    assert _("Telegram and the running bot see which button you press.") in promised["text"]
    await rider.presses(_("📋 Answer now"))
    await rider.hears_of("Hours a day?")
    before = len([heard for heard in rider.heard if not heard["edited"]])
    await rider.presses("0–8" if at < 10 else "9–10")
    await rider.hears_of("What is missing?")
    await _ticks(rider, "✅", "Rest")
    if at < 7:
        await _ticks(rider, "✅", "Water")
    await _ticks(rider, "✅", "Toilets")
    await _ticks(rider, "▫️", "Toilets")
    await rider.presses(_("✔ Done"))
    await rider.hears_of("How safe do you feel?")
    await rider.presses("5")
    await rider.hears_of("Raise it?")
    await rider.presses("Yes" if at < 12 else "No")
    await rider.hears_of(_("What you answered, and when, is not stored: it was only added to the totals."))
    assert len([heard for heard in rider.heard if not heard["edited"]]) == before, "it is one message throughout"


async def _ticks(rider: Rider, mark: str, label: str) -> None:
    """Presses an answer until its button has this mark."""
    before = "▫️" if mark == "✅" else "✅"
    await rider.presses(f"{before} {label}")

    def is_marked() -> bool:
        messages = rider.world.chats[rider.id].messages.values()
        return any(key["text"] == f"{mark} {label}" for message in messages for key in _keys(message))

    await rider.until(is_marked)


def _keys(message: Json) -> list[Json]:
    return [key for row in message.get("reply_markup", {}).get("inline_keyboard", []) for key in row]


async def _alert(rider: Rider) -> str:
    """The words of the next pop-up that says something."""
    while not (said := await rider.is_answered()):
        pass
    return said


@LANGUAGES
async def test_questions_come_from_a_file_and_faults_name_their_line(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator = await at_home(town, COORDINATOR, language)
    survey_id = await prepared(town.database, await in_phase(town, Phase.GATHER), [RAISE])
    await page_of(coordinator, survey_id)
    await coordinator.presses(_("📎 From a file"))
    await coordinator.hears_of("kind,text,options")
    await coordinator.says("here it is")
    await coordinator.hears_of(_("Please send the file as a document (📎 → File)."))
    await _sends(town, coordinator, "questions.pdf", b"%PDF")
    await coordinator.hears_of(_("Please send a .csv or .toml file."))
    await _sends(town, coordinator, "questions.csv", b"kind,text,options\n" + b"x" * (65 << 10))
    await coordinator.hears_of(_("The file is larger than {n} KB.").format(n=64))
    await _sends(town, coordinator, "q.csv", b"kind,text,options\none,Pay?,Yes|No\none,Heat?,Yes\n")
    fault = await coordinator.hears_of(_("line {n}").format(n=3))
    assert _("Nothing has been changed.") in fault["text"]
    async with town.database.reading() as session:
        assert len(await questions.of_survey(session, survey_id)) == 1
    content = "题型,题目,选项\n单选,加薪？,是|否\n数字,工时？,8|10\n".encode("gb18030")
    await _sends(town, coordinator, "q.csv", content)
    page = await coordinator.hears_of("加薪？")
    assert RAISE.text not in page["text"] and "工时？" in page["text"]
    await coordinator.presses("✎ 2")
    await coordinator.hears_of("9–10")
    await coordinator.presses(_("⬆ Up"))
    await coordinator.hears_of(_("Question {n} of {total}").format(n=1, total=2))
    await coordinator.presses(_("✎ Change"))
    await coordinator.hears_of(_("Is everything correct?"))
    await coordinator.changes(_("Other language"))
    await coordinator.hears_of("工时？")
    await coordinator.says("Hours?")
    await coordinator.hears_of(_("Is everything correct?"))
    await coordinator.presses(_("💾 Save it"))
    await coordinator.hears_of("加薪？")
    await coordinator.presses("✎ 2")
    await coordinator.hears_of("加薪？")
    await coordinator.presses(_("🗑 Remove …"))
    await coordinator.hears_of(_("Remove “{question}”?").format(question="加薪？"))
    await coordinator.presses(_("🗑 Remove it"))
    page = await coordinator.hears_of(TITLE)
    assert "加薪" not in page["text"]
    async with town.database.reading() as session:
        (only,) = await questions.of_survey(session, survey_id)
        assert (only.position, only.wording.other_text) == (1, "Hours?")


async def _sends(town: Town, coordinator: Rider, name: str, content: bytes) -> None:
    await coordinator.sends(document=town.world.files.document(Upload(name, content)))


async def open_survey(town: Town, *asked: object) -> SurveyId:
    survey_id = await prepared(town.database, await in_phase(town, Phase.RANK), asked or (RAISE, NEEDS))  # type: ignore[arg-type]
    await opened(town.database, survey_id)
    return survey_id


async def question_ids(town: Town, survey_id: SurveyId) -> list[int]:
    async with town.database.reading() as session:
        return [row.id for row in await questions.of_survey(session, survey_id)]


async def test_an_answer_counts_once_however_often_it_is_pressed(town: Town) -> None:
    rider = await at_home(town, FIRST)
    survey_id = await open_survey(town)
    first, second = await question_ids(town, survey_id)
    for option in (1, 1, 2, 1):
        await rider.forges(f"sva:{first}:{option}")
    await town.until_idle()
    await rider.until(lambda: any("You have already answered this question." in one["text"] for one in rider.answers))
    for bits in (0, 3, 3):
        await rider.forges(f"svd:{second}:{bits}")
    await town.until_idle()
    assert await counted(town, survey_id) == [[1, 1, 0], [1, 1, 1, 0]]


async def test_one_leaves_and_goes_on_later(town: Town) -> None:
    rider = await at_home(town, FIRST)
    await open_survey(town)
    await rider.says("/voice")
    page = await rider.hears_of(f"Survey: {TITLE} (0 of 2, 1 min)")
    assert "📋" in page["text"]
    await rider.presses(f"📋 Answer: {TITLE}")
    await rider.hears_of("Raise it?")
    await rider.presses("Yes")
    await rider.hears_of("What is missing?")
    await rider.presses("◀ Later")
    await rider.hears_of("(1 of 2, 1 min)")
    await rider.presses(f"📋 Go on: {TITLE}")
    await rider.hears_of("What is missing?")
    await rider.presses("✔ Done")
    await rider.until(lambda: any("Choose at least one" in one["text"] for one in rider.answers))
    await _ticks(rider, "✅", "Water")
    await rider.presses("✔ Done")
    await rider.hears_of("Thank you!")
    await rider.presses("◀ Back")
    await rider.hears_of("You have answered it.")


async def test_it_is_for_the_segment_and_for_who_was_there(town: Town) -> None:
    chinese, english = await at_home(town, FIRST, "zh_Hans"), await at_home(town, FIRST + 1)
    campaign_id = await campaign_prepared(town, segment=Segment((Speaks("zh_Hans"),)))
    await moved(town, campaign_id, Phase.GATHER)
    survey_id = await prepared(town.database, campaign_id, [NEEDS])
    (question,) = await question_ids(town, survey_id)
    await chinese.forges(presses.ANSWER.data(survey_id))
    assert "已截止" in await _alert(chinese)
    await opened(town.database, survey_id)
    for data in (presses.ANSWER.data(survey_id), f"svt:{question}:1", f"svd:{question}:1"):
        await english.forges(data)
        assert "isn't open to you" in await _alert(english)
    late = await at_home(town, FIRST + 2, "zh_Hans")
    await late.forges(presses.ANSWER.data(survey_id))
    assert "面向开始时" in await _alert(late)
    await chinese.forges(presses.ANSWER.data(survey_id))
    await chinese.hears_of("缺什么？")
    await _ticks(chinese, "✅", "喝水")
    await chinese.presses("✔ 选好了")
    await chinese.hears_of("全部答完了")
    await chinese.forges(f"svd:{question}:256")
    assert "没有这个选项" in await _alert(chinese)
    assert await counted(town, survey_id) == [[1, 0, 1, 0]]


async def test_it_closes_at_its_time_and_coordinators_hear_of_it(town: Town) -> None:
    coordinator, rider = await at_home(town, COORDINATOR), await at_home(town, FIRST)
    survey_id = await open_survey(town)
    first, _second = await question_ids(town, survey_id)
    town.now = CLOSES + timedelta(seconds=1)
    await rider.forges(f"sva:{first}:1")
    assert "closed" in await _alert(rider)
    for _turn in range(3):
        await town.tick("surveys")
    town.deliver()
    await coordinator.hears_of("This survey has closed.")
    await coordinator.presses("📋 Open")
    assert "Was open until" in (await coordinator.hears_of("✅ closed"))["text"]
    assert (await kept(town, survey_id)).state is State.CLOSED
    assert await counted(town, survey_id) == [[0, 0, 0], [0, 0, 0, 0]]


async def test_it_ends_with_its_campaign(town: Town) -> None:
    campaign_id = await campaign_prepared(town, {Phase.GATHER: None})
    await moved(town, campaign_id, Phase.GATHER)
    running, unopened = [await prepared(town.database, campaign_id) for _ in range(2)]
    await opened(town.database, running)
    coordinator = await at_home(town, COORDINATOR)
    await coordinator.forges(f"cmpmovenow:{campaign_id}:gather")
    await coordinator.hears_of("✅ over")
    row = await only_survey(town)
    assert (row.id, row.state) == (running, State.CLOSED) and unopened != running


async def test_who_is_erased_leaves_no_row_and_the_counts_stay(town: Town) -> None:
    rider = await at_home(town, FIRST)
    survey_id = await open_survey(town)
    first, _second = await question_ids(town, survey_id)
    await rider.forges(f"sva:{first}:1")
    await rider.hears_of("What is missing?")
    await rider.says("/privacy")
    await rider.hears_of(STORED_PAGE)
    await erases_everything(rider)
    async with town.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(RollRow)) == 0
    assert (await counted(town, survey_id))[0] == [1, 1, 0]
    again = await at_home(town, FIRST)
    await again.forges(f"sva:{first}:2")
    assert "when it opened" in await _alert(again)


async def test_nobody_sees_counts_before_the_close(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    riders = [await at_home(town, FIRST + at) for at in range(21)]
    survey_id = await open_survey(town, RAISE)
    (question,) = await question_ids(town, survey_id)
    page = await page_of(coordinator, survey_id)
    assert "Too few answers" in page["text"]
    for rider in riders[:8]:
        await rider.forges(f"sva:{question}:1")
        await rider.hears_of("Thank you!")
    page = await page_of(coordinator, survey_id)
    assert "Turnout so far: 35%" in page["text"]  # 8 of 22, with the coordinator
    for data in (presses.RESULT.data(survey_id, 1, ""), presses.CHART.data(survey_id, 1), presses.CSV.data(survey_id)):
        await coordinator.forges(data)
        assert "Nobody sees the result" in await _alert(coordinator)
    await coordinator.forges(presses.PUBLISH.data(survey_id))
    assert "Nobody sees the result" in await _alert(coordinator)


async def test_the_csv_says_what_the_pages_say(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    riders = [await at_home(town, FIRST + at) for at in range(9)]
    survey_id = await open_survey(town, RAISE)
    (question,) = await question_ids(town, survey_id)
    for at, rider in enumerate(riders):
        await rider.forges(f"sva:{question}:{1 if at < 6 else 2}")
        await rider.hears_of("Thank you!")
    await coordinator.forges(presses.CLOSE.data(survey_id))
    await coordinator.hears_of("✅ closed")
    await coordinator.forges(presses.CSV.data(survey_id))
    await coordinator.until(lambda: "document" in coordinator.heard[-1])
    file_id = coordinator.heard[-1]["document"]["file_id"]
    file = town.world.files.get(file_id)
    assert file is not None
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert rows[1:] == [["1", "Raise it?", "Yes", "", "", "5"], ["1", "Raise it?", "No", "", "", "<5"]]


async def test_once_it_is_open_nothing_changes(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    survey_id = await open_survey(town)
    first, _second = await question_ids(town, survey_id)
    for data in (
        presses.ADD.data(survey_id),
        presses.CHANGE.data(survey_id),
        presses.FROM_FILE.data(survey_id),
        presses.BREAK_DOWN.data(survey_id, "platform"),
        f"svqmove:{first}:1",
        f"svqdelnow:{first}",
        f"svqedit:{first}",
        presses.OPEN.data(survey_id),
        presses.DELETE.data(survey_id),
    ):
        await coordinator.forges(data)
        assert "has been opened" in await _alert(coordinator)


async def test_one_that_nobody_has_seen_can_be_deleted(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    campaign_id = await in_phase(town, Phase.GATHER)
    survey_id = await prepared(town.database, campaign_id)
    await page_of(coordinator, survey_id)
    await coordinator.presses("🗑 Delete …")
    await coordinator.hears_of("Nobody has seen it yet.")
    await coordinator.presses("🗑 Delete it")
    await coordinator.hears_of("is deleted.")
    async with town.database.reading() as session:
        assert await surveys.of_campaign(session, campaign_id) == []


async def test_two_languages_have_as_many_answers(town: Town) -> None:
    """Who changes one is shown the form again, with what does not fit."""
    coordinator = await at_home(town, COORDINATOR)
    survey_id = await prepared(town.database, await in_phase(town, Phase.GATHER), [NEEDS])
    (question,) = await question_ids(town, survey_id)
    await coordinator.forges(f"svqedit:{question}")
    await coordinator.hears_of("Is everything correct?")
    await coordinator.changes("Answers")
    await coordinator.hears_of("Which answers can be chosen?")
    await coordinator.says("休息\n喝水")
    await coordinator.hears_of("Is everything correct?")
    await coordinator.presses("💾 Save it")
    await coordinator.hears_of("The other language needs the question, and as many answers as the first.")
    await coordinator.hears_of("Is everything correct?")
    await coordinator.changes("Other language")
    await coordinator.hears_of("the question on the first line")
    await coordinator.says("What is missing?\nRest\nWater")
    await coordinator.hears_of("Is everything correct?")
    await coordinator.presses("💾 Save it")
    await coordinator.hears_of("What is missing?")
    async with town.database.reading() as session:
        assert (await questions.find(session, QuestionId(question))).wording.other_options == ("Rest", "Water")


async def test_an_answer_that_a_button_would_cut_is_written_out(town: Town) -> None:
    rider = await at_home(town, FIRST)
    long = "Only on days when it rains or snows, and never else"
    survey_id = await open_survey(town, Wording(Kind.ONE, "When?", (long, "Always")))
    await rider.forges(presses.ANSWER.data(survey_id))
    page = await rider.hears_of("When?")
    assert f"1. {long}\n2. Always" in page["text"]
    await rider.presses("2. Always")
    await rider.hears_of("Thank you!")
    assert await counted(town, survey_id) == [[1, 0, 1]]
