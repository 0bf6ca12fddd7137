"""The buttons below a message."""

from __future__ import annotations

from typing import Any


def labels(message: dict[str, Any]) -> list[str]:
    """What stands on them, row by row."""
    return [key["text"] for row in message["reply_markup"]["inline_keyboard"] for key in row]
