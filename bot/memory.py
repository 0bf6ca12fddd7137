"""Memory that is free, given back to the machine."""

from __future__ import annotations

import ctypes
import sys


def give_back() -> None:
    """After something large was built and its parts were let go: glibc keeps what they took, 20 MB after all stations
    were loaded. Another C library gives it back by itself, or can't be asked."""
    if sys.platform != "linux":
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
