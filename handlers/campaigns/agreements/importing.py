"""Coordinators send a version of the draft, look it over, and publish it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from handlers.campaigns.agreements import presses, words
from handlers.campaigns.agreements.inputs import AgreementInput, fetch_text
from handlers.chat.confirming import confirming
from handlers.chat.phases import people
from handlers.chat.press import Button, Page
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import one_question
from handlers.forms.questions import Question, asked
from handlers.i18n.translations import N_, number
from storage import audit
from storage.campaigns import campaigns
from storage.campaigns.agreements import publishing, reading, versions
from storage.campaigns.agreements.audited import AgreementAction
from storage.campaigns.agreements.reading import Changes
from storage.campaigns.agreements.splitting import LONGEST_CLAUSE, Fault, NotAnAgreement, split
from storage.campaigns.agreements.table import ClauseText, IsPublished, NoSuchClause, Version
from storage.campaigns.ids import CampaignId, ClauseId, VersionId
from storage.people import segments
from storage.people.access import Right
from storage.people.segments import Segment

_RIGHT = Right.RUN_CAMPAIGNS
_LISTED, _GONE = 25, 10
"""Clauses in a list: a message has room for as many."""
FAULTS: dict[Fault, str] = {
    Fault.EMPTY: N_("There is no text in it."),
    Fault.TOO_LONG: N_("The text is longer than 150,000 characters."),
    Fault.TOO_MANY: N_("That would be more than 200 clauses."),
}


def register(routes: Routes) -> None:
    routes.press(presses.SEND, send, right=_RIGHT)
    routes.press(presses.PREPARED, show, right=_RIGHT, writes=False)
    routes.press(presses.PREPARED_CLAUSE, show_clause, right=_RIGHT, writes=False)
    routes.press(presses.UNLINK, unlink, right=_RIGHT)
    routes.press(presses.CHOOSE_LINK, choose_link, right=_RIGHT, writes=False)
    routes.press(presses.LINK, link, right=_RIGHT)
    routes.press(presses.ASK_TO_PUBLISH, ask_to_publish, right=_RIGHT, writes=False)
    routes.press(presses.PUBLISH, publish, right=_RIGHT)
    routes.press(presses.ASK_TO_DISCARD, ask_to_discard, right=_RIGHT, writes=False)
    routes.press(presses.DISCARD, discard, right=_RIGHT)
    routes.form(_AGREEMENT)


async def send(talk: Talk, campaign_id: CampaignId) -> None:
    await versions.require_draft(talk.session, await campaigns.find(talk.session, campaign_id))
    await forms.begin(talk, _AGREEMENT, AgreementDraft(id=campaign_id))


@dataclass(frozen=True, slots=True)
class AgreementDraft:
    id: CampaignId
    texts: tuple[str, ...] = asked(
        Question(
            N_("Agreement"),
            N_(
                "Send me the draft agreement: a .docx, .txt or .md file, or the text itself, in several messages if "
                "it is long. I'll split it into clauses at “Article 1”, “第一条”, “§ 1”, “1.” or headings. Nobody will "
                "see it yet."
            ),
            AgreementInput(),
            look_up=fetch_text,
        )
    )


async def _sent(talk: Talk, draft: AgreementDraft) -> None:
    again = [[presses.SEND.button(talk._("⬆ Send another file"), draft.id)]]
    try:
        clauses = split("\n\n".join(draft.texts))
    except NotAnAgreement as bad:
        talk.say(Markup("{}").format(talk._(FAULTS[bad.fault])), again)
        return
    row = await versions.prepare(talk.session, draft.id, clauses)
    await _note(talk, AgreementAction.VERSION_PREPARED, row, await versions.next_number(talk.session, draft.id))
    talk.say(*await _page(talk, row))


_AGREEMENT = one_question("agreement", AgreementDraft, _sent, _RIGHT)


async def show(talk: Talk, version_id: VersionId) -> None:
    talk.edit(*await _page(talk, await _prepared(talk, version_id)))


async def _prepared(talk: Talk, version_id: VersionId) -> Version:
    """Raises NoSuchVersion, IsPublished: see the classes."""
    row = await versions.find(talk.session, version_id)
    if row.number is not None:
        raise IsPublished
    return row


async def _page(talk: Talk, row: Version) -> Page:
    """What was made of the text: the clauses, from which of the last version each comes, and what was too long."""
    texts = await versions.texts_of(talk.session, row.id)
    changes = await reading.changes_of(talk.session, row, texts)
    count = talk.plural("{n} clause", "{n} clauses", len(texts)).format(n=number(len(texts), talk.language))
    number_ = await versions.next_number(talk.session, row.campaign_id)
    lines = [
        Markup("📝 <b>{}</b>").format(talk._("Version {n}, not published yet").format(n=number_)),
        Markup("{}").format(count),
    ]
    if number_ > 1:
        changed = sum(map(changes.is_changed, texts))
        lines.append(words.changes(talk.view, changed, len(changes.new), len(changes.gone)))
    lines += [Markup(""), *(_line(talk, changes, text) for text in texts[:_LISTED])]
    if len(texts) > _LISTED:
        lines.append(Markup("…"))
    lines += [Markup("➖ {}").format(words.label(talk.view, text)) for text in changes.gone[:_GONE]]
    if long := [text for text in texts if text.parts > 1 and text.part == 1]:
        lines += [Markup(""), Markup("{}").format(_long_words(talk, long))]
    rows: list[Sequence[Button]] = [
        [presses.PREPARED_CLAUSE.button(talk._("👁 Look at the clauses"), row.id, texts[0].clause_id)],
        [presses.ASK_TO_PUBLISH.button(talk._("📣 Publish …"), row.id)],
        [
            presses.SEND.button(talk._("⬆ Another file"), row.campaign_id),
            presses.ASK_TO_DISCARD.button(talk._("🗑 Discard …"), row.id),
        ],
        [presses.RUN.button(talk._("◀ Back"), row.campaign_id)],
    ]
    return Markup("\n").join(lines), rows


def _line(talk: Talk, changes: Changes, text: ClauseText) -> Markup:
    """The clause, and from which one it comes where that is called otherwise."""
    sign = words.mark(talk.view, changes, text).split(" ")[0] or "＝"
    before, label = changes.before.get(text.clause_id), words.label(talk.view, text)
    if not changes.before:
        return Markup("{}").format(label)
    if before is None or words.title(talk.view, before) == words.title(talk.view, text):
        return Markup("{} {}").format(sign, label)
    return Markup("{} {} ← {}").format(sign, label, words.label(talk.view, before))


def _long_words(talk: Talk, long: Sequence[ClauseText]) -> str:
    names = talk._(", ").join(text.number or words.label(talk.view, text) for text in long[:10])
    said = talk._("Longer than {limit} characters, so split into parts: {clauses}")
    return said.format(limit=number(LONGEST_CLAUSE, talk.language), clauses=names)


async def show_clause(talk: Talk, version_id: VersionId, clause_id: ClauseId) -> None:
    talk.edit(*await _clause_page(talk, await _prepared(talk, version_id), clause_id))


async def _clause_page(talk: Talk, row: Version, clause_id: ClauseId) -> Page:
    texts = await versions.texts_of(talk.session, row.id)
    at = next((at for at, text in enumerate(texts) if text.clause_id == clause_id), None)
    if at is None:
        raise NoSuchClause
    text, changes = texts[at], await reading.changes_of(talk.session, row, texts)
    before = changes.before.get(clause_id)
    lines = [Markup("<b>{}</b> · {}/{}").format(words.title(talk.view, text), at + 1, len(texts))]
    if text.chapter:
        lines.append(Markup("<i>{}</i>").format(text.chapter))
    if before is not None:
        lines.append(Markup("← {}").format(words.label(talk.view, before)))
    elif changes.before:
        lines.append(Markup("{}").format(talk._("➕ new")))
    lines += [Markup(""), Markup("{}").format(text.text)]
    around = (texts[at - 1].clause_id, texts[(at + 1) % len(texts)].clause_id)
    turns = zip("◀▶", around, strict=True)
    rows = [[presses.PREPARED_CLAUSE.button(sign, row.id, other) for sign, other in turns]]
    if before is not None:
        rows.append([presses.UNLINK.button(talk._("✂ It's a new clause"), row.id, clause_id)])
    elif changes.gone:
        rows.append([presses.CHOOSE_LINK.button(talk._("🔗 It was there before …"), row.id, clause_id)])
    return Markup("\n").join(lines), [*rows, [presses.PREPARED.button(talk._("◀ Back"), row.id)]]


async def unlink(talk: Talk, version_id: VersionId, clause_id: ClauseId) -> None:
    new = await versions.unlink(talk.session, version_id, clause_id)
    talk.edit(*await _clause_page(talk, await _prepared(talk, version_id), new))


async def choose_link(talk: Talk, version_id: VersionId, clause_id: ClauseId) -> None:
    row = await _prepared(talk, version_id)
    changes = await reading.changes_of(talk.session, row, await versions.texts_of(talk.session, row.id))
    rows = [
        [presses.LINK.button(words.label(talk.view, text), row.id, clause_id, text.clause_id)]
        for text in changes.gone[:_LISTED]
    ]
    back = presses.PREPARED_CLAUSE.button(talk._("◀ Back"), row.id, clause_id)
    talk.edit(talk._("Which clause of the last version was it? Its comments stay with it."), [*rows, [back]])


async def link(talk: Talk, version_id: VersionId, clause_id: ClauseId, old: ClauseId) -> None:
    await versions.link(talk.session, version_id, clause_id, old)
    talk.edit(*await _clause_page(talk, await _prepared(talk, version_id), old))


async def ask_to_publish(talk: Talk, version_id: VersionId) -> None:
    row = await _prepared(talk, version_id)
    campaign = await campaigns.find(talk.session, row.campaign_id)
    versions.require_phase_of_draft(campaign)
    told = await segments.size(talk.session, Segment.parse(campaign.segment), talk.now)
    number_ = await versions.next_number(talk.session, row.campaign_id)
    asks = talk._(
        "Publish version {n}? Everyone will be able to read it and comment on it, and it can't be changed any more."
    )
    readers = people(talk.view, told)
    go = presses.PUBLISH.button(talk._("📣 Publish and tell {people}").format(people=readers), row.id)
    stay = presses.PREPARED.button(talk._("Not yet"), row.id)
    talk.edit(Markup("{}").format(asks.format(n=number_)), confirming(go, stay))


async def publish(talk: Talk, version_id: VersionId) -> None:
    quiet_until = talk.context.settings.quiet_hours.until(talk.now)
    row = await publishing.publish(talk.session, version_id, talk.now, quiet_until)
    await _note(talk, AgreementAction.VERSION_PUBLISHED, row, row.number or 0)
    said = talk._("✓ Version {n} is published.").format(n=row.number)
    talk.edit(Markup("{}").format(said), [[presses.RUN.button(talk._("◀ Draft agreement"), row.campaign_id)]])


async def ask_to_discard(talk: Talk, version_id: VersionId) -> None:
    row = await _prepared(talk, version_id)
    go = presses.DISCARD.button(talk._("🗑 Discard this version"), row.id)
    asks = Markup("{}").format(talk._("Discard this version? Nobody has seen it yet."))
    talk.edit(asks, confirming(go, presses.PREPARED.button(talk._("Keep it"), row.id)))


async def discard(talk: Talk, version_id: VersionId) -> None:
    row = await _prepared(talk, version_id)
    await _note(talk, AgreementAction.VERSION_DISCARDED, row, await versions.next_number(talk.session, row.campaign_id))
    campaign_id = await versions.discard(talk.session, version_id)
    talk.edit(talk._("Discarded."), [[presses.RUN.button(talk._("◀ Draft agreement"), campaign_id)]])


async def _note(talk: Talk, action: AgreementAction, row: Version, number_: int) -> None:
    about = f"campaign {row.campaign_id}: version {number_}"
    await audit.note(talk.session, talk.person.id, action, talk.now, about=about)
