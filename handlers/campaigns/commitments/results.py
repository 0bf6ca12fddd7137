"""The result: a coordinator writes it in a sentence, and everybody is told, with a picture where there was a ballot."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from cachetools import TTLCache
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.broadcasts import presses as broadcasts_presses
from handlers.campaigns import presses as campaign_presses
from handlers.campaigns import words as campaign_words
from handlers.campaigns.commitments import presses, words
from handlers.campaigns.connections import Connections
from handlers.chat.incoming import Json
from handlers.chat.press import Button
from handlers.chat.replies import File, Outgoing, buttons_markup, message_params
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.forms.questionnaires import Form, questionnaire
from handlers.forms.questions import Question, asked
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import N_, number
from handlers.inputs.choice import ChoiceInput
from handlers.inputs.text import TextInput
from storage import audit
from storage.campaigns import campaigns
from storage.campaigns.campaigns import Campaign
from storage.campaigns.commitments import commitments, publishing
from storage.campaigns.commitments.audited import CommitmentAction
from storage.campaigns.commitments.notices import ResultPublished
from storage.campaigns.commitments.table import LONGEST, NoResultYet, Outcome, Result, ResultIsOut
from storage.campaigns.ids import CampaignId
from storage.deliveries import notices
from storage.deliveries.queue import Claimed
from storage.people.access import Right
from storage.people.topics import Topic
from storage.telegram_ids import private_chat_of

_RIGHT = Right.RUN_CAMPAIGNS
_PICTURES, _FRESH_FOR = 16, 600.0
"""Pictures that were uploaded lately, which go to the next people by Telegram's id; in seconds."""


@dataclass(frozen=True, slots=True)
class ResultDraft:
    id: CampaignId
    outcome: Outcome = asked(Question(N_("Result"), N_("What came out of the talks?"), ChoiceInput(words.OUTCOMES)))
    sentence: str = asked(
        Question(
            N_("In one sentence"),
            N_("In one sentence that everyone will read: what was agreed, or why not?"),
            TextInput(5, LONGEST),
        )
    )


