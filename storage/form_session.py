"""The session of a step of a form that was read before any transaction began (see storage/updates/form_steps.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Never

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from storage.encryption import Vault
from storage.telegram_ids import PersonId


class BeyondForm(Exception):
    """More of the database is needed than the open form, so a transaction has to be begun."""


@dataclass(frozen=True, slots=True)
class FormRow:
    """A person's row of `dialogues`, as it was read. `answers` are sealed, each time in other bytes."""

    person_id: PersonId
    form: str
    answers: bytes
    expires_at: datetime


class _Unbound(Session):
    """Has no database."""

    def get_bind(self, *_arguments: Any, **_options: Any) -> Never:
        raise BeyondForm


class FormSession(AsyncSession):
    """Has the open form and nothing else: whoever asks it for more gets BeyondForm.

    `row` is the form as it was read, `kept` the columns of what the step made of it.
    """

    sync_session_class = _Unbound

    def __init__(self, vault: Vault, row: FormRow) -> None:
        super().__init__(info={"vault": vault})
        self._row = row
        self.kept: Mapping[str, Any] | None = None

    def row_of(self, person_id: PersonId) -> FormRow:
        """Raises BeyondForm: it is another person's, or has been changed in this very step."""
        if person_id != self._row.person_id or self.kept is not None:
            raise BeyondForm
        return self._row

    def keep(self, row: Mapping[str, Any]) -> None:
        """Raises BeyondForm: see `row_of`."""
        if row["person_id"] != self._row.person_id:
            raise BeyondForm
        self.kept = row


def kept_by(session: FormSession) -> Mapping[str, Any] | None:
    """What the step made of the form; None if it left it as it was.

    Raises:
        BeyondForm: something waits to be flushed, or to be told after a commit.
    """
    if session.new or session.dirty or session.deleted or session.info.keys() - {"vault"}:
        raise BeyondForm
    return session.kept
