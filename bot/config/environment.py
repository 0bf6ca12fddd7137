"""The environment as a source of the configuration: NUANXIN_TELEGRAM__TOKEN is `token` of [telegram]."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from pydantic_settings import EnvSettingsSource

from bot.config import old_desk_keys

PREFIX = "NUANXIN_"
_CONFIG_FILE = PREFIX + "CONFIG"


class Environment(EnvSettingsSource):
    """The variables, with the new names of keys that were renamed."""

    def __call__(self) -> dict[str, Any]:
        return old_desk_keys.renamed(super().__call__())


def unknown_variables(sections: Iterable[str]) -> list[str]:
    """The variables that name none of the sections, one sentence each."""
    known = {name.upper() for name in sections}
    ours = {name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() != _CONFIG_FILE}
    return [f"{name}: unknown key" for name in sorted(ours) if name.upper()[len(PREFIX) :].split("__")[0] not in known]
