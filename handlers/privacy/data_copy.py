"""A copy of all that is kept about a person: one HTML file to read, with the same as JSON inside it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from markupsafe import Markup, escape
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.talk import Talk
from handlers.i18n.translations import N_
from storage import audit, deliveries, dialogues
from storage.activities import questions as activity_questions
from storage.activities import sign_ups
from storage.broadcasts import reads as broadcast_reads
from storage.broadcasts import topics
from storage.cases import cases
from storage.cases import drafts as case_drafts
from storage.cases import messages as case_messages
from storage.membership import applications, memberships
from storage.people import blocks, people, roles
from storage.privacy import consents
from storage.stations import reports, searches

Copy = Callable[[AsyncSession, int], Awaitable[list[Any]]]

SECTIONS: dict[str, tuple[str, Copy]] = {
    "person": (N_("About you"), people.copy_of),
    "consents": (N_("What you agreed to"), consents.copy_of),
    "applications": (N_("Applications"), applications.copy_of),
    "memberships": (N_("Membership"), memberships.copy_of),
    "activities": (N_("Activities"), sign_ups.copy_of),
    "activity_questions": (N_("Your questions to organisers"), activity_questions.copy_of),
    "cases": (N_("Cases"), cases.copy_of),
    "case_talk": (N_("What was said in your cases"), case_messages.copy_of),
    "case_drafts": (N_("Saved forms"), case_drafts.copy_of),
    "roles": (N_("Roles"), roles.copy_of),
    "block": (N_("Kept out"), blocks.copy_of),
    "searches": (N_("Places of your searches"), searches.copy_of),
    "reports": (N_("Your reports on stations"), reports.copy_of),
    "dialogue": (N_("Unfinished form"), dialogues.copy_of),
    "muted_topics": (N_("Muted topics"), topics.copy_of),
    "read_broadcasts": (N_("Messages you confirmed as read"), broadcast_reads.copy_of),
    "messages": (N_("Messages to you"), deliveries.copy_of),
    "audit": (N_("What was done to your data or rights"), audit.copy_of),
}
"""By feature: each gives what it keeps about the person. A feature adds its own in a line."""

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:1rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}"
    "td,th{border:1px solid #ccd3d8;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    "th{width:12rem;background:#f3f6f8;font-weight:500}"
)


async def copy_of(talk: Talk) -> bytes:
    """The file, UTF-8."""
    found = {name: await copy(talk.session, talk.person.id) for name, (_, copy) in SECTIONS.items()}
    parts = [
        Markup("<h2>{}</h2>{}").format(talk._(SECTIONS[name][0]), _shown(rows)) for name, rows in found.items() if rows
    ]
    # In a script element only "<" could end it too early.
    data = orjson.dumps(found, option=orjson.OPT_INDENT_2).decode().replace("<", "\\u003c")
    title = talk._("What {organisation} keeps about you").format(organisation=talk.context.settings.organisation.name)
    page = Markup(
        '<!doctype html><html lang="{lang}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>'
        "<style>{style}</style><h1>{title}</h1><p>{when}</p>{parts}"
        '<script type="application/json" id="data">{data}</script></html>'
    ).format(
        lang=talk.language.replace("_", "-"),
        title=title,
        style=Markup(_STYLE),
        when=f"{talk.now:%Y-%m-%d %H:%M} UTC",
        parts=Markup("").join(parts),
        data=Markup(data),
    )
    return page.encode()


def _shown(rows: list[Any]) -> Markup:
    tables = []
    for row in rows:
        pairs = row.items() if isinstance(row, dict) else [("", row)]
        cells = [Markup("<tr><th>{}</th><td>{}</td></tr>").format(name, _value(value)) for name, value in pairs]
        tables.append(Markup("<table>{}</table>").format(Markup("").join(cells)))
    return Markup("").join(tables)


def _value(value: Any) -> Markup | str:
    if isinstance(value, dict):
        return Markup("<br>").join(Markup("{}: {}").format(name, _value(part)) for name, part in value.items())
    if isinstance(value, list | tuple):
        return Markup("<br>").join(_value(part) for part in value)
    return "—" if value is None else escape(str(value))
