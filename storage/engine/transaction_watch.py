"""Who hears of what becomes of a database's transactions."""

from __future__ import annotations

from typing import Protocol


class TransactionWatch(Protocol):
    """Is told by `Database` of the end of each transaction."""

    @property
    def is_troubled(self) -> bool:
        """Whether it waits to hear that the database works again."""

    def took(self, kind: str, seconds: float) -> None:
        """A transaction of this kind, "read" or "write", has ended after so many seconds."""

    def failed(self, error: Exception) -> object:
        """A transaction ended with this error, which need not be the database's."""

    def worked(self, *, wrote: bool) -> None:
        """A transaction was committed, or read what it wanted."""


class Unwatched:
    """Until somebody wants to know."""

    is_troubled = False

    def took(self, kind: str, seconds: float) -> None: ...

    def failed(self, error: Exception) -> None: ...

    def worked(self, *, wrote: bool) -> None: ...
