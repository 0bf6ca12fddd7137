"""The keys of updates."""

from typing import NewType

UpdateKey = NewType("UpdateKey", int)
"""A digest of an update, so that the same one is known again after a restart. It is not keyed, and the database holds
a pseudonym of it: else it could be tried whether it is that of a known person's message."""
