"""The languages in which a chat is played."""

from __future__ import annotations

import pytest

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh_Hans"])
