"""What was agreed, as riders see it; and one question for each commitment: is it kept?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.broadcasts import presses as broadcasts_presses
from handlers.campaigns import presses as campaign_presses
from handlers.campaigns import words as campaign_words
from handlers.campaigns.agreements.paging import page_of, turning
from handlers.campaigns.commitments import presses, words
from handlers.campaigns.parts import Section
from handlers.campaigns.words import seen_by_telegram
from handlers.chat.press import Button, InvalidCallback, Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.i18n.translations import N_, number
from storage.campaigns import campaigns
from storage.campaigns.campaigns import Campaign
from storage.campaigns.commitments import askings, commitments
from storage.campaigns.commitments.notices import CommitmentsAsked
from storage.campaigns.commitments.table import Asking, AskingState, Commitment, Said
from storage.campaigns.ids import AskingId, CampaignId, CommitmentId
from storage.people.topics import Topic

_ON_A_PAGE = 5
IS_IT_KEPT = N_("✍ Has it been kept?")


def register(routes: Routes) -> None:
    routes.press(presses.AGREED, agreed, writes=False)
    routes.press(presses.ASK, ask, writes=False)
    routes.press(presses.ANSWER, answer)
    routes.notice_about(CommitmentsAsked, asked_words, _asked, reader=RECIPIENT)


async def for_riders(talk: Talk, campaign: Campaign) -> Section:
    """The result, and how much of it is kept."""
    result = await commitments.result_of(talk.session, campaign.id)
    found = await commitments.all_of(talk.session, campaign.id)
    rows: list[Sequence[Button]] = []
    lines: list[str] = []
    if result is not None:
        lines.append(words.result(talk.view, result))
        rows.append([presses.RESULT.button(talk._("📣 The result"), campaign.id)])
    if found:
        lines.append(_counted(talk, found))
        rows.append([presses.AGREED.button(talk._("🤝 What was agreed"), campaign.id, 0)])
    asking = await askings.open_for(talk.session, campaign.id, talk.person.id, talk.now)
    if asking is not None:
        rows.append([presses.ASK.button(talk._(IS_IT_KEPT), asking.id)])
    return Section(lines, rows)


def _counted(talk: Talk, found: Sequence[Commitment]) -> str:
    """ "🤝 5: ✅ kept 2, ⏳ open 3"."""
    states = [(said, sum(row.state is state for row in found)) for state, said in words.STATES.items()]
    said = talk._(", ").join(f"{talk._(name)} {number(count, talk.language)}" for name, count in states if count)
    return "🤝 " + talk._("{label}: {value}").format(label=number(len(found), talk.language), value=said)


async def agreed(talk: Talk, campaign_id: CampaignId, page: int) -> None:
    """All commitments, each with its official state and what riders say."""
    campaign = await campaigns.find_for(talk.session, campaign_id, talk.person.id, talk.now)
    found = await commitments.all_of(talk.session, campaign_id)
    answers = await askings.answers_of(talk.session, campaign_id)
    here, page, pages = page_of(found, page, _ON_A_PAGE)
    lines = [Markup("🤝 <b>{}</b>").format(campaign.title)]
    for row in here:
        lines += [Markup(""), words.commitment(talk.view, row, answers.get(row.id))]
    if not found:
        lines += [Markup(""), Markup("{}").format(talk._("Nothing has been entered yet."))]
    rows: list[Sequence[Button]] = []
    asking = await askings.open_for(talk.session, campaign_id, talk.person.id, talk.now)
    if asking is not None:
        rows.append([presses.ASK.button(talk._(IS_IT_KEPT), asking.id)])
    rows.append(turning(page, pages, lambda sign, at: presses.AGREED.button(sign, campaign_id, at)))
    rows.append([campaign_presses.SHOW.button(talk._("◀ Back"), campaign_id)])
    talk.edit(Markup("\n").join(lines), rows)


async def ask(talk: Talk, asking_id: AskingId) -> None:
    talk.edit(*await _question(talk, asking_id))


async def answer(talk: Talk, asking_id: AskingId, commitment_id: CommitmentId, said: str) -> None:
    """Whatever was said, the same is shown: nothing in the chat tells which it was."""
    if said not in list(Said):
        raise InvalidCallback
    await askings.answer(talk.session, asking_id, commitment_id, talk.person.id, Said(said), talk.now)
    talk.answer_callback(talk._("Counted."))
    talk.edit(*await _question(talk, asking_id))


async def _question(talk: Talk, asking_id: AskingId) -> Page:
    """The first commitment about which they have not answered."""
    asking = await askings.find(talk.session, asking_id)
    left, count = await askings.unanswered(talk.session, asking_id, talk.person.id, talk.now)
    back = [presses.AGREED.button(talk._("🤝 What was agreed"), asking.campaign_id, 0)]
    if not left:
        return talk._(
            "Thank you, that was the last one. Once enough riders have answered, you can see the totals: /voice"
        ), [back]
    row = left[0]
    lines = [
        Markup("🤝 {}/{}").format(count - len(left) + 1, count),
        Markup("<b>{}</b>").format(row.what),
        Markup("{}").format(words.due(talk.view, row.due)),
        Markup(""),
        Markup("{}").format(
            talk._("As far as you can see, has it been kept? Your answer is only counted, never stored.")
        ),
    ]
    if len(left) == count:
        lines.append(Markup("🔒 <i>{}</i>").format(seen_by_telegram(talk.view)))
    rows = [[presses.ANSWER.button(talk._(label), asking_id, row.id, said)] for said, label in words.SAID.items()]
    return Markup("\n").join(lines), [*rows, back]


@dataclass(frozen=True, slots=True)
class Asked:
    campaign: Campaign
    asking: Asking


async def _asked(session: AsyncSession, notice: CommitmentsAsked, now: datetime) -> Asked | None:
    """None once it is over."""
    row = await askings.find(session, notice.subject)
    if row.state is not AskingState.OPEN or row.closes_at is None or row.closes_at <= now:
        return None
    return Asked(await campaigns.find(session, row.campaign_id), row)


def asked_words(view: View, _notice: CommitmentsAsked, facts: Asked) -> Page:
    said = view._("Something that was agreed is due now. Has it been kept? A few taps are enough.")
    if facts.asking.is_yearly:
        said = view._("A year has passed since the result. Has what was agreed been kept? A few taps are enough.")
    assert facts.asking.closes_at is not None
    until = view._("until {moment}").format(moment=view.end(facts.asking.closes_at))
    text = Markup("{}\n\n{}\n⏳ {}").format(campaign_words.heading(view, facts.campaign), said, until)
    muting = view._("🔕 Mute {topic}").format(topic=view._("📋 Surveys"))
    return text, [
        [presses.ASK.button(view._(IS_IT_KEPT), facts.asking.id)],
        [broadcasts_presses.MUTE.button(muting, Topic.SURVEYS)],
    ]
