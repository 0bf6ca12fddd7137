"""The ids of the console."""

from __future__ import annotations

from typing import NewType

PassId = NewType("PassId", int)
