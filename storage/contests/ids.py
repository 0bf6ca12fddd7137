"""The ids of contests, and of what belongs to one."""

from typing import NewType

ContestId = NewType("ContestId", int)
EntryId = NewType("EntryId", int)
TeamId = NewType("TeamId", int)
JudgeId = NewType("JudgeId", int)
