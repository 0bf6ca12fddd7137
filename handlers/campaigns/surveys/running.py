"""A coordinator opens a survey, closes it, and shows its result to riders."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.campaigns.surveys import panel, presses, words
from handlers.chat.breakdowns import Breakdown
from handlers.chat.confirming import ask_first
from handlers.chat.press import Page
from handlers.chat.readers import holding
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from storage.campaigns import campaigns
from storage.campaigns.ids import SurveyId
from storage.campaigns.surveys import questions, running, surveys
from storage.campaigns.surveys.audited import SurveyAction
from storage.campaigns.surveys.notices import SurveyEnded
from storage.campaigns.surveys.surveys import State, Survey
from storage.people.access import Right

_RIGHT = Right.RUN_CAMPAIGNS


class Running:
    """What a coordinator does from the opening on."""

    def __init__(self, breakdowns: Sequence[Breakdown]) -> None:
        self._breakdowns = breakdowns

    def register(self, routes: Routes) -> None:
        routes.press(presses.SHOW, self.show, right=_RIGHT, writes=False)
        routes.press(presses.ASK_TO_OPEN, self.ask_to_open, right=_RIGHT, writes=False)
        routes.press(presses.OPEN, self.open_, right=_RIGHT)
        routes.press(presses.ASK_TO_CLOSE, self.ask_to_close, right=_RIGHT, writes=False)
        routes.press(presses.CLOSE, self.close, right=_RIGHT)
        routes.press(presses.ASK_TO_PUBLISH, self.ask_to_publish, right=_RIGHT, writes=False)
        routes.press(presses.PUBLISH, self.publish, right=_RIGHT)
        routes.press(presses.ASK_TO_DELETE, self.ask_to_delete, right=_RIGHT, writes=False)
        routes.press(presses.DELETE, self.delete, right=_RIGHT)
        routes.notice_about(SurveyEnded, ended_words, _ended, reader=holding(_RIGHT))

    async def show(self, talk: Talk, survey_id: SurveyId) -> None:
        await self._show(talk, await surveys.find(talk.session, survey_id))

    async def _show(self, talk: Talk, row: Survey) -> None:
        talk.edit(*await panel.page(talk, row, self._breakdowns))

    async def ask_to_open(self, talk: Talk, survey_id: SurveyId) -> None:
        row = await surveys.find(talk.session, survey_id)
        count = len(await questions.of_survey(talk.session, survey_id))
        asks = talk.plural(
            "Open it with {n} question until {moment}? Everyone the campaign is for will be told. After that it "
            "can't be changed.",
            "Open it with {n} questions until {moment}? Everyone the campaign is for will be told. After that it "
            "can't be changed.",
            count,
        ).format(n=count, moment=talk.view.end(row.closes_at))
        go = presses.OPEN.button(talk._("▶ Open it"), row.id)
        ask_first(talk, asks, go, presses.SHOW.button(talk._("Not yet"), row.id))

    async def open_(self, talk: Talk, survey_id: SurveyId) -> None:
        await self._show(talk, await running.open_(talk.session, survey_id, talk.person.id, talk.now))

    async def ask_to_close(self, talk: Talk, survey_id: SurveyId) -> None:
        row = await surveys.find(talk.session, survey_id)
        asks = talk._("Close it now? Nobody will be able to answer any more, and you will see the result.")
        go = presses.CLOSE.button(talk._("⏹ Close it"), row.id)
        ask_first(talk, asks, go, presses.SHOW.button(talk._("Not yet"), row.id))

    async def close(self, talk: Talk, survey_id: SurveyId) -> None:
        await self._show(talk, await running.close(talk.session, survey_id, talk.person.id, talk.now))

    async def ask_to_publish(self, talk: Talk, survey_id: SurveyId) -> None:
        row = await surveys.find(talk.session, survey_id)
        asks = talk._("Publish the result to everyone the campaign is for? They will be told.")
        go = presses.PUBLISH.button(talk._("📢 Publish it"), row.id)
        ask_first(talk, asks, go, presses.SHOW.button(talk._("Not yet"), row.id))

    async def publish(self, talk: Talk, survey_id: SurveyId) -> None:
        quiet_until = talk.context.settings.quiet_hours.until(talk.now)
        await self._show(talk, await running.publish(talk.session, survey_id, talk.person.id, talk.now, quiet_until))

    async def ask_to_delete(self, talk: Talk, survey_id: SurveyId) -> None:
        row = await surveys.find(talk.session, survey_id)
        asks = talk._("Delete “{title}” with its questions? Nobody has seen it yet.")
        go = presses.DELETE.button(talk._("🗑 Delete it"), row.id)
        ask_first(
            talk,
            asks.format(title=words.title(talk.view, row)),
            go,
            presses.SHOW.button(talk._("Keep it"), row.id),
        )

    async def delete(self, talk: Talk, survey_id: SurveyId) -> None:
        row = await surveys.delete_prepared(talk.session, survey_id)
        await running.note(talk.session, talk.person.id, SurveyAction.SURVEY_DELETED, row, talk.now)
        campaign = await campaigns.find(talk.session, row.campaign_id)
        section = await panel.section(talk, campaign)
        said = talk._("“{title}” is deleted.").format(title=words.title(talk.view, row))
        talk.edit(Markup.escape(said), [*section.buttons, panel.back(talk, campaign.id)])


async def _ended(session: AsyncSession, notice: SurveyEnded, _now: object) -> Survey | None:
    row = await surveys.find(session, notice.subject)
    return row if row.state is State.CLOSED else None


def ended_words(view: View, notice: SurveyEnded, row: Survey) -> Page:
    said = view._("This survey has closed. You can see the result and publish it.")
    text = Markup("{}\n{}").format(words.heading(view, row), said)
    return text, [[presses.SHOW.button(view._("📋 Open"), notice.subject)]]
