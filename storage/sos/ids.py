"""The ids of calls for help."""

from typing import NewType

HelpCallId = NewType("HelpCallId", int)
