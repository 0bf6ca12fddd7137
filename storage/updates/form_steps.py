"""A step of a form that changes nothing but the form, on PostgreSQL: one statement, without a transaction around it.

Between reading the form and writing it nothing is locked. Instead the row must still hold the very bytes that were read
(what is sealed again is never the same), and the mark of the update and the step are written both or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningUpdate

from storage.database import vault_of
from storage.dialogues import Dialogue
from storage.engine.fast_statements import run
from storage.form_session import FormRow
from storage.updates.ids import UpdateKey
from storage.updates.updates import DoneUpdate

_FORMS, _UPDATES = (cast(Table, one.__table__) for one in (Dialogue, DoneUpdate))


def _step() -> ReturningUpdate[Any]:
    marks = [bindparam(f"mark_{column.name}", type_=column.type) for column in _UPDATES.c]
    its_row = _FORMS.c.person_id == bindparam("person", type_=_FORMS.c.person_id.type)
    unchanged = (
        select(_FORMS.c.person_id)
        .where(its_row, _FORMS.c.answers == bindparam("read", type_=_FORMS.c.answers.type))
        .with_for_update()
        .cte("unchanged")
    )
    marked = (
        insert(_UPDATES)
        .from_select(list(_UPDATES.c), select(*marks).select_from(unchanged))
        .on_conflict_do_nothing()
        .returning(_UPDATES.c.key)
        .cte("marked")
    )
    kept = {name: bindparam(f"kept_{name}", type_=_FORMS.c[name].type) for name in ("form", "answers", "expires_at")}
    return _FORMS.update().where(its_row, exists(select(marked.c.key))).values(kept).returning(_FORMS.c.form)


_STEP = _step()


async def write(
    session: AsyncSession,
    read: FormRow,
    kept: Mapping[str, Any],
    key: UpdateKey,
    now: datetime,
    answers: bytes,
    due: datetime,
) -> bool:
    """Writes the columns of `dialogues` that are to be kept, and marks the update as `updates.mark_done` does. False,
    with nothing written, if somebody has changed the form since it was read, or the update is marked already."""
    mark = {"key": key, "at": now, "answers": vault_of(session).seal(answers, "updates.answers", key), "due": due}
    values = {"person": read.person_id, "read": read.answers}
    values |= {f"mark_{name}": value for name, value in mark.items()}
    values |= {f"kept_{name}": value for name, value in kept.items() if name != "person_id"}
    return (await run(session, _STEP, values)).first() is not None
