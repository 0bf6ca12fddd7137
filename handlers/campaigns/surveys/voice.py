"""Surveys on the riders' page of a campaign, and what riders are told of them."""

from __future__ import annotations

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.broadcasts import presses as broadcasts_presses
from handlers.campaigns.parts import Section
from handlers.campaigns.surveys import presses, words
from handlers.chat.press import Button, Buttons, Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from storage.campaigns.campaigns import Campaign
from storage.campaigns.surveys import questions, roll, surveys
from storage.campaigns.surveys.notices import SurveyOpened, SurveyPublished
from storage.campaigns.surveys.surveys import State, Survey
from storage.people.topics import Topic
from storage.phases import State as CampaignState


def register(routes: Routes) -> None:
    routes.notice_about(SurveyOpened, opened_words, _opened, reader=RECIPIENT)
    routes.notice_about(SurveyPublished, published_words, _published, reader=RECIPIENT)


async def section(talk: Talk, campaign: Campaign) -> Section:
    """What there is to answer, and the results that are published."""
    lines: list[Markup] = []
    buttons: list[list[Button]] = []
    for row in await surveys.of_campaign(talk.session, campaign.id):
        if row.published_at is not None:
            label = talk._("📊 Result: {title}").format(title=words.title(talk.view, row))
            buttons.append([presses.RESULT.button(label, row.id, 1, "")])
        elif row.state is State.OPEN and row.closes_at > talk.now and campaign.state is CampaignState.RUNNING:
            answered = await roll.answered_by(talk.session, row.id, talk.person.id)
            if answered is not None:
                line, button = await _to_answer(talk, row, answered)
                lines.append(line)
                buttons += [[button]] if button is not None else []
    return Section(lines, buttons)


async def _to_answer(talk: Talk, row: Survey, answered: int) -> tuple[Markup, Button | None]:
    """ "📋 Survey: Working hours (3 of 7, 1 min), until Sunday"; None once all is answered."""
    count, done = len(await questions.of_survey(talk.session, row.id)), answered.bit_count()
    name = words.title(talk.view, row)
    if done >= count:
        return Markup("📋 {}").format(talk._("Survey: {title}. You have answered it.").format(title=name)), None
    time = words.minutes_words(talk.view, count - done)
    line = talk._("Survey: {title} ({n} of {total}, {time}), until {moment}").format(
        title=name, n=done, total=count, time=time, moment=talk.view.end(row.closes_at)
    )
    label = talk._("📋 Go on: {title}") if done else talk._("📋 Answer: {title}")
    return Markup("📋 {}").format(line), presses.ANSWER.button(label.format(title=name), row.id)


async def _opened(session: AsyncSession, notice: SurveyOpened, now: object) -> tuple[Survey, int] | None:
    """None if it is over by now."""
    row = await surveys.find(session, notice.subject)
    if row.state is not State.OPEN or row.closes_at <= now:  # type: ignore[operator]
        return None
    return row, len(await questions.of_survey(session, row.id))


def opened_words(view: View, notice: SurveyOpened, about: tuple[Survey, int]) -> Page:
    row, count = about
    asks = view.plural(
        "The union has {n} question for you, {time}.", "The union has {n} questions for you, {time}.", count
    )
    said = asks.format(n=count, time=words.minutes_words(view, count))
    until = view._("Open until {moment}").format(moment=view.end(row.closes_at))
    text = Markup("{}\n{}\n{}\n\n🔒 <i>{}</i>").format(words.heading(view, row), said, until, words.promise(view))
    return text, [[presses.ANSWER.button(view._("📋 Answer now"), notice.subject)], *_muting(view)]


async def _published(session: AsyncSession, notice: SurveyPublished, _now: object) -> Survey | None:
    row = await surveys.find(session, notice.subject)
    return row if row.published_at is not None else None


def published_words(view: View, notice: SurveyPublished, row: Survey) -> Page:
    said = view._("The result of this survey is here.")
    text = Markup("{}\n{}").format(words.heading(view, row), said)
    return text, [[presses.RESULT.button(view._("📊 See the result"), notice.subject, 1, "")], *_muting(view)]


def _muting(view: View) -> Buttons:
    muting = view._("🔕 Mute {topic}").format(topic=view._("📋 Surveys"))
    return [[broadcasts_presses.MUTE.button(muting, Topic.SURVEYS)]]
