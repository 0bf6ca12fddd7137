"""Forms that people are in the middle of: one row a person, so that any process can take the next answer."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple, cast

import orjson
from sqlalchemy import String, Table, bindparam, select
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import Sealed
from storage.database import Base, vault_of
from storage.dialects import insert_for, is_postgresql
from storage.engine.fast_statements import run
from storage.form_session import FormSession
from storage.privacy.retention import forget_some
from storage.telegram_ids import PersonId

Value = str | int | float | bool | None | dict[str, Any] | list[Any]
Answers = dict[str, Value]
UNDONE_WITHIN = timedelta(seconds=10)
"""So long after it was cancelled a form can be brought back."""
_CANCELLED = ""
"""Stands in `dialogues.form` where no form is open, but one can be brought back."""
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
    `is_set_aside`: it was, but another form has been filled in since; it is shown again once somebody comes back to it.
    `has_keyboard`: the question's own keyboard stands below the chat.
    """

    person_id: PersonId
    form: str
    step: str | None
    filled: Filled = field(default_factory=Filled)
    trail: list[str] = field(default_factory=list)
    mark: str = ""
    is_hidden: bool = False
    is_set_aside: bool = False
    has_keyboard: bool = False
    earlier: OpenForm | None = None
    """The form that was open when this one was begun; it goes on once this one is closed."""
    expires_at: datetime | None = field(default=None, compare=False)
    """Of one that was read."""
    page: str = ""
    """The page of the step's input that is open, of a calendar say."""


async def current(session: AsyncSession, person_id: PersonId, now: datetime) -> OpenForm | None:
    """The form that this person is in, locked until the transaction ends; None if there is none or it has expired.
    Of a FormSession it is what was read before."""
    kept = await _kept(session, person_id, now)
    if kept is None or kept.form == _CANCELLED:
        return None
    form = _unpacked(person_id, kept.form, kept.stored)
    form.expires_at = kept.expires_at
    return form


class _Kept(NamedTuple):
    form: str
    stored: dict[str, Any]
    expires_at: datetime


async def _kept(session: AsyncSession, person_id: PersonId, now: datetime) -> _Kept | None:
    if isinstance(session, FormSession):
        row: Any = session.row_of(person_id)
    else:
        row = (await run(session, _CURRENT, {"person": person_id})).one_or_none()
    if row is None or row.expires_at <= now:
        return None
    plain = vault_of(session).open(row.answers, "dialogues.answers", person_id)
    return _Kept(row.form, orjson.loads(plain), row.expires_at)


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
        bool(stored.get("is_set_aside")),
        bool(stored.get("has_keyboard")),
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
        "is_set_aside": form.is_set_aside,
        "has_keyboard": form.has_keyboard,
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
    await _write(session, form.person_id, form.form, _packed(form), now + kept_for)


async def _write(
    session: AsyncSession, person_id: PersonId, form: str, stored: Mapping[str, Any], expires_at: datetime
) -> None:
    sealed = vault_of(session).seal(orjson.dumps(stored), "dialogues.answers", person_id)
    row = {"person_id": person_id, "form": form, "answers": sealed, "expires_at": expires_at}
    if isinstance(session, FormSession):
        session.keep(row)
    else:
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


async def cancel(session: AsyncSession, form: OpenForm, now: datetime, kept_for: timedelta) -> None:
    """Ends the form, which `take_back` can bring back. The one that it was begun in the middle of is open again, but
    not shown; its next step makes an end of what was cancelled."""
    until = now + UNDONE_WITHIN
    cancelled = {"cancelled": _packed(form), "cancelled_until": until}
    if form.earlier is None:
        await _write(session, form.person_id, _CANCELLED, cancelled, until)
        return
    open_again = replace(form.earlier, is_set_aside=True)
    await _write(session, form.person_id, open_again.form, _packed(open_again) | cancelled, now + kept_for)


async def take_back(session: AsyncSession, person_id: PersonId, mark: str, now: datetime) -> OpenForm | None:
    """The form that was cancelled at the step with this mark, as it was; None if it is too late, or another has been
    begun since. The caller keeps it."""
    kept = await _kept(session, person_id, now)
    before = None if kept is None else kept.stored.get("cancelled")
    if kept is None or before is None or before["mark"] != mark:
        return None
    is_in_time = now < datetime.fromisoformat(kept.stored["cancelled_until"])
    return _unpacked(person_id, before["form"], before) if is_in_time else None


async def forget(session: AsyncSession, now: datetime) -> bool:
    """Drops some of the expired forms with their answers; True if there may be more."""
    return await forget_some(session, Dialogue, Dialogue.expires_at <= now)


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, Any]]:
    row = await session.get(Dialogue, person_id)
    if row is None:
        return []
    stored = orjson.loads(vault_of(session).open(row.answers, "dialogues.answers", person_id))
    # The form that was cancelled has below it whatever is open again.
    stored = stored.get("cancelled", stored)
    form: OpenForm | None = _unpacked(person_id, stored.get("form", row.form), stored)
    copies = []
    while form is not None:
        copies.append({"form": form.form, **copy_of_filled(form.filled), "kept_until": row.expires_at})
        form = form.earlier
    return copies


def copy_of_filled(filled: Filled) -> dict[str, Any]:
    """For the copy of a person's data."""
    return {"answers": filled.answers, "incomplete_answers": filled.gathered, "context": filled.context}
