"""Where in our own code an error came from."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from pathlib import Path

_OURS = Path(__file__).parent.parent.parent


def place_of(error: BaseException) -> str:
    """The innermost line of our own code that it came through: "handlers/overview.py:38 show"."""
    return innermost(traceback.extract_tb(error.__traceback__))


def innermost(stack: Sequence[traceback.FrameSummary]) -> str:
    """The last line of our own code in a stack that begins outside; empty if there is none."""
    ours = [frame for frame in stack if _OURS in Path(frame.filename).parents and ".venv" not in frame.filename]
    if not ours:
        return ""
    last = ours[-1]
    return f"{Path(last.filename).relative_to(_OURS)}:{last.lineno} {last.name}"
