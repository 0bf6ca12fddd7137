"""The columns of a table, by the names that people give them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

_BESIDE = re.compile(r"\([^()]*\)|[\s_*:.,/\-]+")


@dataclass(frozen=True)
class Columns:
    """`names` has the titles that mean each column, separated by blanks; `missing` names the columns that a table can't
    do without and does not have."""

    names: Mapping[str, str]
    missing: Callable[[Sequence[str]], list[str]]

    @cached_property
    def _by_name(self) -> Mapping[str, str]:
        return {name: column for column, names in self.names.items() for name in names.split()}

    def of(self, title: str) -> str | None:
        """The column that a title means; None if it is none of ours."""
        plain = unicodedata.normalize("NFKC", title).casefold().replace("\ufeff", "")
        return self._by_name.get(_BESIDE.sub("", plain))

    def of_all(self, titles: Sequence[str]) -> list[str]:
        """The columns of a header, in its order; "" for one that is not ours, or was there before."""
        found: list[str] = []
        for title in titles:
            column = self.of(title) or ""
            found.append("" if column in found else column)
        return found
