"""docs/tables.md: the tables and what points where, drawn from the schema. `make tables` writes it; a test compares."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Column, Table

from storage import schema as _all_tables  # noqa: F401
from storage.database import Base, Sealed

FILE = Path(__file__).parents[2] / "docs" / "tables.md"
POINTERS = {
    "activity_id": "activities",
    "series_id": "activity_series",
    "broadcast_id": "broadcasts",
    "case_id": "cases",
    "delivery_id": "deliveries",
    "evidence_id": "evidence",
    "person_id": "people",
    "station_key": "stations",
}
"""Columns that hold another table's key, by name: few are foreign keys, since rows are erased in their own order."""
HEAD = """# Tables

Written by `make tables` from the schema; a test keeps it true. 🔒 is a sealed column (AES-GCM, see
[decision 0011](decisions/0011-personal-data-is-sealed-in-the-columns.md)), `*` belongs to the primary key. A line is a
column that holds the other table's key. Times are UTC.
"""


def _feature(table: Table) -> str:
    """The package below storage/ whose module declares the table."""
    mapper = next(one for one in Base.registry.mappers if one.local_table is table)
    parts = mapper.class_.__module__.split(".")
    return parts[1] if len(parts) > 2 else "base"


def _purpose(table: Table) -> str:
    mapper = next(one for one in Base.registry.mappers if one.local_table is table)
    return (mapper.class_.__doc__ or "").strip().split("\n")[0]


def _column(column: Column[object]) -> str:
    return f"`{column.name}{'*' * column.primary_key}`{' 🔒' * isinstance(column.type, Sealed)}"


def _pointers(table: Table) -> Iterator[tuple[str, str]]:
    for column in table.columns:
        target = POINTERS.get(column.name)
        if target is not None and target != table.name:
            yield column.name, target


def _section(feature: str, tables: Sequence[Table]) -> Iterator[str]:
    yield f"\n## {feature}\n"
    lines = [f'    {table.name} }}o--|| {target} : "{name}"' for table in tables for name, target in _pointers(table)]
    if lines:
        yield "```mermaid\nerDiagram\n" + "\n".join(lines) + "\n```\n"
    for table in tables:
        purpose = _purpose(table)
        yield f"- **{table.name}**{': ' + purpose if purpose else ''}  \n  {', '.join(map(_column, table.columns))}"


def text() -> str:
    by_feature: defaultdict[str, list[Table]] = defaultdict(list)
    for name in sorted(Base.metadata.tables):
        by_feature[_feature(Base.metadata.tables[name])].append(Base.metadata.tables[name])
    sections = (line for feature in sorted(by_feature) for line in _section(feature, by_feature[feature]))
    return HEAD + "\n".join(sections) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
    sys.stdout.write(f"{FILE}\n")
