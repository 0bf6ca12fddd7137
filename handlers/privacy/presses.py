"""The buttons of privacy: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press

ASK_TO_FORGET_HOME = Press("forgethomeask")
FORGET_HOME = Press("forgethome")
COPY = Press("copy")
KEEP = Press("eraseno")
"""Back to the page of /privacy, with nothing done."""
ASK_TO_ERASE = Press("erase")
ASK_AGAIN = Press("erasenow")
ERASE = Press("eraselast")
