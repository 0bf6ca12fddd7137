"""The ids of applications and the numbers of members."""

from typing import NewType

ApplicationId = NewType("ApplicationId", int)
MemberNumber = NewType("MemberNumber", int)
