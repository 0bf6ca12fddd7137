"""What a rule of the domain says no with."""

from __future__ import annotations


class Refused(Exception):
    """A rule of the domain forbids what was asked. Each subclass has one sentence for the person, in handlers."""


class Repeated(Refused):
    """Refused because it is so already, or over. Mostly a second tap asks for it, which is no reason for an alert."""
