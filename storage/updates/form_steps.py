"""A step of a form that changes nothing but the form: written without having been read in the same transaction.

Between reading the form and writing it nothing is locked. Instead the row must still hold the very bytes that were read
(what is sealed again is never the same), and the mark of the update and the step are written both or not at all: on
PostgreSQL by one statement without a transaction around it, on SQLite by two in one that the steps of the moment share.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import FromClause, Table, bindparam, exists, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

from storage.database import vault_of
from storage.dialects import insert_for, is_postgresql
from storage.dialogues import Dialogue
from storage.engine.fast_statements import run
from storage.form_session import FormRow
from storage.updates.ids import UpdateKey
from storage.updates.updates import DoneUpdate

_FORMS, _UPDATES = (cast(Table, one.__table__) for one in (Dialogue, DoneUpdate))


_ITS_ROW = _FORMS.c.person_id == bindparam("person", type_=_FORMS.c.person_id.type)
_KEPT = {name: bindparam(f"kept_{name}", type_=_FORMS.c[name].type) for name in ("form", "answers", "expires_at")}
_UNCHANGED = select(_FORMS.c.person_id).where(
    _ITS_ROW, _FORMS.c.answers == bindparam("read", type_=_FORMS.c.answers.type)
)


def _mark(unchanged: FromClause, *, postgres: bool) -> ReturningInsert[Any]:
    """Marks the update, where the form is as it was read."""
    mark = select(*(bindparam(f"mark_{column.name}", type_=column.type) for column in _UPDATES.c))
    return (
        insert_for(DoneUpdate, postgres=postgres)
        .from_select(list(_UPDATES.c), mark.select_from(unchanged).where(true()))  # SQLite would take ON for a join's
        .on_conflict_do_nothing()
        .returning(_UPDATES.c.key)
    )


def _mark_and_step() -> ReturningUpdate[Any]:
    free = _UNCHANGED.with_for_update(skip_locked=True)  # the others of the session do not wait for its holder
    marked = _mark(free.cte("unchanged"), postgres=True).cte("marked")
    return _FORMS.update().where(_ITS_ROW, exists(select(marked.c.key))).values(_KEPT).returning(_FORMS.c.form)


_MARK_AND_STEP = _mark_and_step()
_MARK = _mark(_UNCHANGED.subquery("unchanged"), postgres=False)
_STEP = _FORMS.update().where(_ITS_ROW).values(_KEPT)


class Step(NamedTuple):
    """The columns of `dialogues` that are to be kept, in place of what was read; and the mark of the update, as
    `updates.mark_done` writes it."""

    read: FormRow
    kept: Mapping[str, Any]
    key: UpdateKey
    now: datetime
    answers: bytes
    due: datetime


async def write(session: AsyncSession, step: Step) -> bool:
    """Writes the step and the mark. False, with nothing written, if somebody has changed the form since it was read or
    is about to, or the update is marked already."""
    sealed = vault_of(session).seal(step.answers, "updates.answers", step.key)
    mark = {"key": step.key, "at": step.now, "answers": sealed, "due": step.due}
    its_row = {"person": step.read.person_id}
    unchanged = its_row | {"read": step.read.answers} | {f"mark_{name}": value for name, value in mark.items()}
    kept = its_row | {f"kept_{name}": step.kept[name] for name in _KEPT}
    if is_postgresql(session):
        return (await run(session, _MARK_AND_STEP, unchanged | kept)).first() is not None
    if (await run(session, _MARK, unchanged)).first() is None:
        return False
    await run(session, _STEP, kept)
    return True
