"""Forms that people are in the middle of: one row a person, so that any process can take the next answer."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

import orjson
from sqlalchemy import BigInteger, String, Table, bindparam, delete, select
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base, Sealed, insert_for, is_postgresql, run, vault_of

Value = str | int | float | bool | None | dict[str, Any] | list[Any]
Answers = dict[str, Value]


class Dialogue(Base):
    __tablename__ = "dialogues"

    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    form: Mapped[str] = mapped_column(String(40))
    answers: Mapped[bytes] = mapped_column(Sealed)
    expires_at: Mapped[datetime] = mapped_column(index=True)


_TABLE = cast(Table, Dialogue.__table__)
_CURRENT = select(_TABLE).where(_TABLE.c.person_id == bindparam("person")).with_for_update()
_CLOSE = _TABLE.delete().where(_TABLE.c.person_id == bindparam("person"))


@dataclass(slots=True)
class OpenForm:
    """Where a person stands in a form.

    `step` is the key of the question that is asked, or None on the review page. `mark` changes at every step, and the
    buttons of a step carry it: a button of an earlier step, or of an earlier form, is told apart. `editing` says that
    the review page was shown, so that after this answer it is shown again.
    """

    person_id: int
    form: str
    step: str | None
    answers: Answers = field(default_factory=dict)
    trail: list[str] = field(default_factory=list)
    editing: bool = False
    mark: str = ""


async def current(session: AsyncSession, person_id: int, now: datetime) -> OpenForm | None:
    """The form that this person is in, locked until the transaction ends; None if there is none or it has expired."""
    row = (await run(session, _CURRENT, {"person": person_id})).one_or_none()
    if row is None or row.expires_at <= now:
        return None
    kept = orjson.loads(vault_of(session).open(row.answers, "dialogues.answers", person_id))
    return OpenForm(person_id=person_id, form=row.form, **kept)


async def keep(
    session: AsyncSession, form: OpenForm, now: datetime, kept_for: timedelta, same_step: bool = False
) -> None:
    """Keeps where the person stands, for so long from now; with a new mark, if it is not the same step."""
    if not same_step:
        form.mark = secrets.token_urlsafe(6)
    kept = {"step": form.step, "answers": form.answers, "trail": form.trail, "editing": form.editing, "mark": form.mark}
    sealed = vault_of(session).seal(orjson.dumps(kept), "dialogues.answers", form.person_id)
    row = {"person_id": form.person_id, "form": form.form, "answers": sealed, "expires_at": now + kept_for}
    await run(session, _keep(is_postgresql(session)), row)


@cache
def _keep(postgres: bool) -> Insert:
    statement = insert_for(postgres, Dialogue)
    kept = {name: statement.excluded[name] for name in ("form", "answers", "expires_at")}
    return statement.on_conflict_do_update(index_elements=["person_id"], set_=kept)


async def close(session: AsyncSession, person_id: int) -> None:
    await run(session, _CLOSE, {"person": person_id})


async def forget(session: AsyncSession, now: datetime) -> None:
    """Drops expired forms with their answers."""
    await session.execute(delete(Dialogue).where(Dialogue.expires_at <= now))


async def copy_of(session: AsyncSession, person_id: int) -> list[dict[str, Any]]:
    row = await session.get(Dialogue, person_id)
    if row is None:
        return []
    kept = orjson.loads(vault_of(session).open(row.answers, "dialogues.answers", person_id))
    return [{"form": row.form, "answers": kept["answers"], "kept_until": row.expires_at}]
