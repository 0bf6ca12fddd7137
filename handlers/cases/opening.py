"""From the answers of a desk's form to a case: its number at once, what happens next and by when, what may lapse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from handlers.cases import format as words
from handlers.cases import presses
from handlers.cases.alarm import raise_alarm
from handlers.cases.desk_form import DeskDraft
from handlers.cases.evidence_limits import full_words
from handlers.cases.inputs import NO_PLATFORM
from handlers.cases.messages.message_content import parts_of
from handlers.chat.case_offers import CaseOffer, CountCase, OwnFiles
from handlers.chat.keyboards import location_keyboard
from handlers.chat.talk import Talk
from handlers.i18n import formatting
from handlers.inputs.consent import wording_for
from storage.cases import access as case_access
from storage.cases import allowances, cases, escalation, levels, time_limits
from storage.cases import deadlines as case_deadlines
from storage.cases import drafts as case_drafts
from storage.cases import messages as case_messages
from storage.cases import statistics as case_statistics
from storage.cases.deadlines import CaseLimit
from storage.cases.desks import Desk, in_language
from storage.cases.files.evidence_quota import EvidenceFull
from storage.cases.messages import Said
from storage.cases.notices import CaseWaits
from storage.cases.table import Case, CaseContent, Side
from storage.privacy import consents


@dataclass(frozen=True, slots=True)
class AfterOpening:
    """What other features do about a case: by its kind, what they offer to whoever has opened it, and what they can put
    into its form; by the feature that began its form, what that one counts."""

    offers: Mapping[str, Sequence[CaseOffer]] = field(default_factory=dict)
    counts: Mapping[str, CountCase] = field(default_factory=dict)
    own_files: Mapping[str, OwnFiles] = field(default_factory=dict)


NOTHING_AFTER = AfterOpening()


async def opened(desk: Desk, after: AfterOpening, talk: Talk, draft: DeskDraft) -> None:
    """The case: its number at once, what happens next and by when, what may lapse."""
    if draft.is_anonymous:
        await allowances.use(talk.session, talk.person.id, desk.key, desk.daily_limit, talk.local_today)
    else:
        await cases.check_room(talk.session, talk.person.id, desk.key, desk.daily_limit, talk.now)
    row = await open_from(desk, talk, draft, consented=(wording_for(desk).version,))
    await case_drafts.drop(talk.session, talk.person.id, desk.key)
    if _is_urgent(talk, draft):
        await raise_alarm(talk, row)
    else:
        await tell_handlers(desk, talk, row)
    count = after.counts.get(draft.begun_by or "")
    if count is not None:
        await count(talk, draft.kind)
    await _say_what_follows(desk, after, talk, draft, row)


async def open_from(desk: Desk, talk: Talk, draft: DeskDraft, consented: Sequence[int]) -> Case:
    """A case of what was answered, counted in the figures.

    Raises:
        NoConsent: none of these versions of the wording was agreed to.
    """
    version = await consents.require(talk.session, talk.person.id, desk.purpose, *consented)
    content = _content(draft)
    context = talk.context
    organisation = context.settings.organisation
    due = escalation.first_due(desk, talk.now, organisation)
    row = await cases.open_case(
        talk.session,
        desk.key,
        desk.prefix,
        None if draft.is_anonymous else talk.person.id,
        content,
        version,
        talk.local_today.year,
        due,
        talk.now,
    )
    if desk.levels:
        asked = desk.place_ask
        levels.begin(row, str(content.answers.get(asked.key) or "") if asked is not None else "", talk.now)
    await _keep_parts(desk, talk, draft, row)
    platform = content.platform if content.platform in context.settings.joining.platforms else NO_PLATFORM.value
    if await allowances.is_first_of_month(talk.session, talk.person.id, desk.key, talk.local_today):
        await case_statistics.add(
            talk.session, desk.key, f"{talk.local_today:%Y-%m}", content.kind or NO_PLATFORM.value, platform
        )
    return row


def _is_urgent(talk: Talk, draft: DeskDraft) -> bool:
    """Whether somebody may be in danger, by what they told."""
    texts = [draft.kind, draft.name, draft.platform, *draft.answers.values(), *(said.text for said in draft.told)]
    return any(map(talk.context.is_danger, texts))


async def tell_handlers(desk: Desk, talk: Talk, row: Case) -> None:
    """Whoever may take it now hears that it waits."""
    staff = await talk.context.staff.of_desk(talk.session, desk, talk.now, row.level, row.place)
    for handler in case_access.who_may_see(talk.session, row, staff):
        talk.notify(handler, CaseWaits(row.number, desk.key, row.id, level=row.level))


async def _say_what_follows(desk: Desk, after: AfterOpening, talk: Talk, draft: DeskDraft, row: Case) -> None:
    content = _content(draft)
    if draft.is_anonymous:
        await _forget_who(desk, talk)
        talk.say(
            _received(talk, desk, row, [talk._("Nobody will know it was you, and nobody can reply.")]),
            keyboard=location_keyboard(talk),
        )
        return
    limits = await _keep_limits(desk, talk, row, draft)
    rows = [[presses.ENTER.button(talk._("💬 Write in this case"), row.id)]]
    if limits:
        rows.append([presses.REMIND_OF_LIMITS.button(talk._("⏰ Remind me of the deadlines"), row.id)])
    for offer in after.offers.get(content.kind, ()):
        rows += [[button] for button in await offer(talk)]
    talk.say(_received(talk, desk, row, _next_lines(talk, desk, row, content, limits)), rows)


def _content(draft: DeskDraft) -> CaseContent:
    """The answers as a case keeps them; what was told becomes its messages."""
    content = CaseContent()
    content.kind, content.name = draft.kind, draft.name
    content.platform = "" if draft.platform == NO_PLATFORM.value else draft.platform
    content.on = draft.happened_on.isoformat() if draft.happened_on is not None else ""
    content.answers.update(draft.answers)
    return content


async def _keep_parts(desk: Desk, talk: Talk, draft: DeskDraft, row: Case) -> None:
    """What was told in several messages, as the first messages of the case."""
    for said in draft.told:
        for part in parts_of(said):
            await _keep_part(desk, talk, row, part)


async def _keep_part(desk: Desk, talk: Talk, row: Case, said: Said) -> None:
    """There was room when it was sent; if another case has taken it since, the case begins without this file."""
    try:
        await case_messages.say(talk.session, row, Side.RIDER, row.person_id, None, said, talk.now, desk.evidence)
    except EvidenceFull as full:
        talk.say(full_words(talk, full, desk.evidence))
        if said.text:
            only = Said(text=said.text, entities=said.entities, forwarded=said.forwarded)
            await case_messages.say(talk.session, row, Side.RIDER, row.person_id, None, only, talk.now)


async def _keep_limits(desk: Desk, talk: Talk, row: Case, draft: DeskDraft) -> list[CaseLimit]:
    kind = desk.kind(draft.kind)
    if kind is None or draft.happened_on is None:
        return []
    may_apply = time_limits.that_may_apply(talk.context.settings.organisation.country, kind.limits)
    for limit in may_apply:
        await case_deadlines.add(talk.session, row.id, limit.key, limit.ends_on(draft.happened_on))
    return (await case_deadlines.of_cases(talk.session, [row.id]))[row.id]


async def _forget_who(desk: Desk, talk: Talk) -> None:
    """A consent of this minute beside a case of this minute would say whose it is."""
    if not any(one.desk == desk.key for one in await case_access.cases_of(talk.session, talk.person.id)):
        await consents.forget(talk.session, talk.person.id, desk.purpose)


def _received(talk: Talk, desk: Desk, row: Case, lines: list[Any]) -> Markup:
    said = Markup(talk._("<b>Your case number is {number}.</b>")).format(number=row.number)
    following = in_language(desk.next_steps, talk.language)
    return Markup("\n").join([Markup("{} {}").format(desk.emoji, said), Markup("{}").format(following), *lines])


def _next_lines(talk: Talk, desk: Desk, row: Case, content: CaseContent, limits: list[CaseLimit]) -> list[Markup | str]:
    when = formatting.end(
        row.urgent_due_at or row.due_at, talk.now, talk.context.settings.organisation.zone, talk.language
    )
    lines: list[Markup | str] = [Markup("⏱ {}").format(talk._("You'll hear from us by {when}.").format(when=when))]
    said = words.limit_lines(talk.context, limits, talk.local_today, talk.language) or words.undated_lines(
        talk.context, desk, content.kind, talk.language
    )
    if said:
        lines += [
            Markup("\n<b>{}</b>").format(talk._("Deadlines that may apply (information, not legal advice):")),
            *said,
        ]
    return lines
