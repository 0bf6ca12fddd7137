"""What people are told about the draft: a new version, and what became of their comment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.broadcasts import presses as broadcasts_presses
from handlers.campaigns import words as campaign_words
from handlers.campaigns.agreements import presses, words
from handlers.chat.press import Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.view import View
from storage.campaigns import campaigns
from storage.campaigns.agreements import reading, versions
from storage.campaigns.agreements.comments import CommentState, Refusal
from storage.campaigns.agreements.notices import CommentSettled, VersionPublished
from storage.campaigns.agreements.reading import Draft
from storage.people.topics import Topic


def register(routes: Routes) -> None:
    routes.notice_about(VersionPublished, published_words, _published, reader=RECIPIENT)
    routes.notice(CommentSettled, settled_words, reader=RECIPIENT)


@dataclass(frozen=True, slots=True)
class Published:
    draft: Draft


async def _published(session: AsyncSession, notice: VersionPublished, _now: datetime) -> Published | None:
    """None once a newer one is out: that has its own notice."""
    row = await versions.find(session, notice.subject)
    draft = await reading.draft_of(session, await campaigns.find(session, row.campaign_id))
    return Published(draft) if draft is not None and draft.version.id == row.id else None


def published_words(view: View, _notice: VersionPublished, facts: Published) -> Page:
    draft = facts.draft
    changed = sum(map(draft.changes.is_changed, draft.texts))
    said = view._("Version {n} of the draft agreement is here. Read it clause by clause and say what you think.")
    lines = [
        campaign_words.heading(view, draft.campaign),
        Markup(""),
        Markup("{}").format(said.format(n=draft.version.number)),
    ]
    if draft.changes.before:
        lines.append(words.changes(view, changed, len(draft.changes.new), len(draft.changes.gone)))
    muting = view._("🔕 Mute {topic}").format(topic=view._("📋 Surveys"))
    return Markup("\n").join(lines), [
        [presses.OPEN.button(view._("📄 Read the draft"), draft.campaign.id)],
        [broadcasts_presses.MUTE.button(muting, Topic.SURVEYS)],
    ]


def settled_words(view: View, notice: CommentSettled) -> Page:
    """Their own words, and what became of them."""
    head = view._("Your comment on “{clause}”:").format(clause=notice.clause or view._("Preamble"))
    state = CommentState(notice.state)
    if state is CommentState.REFUSED:
        reason = view._(words.REFUSALS[Refusal(notice.refusal)])
        said = Markup("{}").format(view._("It isn't shown to others: {reason}.").format(reason=reason))
    else:
        said = words.outcome(view, state, notice.answer, notice.taken_in)
    text = Markup("💬 {}\n<blockquote>{}</blockquote>{}").format(head, notice.text, said)
    return text, [[presses.CLAUSE.button(view._("📄 Open the clause"), notice.clause_id)]]
