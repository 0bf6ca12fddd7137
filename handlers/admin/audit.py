"""/audit: who did what to whose data or rights, to be searched by person and by act."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from markupsafe import Markup

from handlers.admin import presses
from handlers.admin.roles import ROLES
from handlers.admin.setting_list import setting_title
from handlers.chat.audience import AudiencePart, segment_words
from handlers.chat.feature import AllFeatures
from handlers.chat.press import Buttons, InvalidCallback, Page
from handlers.chat.readers import holding
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.i18n.formatting import bracketed, labelled
from handlers.i18n.rewording import reworded
from handlers.i18n.translations import N_
from handlers.inputs.moment import show_end, show_moment
from handlers.inputs.person import person_meant
from storage import audit
from storage.audit import THE_CLOCK, AuditAction, Entry, EntryId
from storage.operations.audited import OperationAction
from storage.operations.notices import AuditLogEnds
from storage.people.access import Right, Role
from storage.people.segments import Segment
from storage.telegram_ids import NOBODY, PersonId

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?[+-]\d\d:\d\d")
PAGE = 10
ACTS_ON_A_PAGE = 20
"""Kinds of entries to choose from at once: Telegram takes 100 buttons, and a phone shows ten rows."""
ANY = "any"
NEWEST = EntryId(0)
"""The page that begins with the newest entry."""


@dataclass(frozen=True, slots=True)
class Labels:
    """How each audited act is called, and how its details are made, by the value of the act; whom a segment means, and
    how the files of /export are called."""

    acts: Mapping[AuditAction, str]
    details: Mapping[str, Sequence[str]]
    audience: Sequence[AudiencePart[Any]]
    exports: Mapping[str, str]


def labels_of(others: AllFeatures) -> Labels:
    exports = {export.name: export.label for export in others.exports}
    return Labels(others.audit_labels, others.audit_details, others.audience, exports)


def register(routes: Routes, others: AllFeatures) -> None:
    labels = labels_of(others)
    right = Right.ADMINISTER
    routes.command("audit", partial(search, labels), about=N_("Audit log"), right=right)
    routes.press(presses.PAGE, partial(page, labels), right=right)
    routes.notice(AuditLogEnds, end_words, reader=holding(right))
    routes.press(presses.CHOOSE_ACT, partial(choose_act, labels), right=right, writes=False)
    routes.press(presses.TURN_ACTS, partial(turn_acts, labels), right=right, writes=False)


def end_words(view: View, notice: AuditLogEnds) -> Page:
    """What the admins are told each day, so that an older log can't be put in the place of this one unnoticed."""
    said = view.plural(
        "The audit log has {n} entry and ends with {hash}. Keep this message: “audit verify” shows both.",
        "The audit log has {n} entries and ends with {hash}. Keep this message: “audit verify” shows both.",
        notice.rows,
    )
    digest = Markup("<code>{}</code>").format(notice.hash)
    return Markup("🧾 ") + Markup(said).format(n=notice.rows, hash=digest), []


def _by_value(labels: Labels) -> Mapping[str, str]:
    return {action.value: label for action, label in labels.acts.items()}


async def search(labels: Labels, talk: Talk) -> None:
    """/audit, /audit 123456 or @name (what they did, and what was done to their data or rights), or as a reply."""
    said, answered = talk.text.partition(" ")[2].strip(), talk.incoming.body.get("reply_to_message") or {}
    who = await person_meant(talk, said, answered)
    if said and who is None:
        talk.say(talk._("I don't know this person. Write /audit followed by their Telegram id or @name."))
        return
    person = who.id if who is not None else NOBODY
    text, buttons = await _page(labels, talk, ANY, person, NEWEST)
    await _note_reading(talk, ANY, person)
    talk.say(text, buttons)


async def _note_reading(talk: Talk, act: str, person: PersonId) -> None:
    about = "" if act == ANY else act
    action = OperationAction.AUDIT_READ
    await audit.note(talk.session, talk.person.id, action, talk.now, subject=person or None, about=about)


async def page(labels: Labels, talk: Talk, act: str, person: PersonId, before: EntryId) -> None:
    """`before` is the row above which nothing is shown. Each page stands in the audit itself: a press can ask for
    anybody, whatever search it came from."""
    if act != ANY and act not in _by_value(labels):
        raise InvalidCallback
    text, buttons = await _page(labels, talk, act, person, before)
    await _note_reading(talk, act, person)
    talk.edit(text, buttons)


