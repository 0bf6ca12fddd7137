"""The buttons of the console: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press
from storage.console.ids import PassId

END = Press("consoleend", PassId)
END_ALL = Press("consoleendall")
