"""How honours are put into words."""

from __future__ import annotations

from markupsafe import Markup

from handlers.chat.talk import Talk
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import N_, Translate, full_date
from storage.honours.table import Entry, Honoured, HonourState, entry_of

STATES: dict[HonourState, str] = {
    HonourState.ACTIVE: N_("working"),
    HonourState.RETIRED: N_("retired"),
    HonourState.DECEASED: N_("deceased"),
    HonourState.WITHDRAWN: N_("honour withdrawn"),
}
REASONS = (
    N_("{column} was rounded by a spreadsheet; format the column as text"),
    N_("the year is not one from {first} to {last}"),
    N_("unknown state; use active, retired, deceased or withdrawn"),
    N_("the same person, title and year as line {line}"),
    N_("more than {limit} lines; import it in parts"),
    N_("the phone number is incomplete"),
    N_("ID number: wrong characters"),
    N_("ID number: wrong length"),
    N_("ID number: unknown region"),
    N_("ID number: wrong birth date"),
    N_("ID number: wrong check character"),
)
"""Why a line of a file is unclear, as storage/honours/importing.py says it."""
COLUMNS = (N_("name"), N_("title"), N_("year"), N_("id_number"), N_("phone"), N_("note"), N_("employer"), N_("state"))


def masked(number: str) -> str:
    """What tells two numbers apart: 3714…1234."""
    return f"{number[:4]}…{number[-4:]}" if len(number) > 10 else number


def line(talk: Talk, row: Honoured) -> Markup:
    """An entry at a glance: year, title, name, ID number, employer, state."""
    entry = entry_of(talk.session, row)
    parts = [
        str(entry.year),
        entry.title,
        entry.name,
        masked(entry.id_number),
        entry.employer,
        talk._(STATES[row.state]),
    ]
    return Markup(" · ").join(map(Markup.escape, filter(None, parts)))


def entry_lines(_: Translate, entry: Entry) -> list[Markup]:
    """All that stands in an entry, by its titles."""
    said = [
        (_("Name"), entry.name),
        (_("Honour"), entry.title),
        (_("Year given"), str(entry.year)),
        (_("Employer"), entry.employer),
        (_("ID number"), entry.id_number),
        (_("Phone"), entry.phone),
        (_("Remark"), entry.note),
        (_("Nomination"), entry.nomination),
    ]
    return [labelled(_, label, Markup("<b>{}</b>").format(value)) for label, value in said if value]


def state_lines(talk: Talk, row: Honoured) -> list[Markup]:
    """Its state, its account, and when they were on a trip last."""
    linked = talk._("yes") if row.person_id is not None else talk._("no")
    never = talk._("never")
    trip = never if row.last_trip_on is None else full_date(row.last_trip_on, talk.language)
    said = [
        (talk._("State"), talk._(STATES[row.state])),
        (talk._("Linked to an account"), linked),
        (talk._("Last trip"), trip),
    ]
    return [labelled(talk._, label, value) for label, value in said]