async def _page(labels: Labels, talk: Talk, act: str, person: PersonId, before: EntryId) -> tuple[Markup, Buttons]:
    found = await audit.search(
        talk.session, PAGE + 1, before=before or None, person=person or None, act=None if act == ANY else act
    )
    title = (
        talk._("Audit log")
        + (f" · {talk._(_by_value(labels)[act])}" if act != ANY else "")
        + (f" · {person}" if person else "")
    )
    lines = [Markup("🧾 <b>{}</b>").format(title)]
    lines += [_line(labels, talk, entry) for entry in found[:PAGE]]
    if not found:
        lines.append(Markup("{}").format(talk._("No matching entries.")))
    turn = []
    if before:
        turn.append(presses.PAGE.button(talk._("⏮ Newest"), act, person, NEWEST))
    if len(found) > PAGE:
        turn.append(presses.PAGE.button(talk._("Older ▶"), act, person, found[PAGE - 1].id))
    return Markup("\n").join(lines), [turn, [presses.CHOOSE_ACT.button(talk._("🔎 By kind"), person)]]


def _line(labels: Labels, talk: Talk, entry: Entry) -> Markup:
    name = talk._("scheduled job") if entry.actor == THE_CLOCK else talk.context.names.of(entry.actor)
    number = "" if entry.actor == THE_CLOCK else str(entry.actor)
    actor = bracketed(talk._, name, number) if name and number else name or number
    whom = f" → {entry.subject}" if entry.subject is not None else ""
    done = Markup("<b>{}</b>{}").format(talk._(_by_value(labels)[entry.act]), whom)
    if entry.about:
        done = labelled(talk._, done, in_words(labels, talk, entry)[:300])
    return Markup("\n<code>#{}</code> {} · {}\n{}").format(entry.id, show_moment(talk, entry.at), actor, done)


def in_words(labels: Labels, talk: Talk, entry: Entry) -> str:
    """What the entry says, in the reader's language. The log itself has it in English, with moments as ISO 8601, which
    it is proved by."""

    def role(name: str) -> str:
        return talk._(ROLES[Role(name)]) if name in [one.value for one in ROLES] else name

    values = {
        "until": lambda text: _moment(talk, text),
        "role": role,
        "column": talk._,
        "setting": lambda name: setting_title(talk, name),
        "export": lambda name: talk._(labels.exports[name]) if name in labels.exports else name,
        "act": lambda act: talk._(_by_value(labels)[act]) if act in _by_value(labels) else act,
        "segment": lambda text: _segment(labels, talk, text),
    }
    said = reworded(entry.about, labels.details.get(entry.act, ()), talk._, values)
    return _MOMENT.sub(lambda found: _moment(talk, found[0]), said)


def _segment(labels: Labels, talk: Talk, text: str) -> str:
    try:
        return segment_words(talk, Segment.parse(text), labels.audience)
    except ValueError:
        return text


def _moment(talk: Talk, text: str) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return talk._("no end date") if at.year == date.max.year else show_end(talk, at)


async def choose_act(labels: Labels, talk: Talk, person: PersonId) -> None:
    await turn_acts(labels, talk, person, 0)


async def turn_acts(labels: Labels, talk: Talk, person: PersonId, number: int) -> None:
    """A page of the kinds of entries."""
    begin, end = number * ACTS_ON_A_PAGE, (number + 1) * ACTS_ON_A_PAGE
    if not 0 <= begin < len(labels.acts):
        raise InvalidCallback
    shown = list(labels.acts.items())[begin:end]
    keys = [presses.PAGE.button(talk._(words), act.value, person, NEWEST) for act, words in shown]
    rows = [keys[at : at + 2] for at in range(0, len(keys), 2)]
    turn = [presses.TURN_ACTS.button("◀", person, number - 1)] if number else []
    turn += [presses.TURN_ACTS.button("▶", person, number + 1)] if end < len(labels.acts) else []
    talk.edit(talk._("What kind?"), [[presses.PAGE.button(talk._("All"), ANY, person, NEWEST)], *rows, turn])