class ResultPages:
    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._publishing = _form("campaign_result", N_("📣 Tell everyone"), self._published)
        self._correcting = _form("campaign_result_correct", N_("💾 Save it"), self._corrected)
        self._sent: TTLCache[tuple[int, str, str], str] = TTLCache(_PICTURES, _FRESH_FOR)

    def register(self, routes: Routes) -> None:
        routes.press(presses.RESULT, self.show, writes=False)
        routes.press(presses.PUBLISH, self.begin, right=_RIGHT)
        routes.press(presses.CORRECT, self.correct, right=_RIGHT)
        routes.form(self._publishing)
        routes.form(self._correcting)
        routes.compose(ResultPublished.kind, self.notice)

    async def show(self, talk: Talk, campaign_id: CampaignId) -> None:
        campaign = await campaigns.find_for(talk.session, campaign_id, talk.person.id, talk.now)
        row = await commitments.result_of(talk.session, campaign_id)
        if row is None:
            raise NoResultYet
        back = [campaign_presses.SHOW.button(talk._("◀ Back"), campaign_id)]
        counts = await self._connections.ballot_counts(talk.session, talk.view, campaign_id)
        talk.edit(_words(talk.view, campaign, row, counts), [agreed_button(talk.view, row), back])

    async def begin(self, talk: Talk, campaign_id: CampaignId) -> None:
        await commitments.require_result_phase(talk.session, campaign_id)
        if await commitments.result_of(talk.session, campaign_id) is not None:
            raise ResultIsOut
        await forms.begin(talk, self._publishing, ResultDraft(id=campaign_id))

    async def _published(self, talk: Talk, draft: ResultDraft) -> None:
        quiet_until = talk.context.settings.quiet_hours.until(talk.now)
        await publishing.publish(talk.session, draft.id, draft.outcome, draft.sentence, talk.now, quiet_until)
        await self._note(talk, CommitmentAction.RESULT_PUBLISHED, draft)
        talk.say(talk._("✓ The result is published."), [[presses.RUN.button(talk._("🤝 Commitments"), draft.id, 0)]])

    async def correct(self, talk: Talk, campaign_id: CampaignId) -> None:
        """Nobody is told again; whoever looks reads the new words."""
        await commitments.require_result_phase(talk.session, campaign_id)
        row = await commitments.result_of(talk.session, campaign_id)
        if row is None:
            raise NoResultYet
        draft = ResultDraft(id=campaign_id, outcome=row.outcome, sentence=row.sentence)
        await forms.begin_review(talk, self._correcting, draft)

    async def _corrected(self, talk: Talk, draft: ResultDraft) -> None:
        await commitments.correct_result(talk.session, draft.id, draft.outcome, draft.sentence)
        await self._note(talk, CommitmentAction.RESULT_CORRECTED, draft)
        talk.say(
            talk._("✓ Saved. Nobody is told a second time."), [[presses.RUN.button(talk._("◀ Back"), draft.id, 0)]]
        )

    async def _note(self, talk: Talk, action: CommitmentAction, draft: ResultDraft) -> None:
        about = f"campaign {draft.id}: {draft.outcome}"
        await audit.note(talk.session, talk.person.id, action, talk.now, about=about)

    async def notice(self, session: AsyncSession, view: View, delivery: Claimed) -> Outgoing | None:
        """To everybody: a picture of the ballot's counts with the result below, or the result alone."""
        campaign_id = notices.decode(ResultPublished, delivery.params, delivery.subject).subject
        row = await commitments.result_of(session, campaign_id)
        if row is None:
            return None
        counts = await self._connections.ballot_counts(session, view, campaign_id)
        text = _words(view, await campaigns.find(session, campaign_id), row, counts)
        muting = view._("🔕 Mute {topic}").format(topic=view._("📋 Surveys"))
        buttons = [agreed_button(view, row), [broadcasts_presses.MUTE.button(muting, Topic.SURVEYS)]]
        chat_id = private_chat_of(delivery.recipient)
        if not counts:
            return Outgoing("sendMessage", message_params(chat_id, text, buttons))
        params: Json = {"chat_id": chat_id, "caption": text, "parse_mode": "HTML"}
        params["reply_markup"] = buttons_markup(buttons)
        key = (campaign_id, view.language, str(counts))
        if key in self._sent:
            return Outgoing("sendPhoto", {**params, "photo": self._sent[key]})
        png = await view.context.ports.painter.bars_png(view._("Secret ballot"), counts)
        return Outgoing("sendPhoto", params, files={"photo": File("picture.png", png)}, after=self._remembering(key))

    def _remembering(self, key: tuple[int, str, str]) -> Callable[[Json], Awaitable[None]]:
        """What is uploaded once goes to everybody else by its id."""

        async def remember(message: Json) -> None:
            sizes = message.get("photo")
            if isinstance(sizes, list) and sizes:
                self._sent[key] = str(sizes[-1]["file_id"])

        return remember


def _words(view: View, campaign: Campaign, row: Result, counts: Sequence[tuple[str, int]]) -> Markup:
    lines = [campaign_words.heading(view, campaign), Markup(""), words.result(view, row)]
    lines += [Markup("• {}").format(labelled(view._, option, number(count, view.language))) for option, count in counts]
    return Markup("\n").join(lines)


def _form(name: str, label: str, done: Callable[[Talk, ResultDraft], Awaitable[None]]) -> Form[ResultDraft]:
    return Form(
        name=name,
        title=N_("Result"),
        questionnaire=questionnaire(ResultDraft),
        done=done,
        send_label=label,
        right=_RIGHT,
    )


def agreed_button(view: View, row: Result) -> list[Button]:
    return [presses.AGREED.button(view._("🤝 What was agreed"), row.campaign_id, 0)]
