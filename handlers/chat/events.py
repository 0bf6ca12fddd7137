"""What can come without a command or a press; each has exactly one route."""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    LOCATION = "location"  # a location, when no form asks for one
    MOVED = "moved"  # a live location that has moved
    EDITED = "edited"  # an edited message
    CASE = "case"  # a message of somebody who writes in a case
    CASE_REPLY = "case_reply"  # a reply to a message of a case
    WISH = "wish"  # a text that asks where something is to be had
    TEXT = "text"  # any other text
    OTHER = "other"  # any other message
    UNKNOWN = "unknown"  # a command that does not exist
    GROUP = "group"  # something in a group that is meant for the bot
    MEMBERSHIP = "membership"  # the bot was blocked, or let in again
    INLINE = "inline"  # a search from another chat
    BLOCKED = "blocked"  # anything from a blocked person
