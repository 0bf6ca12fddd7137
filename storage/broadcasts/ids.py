"""The ids of broadcasts."""

from typing import NewType

BroadcastId = NewType("BroadcastId", int)
