"""No path of keys leads from a person to what they chose, over the whole schema."""

from __future__ import annotations

import pytest
from sqlalchemy import Table

from storage.pseudonym_columns import Pseudonym
from storage.schema import METADATA

CHOICES = {
    "ballot_files": {"ballot_id", "content"},
    "survey_tallies": {"question_id", "part", "option", "count"},
    "commitment_tallies": {"asking_id", "commitment_id", "position", "kept", "not_kept", "cannot_tell"},
    "demand_stances": {"campaign_id", "alias", "demand_id", "stance"},
    "demand_counts": {"demand_id", "breakdown", "part", "agree", "disagree", "passed"},
}
"""Where choices stand, with all that stands there. (An envelope is none: the server can't open it.)"""
SHARED = {"ballots", "survey_questions", "commitment_askings", "commitments", "demands", "campaigns"}
"""What they are about: the same for everybody who had the choice, so that nobody is told from another by it."""


def joined_by(table: Table) -> set[tuple[str, str]]:
    """The columns, with their type, by which its rows can be joined with those of other tables, whether that is
    declared or not."""
    about = {column.name for column in table.columns for key in column.foreign_keys if key.column.table.name in SHARED}
    keys = {column.name for column in table.columns if column.primary_key or column.foreign_keys}
    named = {one.name for one in table.columns if one.name.endswith(("_id", "_index", "alias", "key", "number"))}
    return {(name, type(table.columns[name].type).__name__) for name in (keys | named) - about}


def names_people(table: Table) -> bool:
    return any(isinstance(column.type, Pseudonym) for column in table.columns)


@pytest.mark.parametrize("name", CHOICES)
def test_no_path_of_keys_leads_from_a_person_to_a_choice(name: str) -> None:
    """Across any number of tables, by foreign keys in both directions and by columns of the same name."""
    tables = {one.name: one for one in METADATA.tables.values() if one.name not in SHARED}
    reached, waiting = {name}, [name]
    while waiting:
        here = tables[waiting.pop()]
        beside = {key.column.table.name for key in here.foreign_keys} & tables.keys()
        beside |= {
            one.name
            for one in tables.values()
            if joined_by(one) & joined_by(here) or any(key.column.table is here for key in one.foreign_keys)
        }
        waiting += beside - reached
        reached |= beside
    assert {one for one in reached if names_people(tables[one])} == set()
    assert set(tables[name].columns.keys()) == CHOICES[name]


def test_the_search_finds_a_path_where_there_is_one() -> None:
    papers, stances = METADATA.tables["ballot_papers"], METADATA.tables["demand_stances"]
    assert ("person_id", "Pseudonym") in joined_by(papers) and names_people(papers)
    assert joined_by(METADATA.tables["ballot_files"]) == set(), "a box is joined with nothing but its ballot"
    assert joined_by(stances) == {("alias", "BigInteger")} <= joined_by(METADATA.tables["demand_voters"])
