"""Forms that people are in the middle of: one row a person, so that any process can take the next answer."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

import orjson
from sqlalchemy import String, Table, bindparam, delete, select
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base, Sealed, insert_for, is_postgresql, run, vault_of
from storage.telegram_ids import PersonId

Value = str | int | float | bool | None | dict[str, Any] | list[Any]
Answers = dict[str, Value]
VERSION = 2
"""Of the JSON in `dialogues.answers` and `case_drafts.answers`. What has no version is of 0.7 or older."""


class Dialogue(Base):
    __tablename__ = "dialogues"

    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False)
    form: Mapped[str] = mapped_column(String(40))
    answers: Mapped[bytes] = mapped_column(Sealed)
    expires_at: Mapped[datetime] = mapped_column(index=True)


_TABLE = cast(Table, Dialogue.__table__)
_CURRENT = select(_TABLE).where(_TABLE.c.person_id == bindparam("person")).with_for_update()
_CLOSE = _TABLE.delete().where(_TABLE.c.person_id == bindparam("person"))


@dataclass(slots=True)
class Filled:
    """What was answered in a form so far, as JSON."""

    answers: Answers = field(default_factory=dict)
    """By question; None was skipped."""
    gathered: dict[str, list[Value]] = field(default_factory=dict)
    """By question: the parts of an answer that takes several messages, until it is complete."""
    context: Answers = field(default_factory=dict)
    """What the form was begun with: the activity that is changed, say."""


@dataclass(slots=True)
class OpenForm:
    """Where a person stands in a form.

    `step` is the key of the question that is asked, or None on the review page. `trail` are the keys of what was
    answered, in that order. `mark` changes at every step, and the buttons of a step carry it: a button of an earlier
    step, or of an earlier form, is told apart. `is_hidden`: the step has not been shown, so no message answers it.
    """

    person_id: PersonId
    form: str
    step: str | None
    filled: Filled = field(default_factory=Filled)
    trail: list[str] = field(default_factory=list)
    mark: str = ""
    is_hidden: bool = False
    earlier: OpenForm | None = None
    """The form that was open when this one was begun; it goes on once this one is closed."""
    expires_at: datetime | None = field(default=None, compare=False)
    """Of one that was read."""
    page: str = ""
    """The page of the step's input that is open, of a calendar say."""


async def current(session: AsyncSession, person_id: PersonId, now: datetime) -> OpenForm | None:
    """The form that this person is in, locked until the transaction ends; None if there is none or it has expired."""
    row = (await run(session, _CURRENT, {"person": person_id})).one_or_none()
    if row is None or row.expires_at <= now:
        return None
    plain = vault_of(session).open(row.answers, "dialogues.answers", person_id)
    form = _unpacked(person_id, row.form, orjson.loads(plain))
    form.expires_at = row.expires_at
    return form


def _unpacked(person_id: PersonId, form: str, stored: Mapping[str, Any]) -> OpenForm:
    step, trail, mark = stored["step"], stored["trail"], stored["mark"]
    is_hidden = bool(stored.get("is_hidden", stored["answers"].get("_unseen")))
    before = stored.get("earlier")
    return OpenForm(
        person_id,
        form,
        step,
        filled_from(stored),
        trail,
        mark,
        is_hidden,
        earlier=None if before is None else _unpacked(person_id, before["form"], before),
        page=stored.get("page", ""),
    )


def _packed(form: OpenForm) -> dict[str, Any]:
    return as_stored(form.filled) | {
        "form": form.form,
        "step": form.step,
        "trail": form.trail,
        "mark": form.mark,
        "is_hidden": form.is_hidden,
        "page": form.page,
        "earlier": None if form.earlier is None else _packed(form.earlier),
    }


def filled_from(stored: Mapping[str, Any]) -> Filled:
    """What `as_stored` made of it, or what the program kept until version 0.7."""
    if stored.get("version") == VERSION:
        return Filled(stored["answers"], stored["gathered"], stored["context"])
    return _filled_until_0_7(stored.get("answers", {}))


def _filled_until_0_7(answers: Answers) -> Filled:
    """The context and the gathered parts stood among the answers, below keys that begin with "_"; the number of a
    broadcast that is corrected as "id"."""
    others = {key.removeprefix("_"): value for key, value in answers.items() if key.startswith("_") or key == "id"}
    return Filled(
        answers={key: value for key, value in answers.items() if not key.startswith("_") and key != "id"},
        gathered={key: value for key, value in others.items() if isinstance(value, list)},
        context=others,
    )


def as_stored(filled: Filled) -> dict[str, Any]:
    """As JSON with names and a version."""
    return {
        "version": VERSION,
        "answers": filled.answers,
        "gathered": filled.gathered,
        "context": filled.context,
    }


async def keep(session: AsyncSession, form: OpenForm, now: datetime, kept_for: timedelta) -> None:
    """Keeps where the person stands, for so long from now."""
    sealed = vault_of(session).seal(orjson.dumps(_packed(form)), "dialogues.answers", form.person_id)
    row = {"person_id": form.person_id, "form": form.form, "answers": sealed, "expires_at": now + kept_for}
    await run(session, _keep(postgres=is_postgresql(session)), row)


async def keep_step(session: AsyncSession, form: OpenForm, now: datetime, kept_for: timedelta) -> None:
    """Keeps it as a new step: the buttons of the step before are old from now on."""
    form.mark, form.page = secrets.token_urlsafe(6), ""
    await keep(session, form, now, kept_for)


@cache
def _keep(*, postgres: bool) -> Insert:
    statement = insert_for(Dialogue, postgres=postgres)
    kept = {name: statement.excluded[name] for name in ("form", "answers", "expires_at")}
    return statement.on_conflict_do_update(index_elements=["person_id"], set_=kept)


async def close(session: AsyncSession, person_id: PersonId) -> None:
    await run(session, _CLOSE, {"person": person_id})


async def forget(session: AsyncSession, now: datetime) -> None:
    """Drops expired forms with their answers."""
    await session.execute(delete(Dialogue).where(Dialogue.expires_at <= now))


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, Any]]:
    row = await session.get(Dialogue, person_id)
    if row is None:
        return []
    plain = vault_of(session).open(row.answers, "dialogues.answers", person_id)
    form: OpenForm | None = _unpacked(person_id, row.form, orjson.loads(plain))
    copies = []
    while form is not None:
        copies.append({"form": form.form, **copy_of_filled(form.filled), "kept_until": row.expires_at})
        form = form.earlier
    return copies


def copy_of_filled(filled: Filled) -> dict[str, Any]:
    """For the copy of a person's data."""
    return {"answers": filled.answers, "incomplete_answers": filled.gathered, "context": filled.context}
