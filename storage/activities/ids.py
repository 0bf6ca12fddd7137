"""The ids of activities and of what belongs to them."""

from typing import NewType

ActivityId = NewType("ActivityId", int)
ALL_ACTIVITIES = ActivityId(0)
"""What a person chooses for every activity, and not for one."""
ActivityChangeId = NewType("ActivityChangeId", int)
QuestionId = NewType("QuestionId", int)
SeriesId = NewType("SeriesId", int)
SignUpId = NewType("SignUpId", int)
