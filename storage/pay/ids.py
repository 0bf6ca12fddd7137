"""The ids of the pay book."""

from typing import NewType

EntryId = NewType("EntryId", int)
