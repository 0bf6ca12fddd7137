"""The keys of updates."""

from typing import NewType

UpdateKey = NewType("UpdateKey", int)
"""A digest of an update, so that the same one is known again after a restart."""
