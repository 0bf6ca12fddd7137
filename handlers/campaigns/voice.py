"""/voice: the campaigns that are for whoever asks, and what they can do in each."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.broadcasts import presses as broadcasts_presses
from handlers.campaigns import presses, words
from handlers.campaigns.parts import CampaignPart
from handlers.chat.press import Button, Buttons, Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.subjects import Subject
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.i18n.translations import N_
from storage.campaigns import campaigns
from storage.campaigns.campaigns import Campaign
from storage.campaigns.ids import CampaignId
from storage.campaigns.notices import CampaignMoved
from storage.people.topics import Topic
from storage.phases import State

_SHOWN = 8
VOICE = Subject(
    N_("📢 Your voice"),
    {
        "zh_Hans": "诉求、集体协商、协商、投票、表决、问卷、调查、集体合同、协议草案、回执",
        "en": "demand, demands, collective agreement, bargaining, vote, ballot, survey, questionnaire, receipt",
    },
)


class VoicePages:
    """The riders' pages, which the parts fill."""

    def __init__(self, parts: Sequence[CampaignPart]) -> None:
        self._parts = parts

    def register(self, routes: Routes) -> None:
        routes.command(
            "voice", self.command, about=N_("Demands, surveys, agreement and ballot"), writes=False, subject=VOICE
        )
        routes.press(presses.LIST, self.list_again, writes=False)
        routes.press(presses.SHOW, self.show, writes=False)
        routes.link("voice", self.linked, writes=False)
        routes.notice_about(CampaignMoved, moved_words, about_campaign, reader=RECIPIENT)

    async def command(self, talk: Talk) -> None:
        """The one campaign at once; else the list."""
        found = await campaigns.concerning(talk.session, talk.person.id, talk.now)
        running = [row for row in found if row.state is State.RUNNING]
        talk.say(*(await self.page(talk, running[0]) if len(running) == 1 else _list(talk, found)))

    async def list_again(self, talk: Talk) -> None:
        talk.edit(*_list(talk, await campaigns.concerning(talk.session, talk.person.id, talk.now)))

    async def show(self, talk: Talk, campaign_id: CampaignId) -> None:
        row = await campaigns.find_for(talk.session, campaign_id, talk.person.id, talk.now)
        talk.edit(*await self.page(talk, row))

    async def linked(self, talk: Talk, _payload: str) -> None:
        await self.command(talk)

    async def page(self, talk: Talk, row: Campaign) -> Page:
        """A campaign as those see it whom it is for."""
        phases = await campaigns.phases_of(talk.session, row.id)
        lines = [words.heading(talk.view, row), Markup(""), words.ON_PHASES.timeline(talk.view, row, phases)]
        rows: list[Sequence[Button]] = []
        for part in self._parts:
            if part.for_riders is not None:
                section = await part.for_riders(talk, row)
                lines += [Markup(""), *map(Markup.escape, section.lines)] if section.lines else []
                rows += section.buttons
        if len(await campaigns.concerning(talk.session, talk.person.id, talk.now)) > 1:
            rows.append([presses.LIST.button(talk._("◀ All campaigns"))])
        return Markup("\n").join(lines), rows


def _list(talk: Talk, found: Sequence[Campaign]) -> Page:
    if not found:
        return talk._("Nothing is open to you right now. I'll let you know when the union asks for your views."), []
    lines = [Markup("<b>{}</b>").format(talk._("Your voice"))]
    rows = []
    for row in found[:_SHOWN]:
        sign = "✅" if row.state is State.ENDED else "▶️"
        rows.append([presses.SHOW.button(f"{sign} {row.title[:40]}", row.id)])
    return Markup("\n").join(lines), rows


async def about_campaign(session: object, notice: CampaignMoved, _now: object) -> Campaign | None:
    """The campaign that a notice is about."""
    row = await campaigns.find(session, notice.subject)  # type: ignore[arg-type]
    return None if row.state is State.PREPARED else row


def moved_words(view: View, notice: CampaignMoved, row: Campaign) -> Page:
    """What has begun, in one sentence; and a button that leads there."""
    assert row.phase is not None
    said = view._("This campaign is over. Thank you for taking part.")
    if row.state is State.RUNNING:
        said = view._(words.SENTENCES[row.phase])
    text = Markup("{}\n\n{}").format(words.heading(view, row), said)
    return text, opening_buttons(view, notice.subject)


def opening_buttons(view: View, campaign_id: CampaignId) -> Buttons:
    """Into the campaign; and to hear no more of these."""
    muting = view._("🔕 Mute {topic}").format(topic=view._("📋 Surveys"))
    return [
        [presses.SHOW.button(view._("📢 Open"), campaign_id)],
        [broadcasts_presses.MUTE.button(muting, Topic.SURVEYS)],
    ]
