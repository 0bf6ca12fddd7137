"""The name of one's Telegram account is a ready answer where a name is asked for."""

from __future__ import annotations

import pytest

from tests.support.applications import begins_to_join
from tests.support.simulator import Town
from tests.support.words.membership import ASKED_FOR_PHONE


async def test_joining_with_the_name_of_the_account(town: Town) -> None:
    rider = town.rider(430)
    rider.person.first_name = "李雷 🛵"
    await begins_to_join(rider)
    await rider.presses("Use “李雷”")
    await rider.hears_of(ASKED_FOR_PHONE)


@pytest.mark.parametrize("name", ["小李", "老王", "雷 李", "Rider 7", "跑单王2号", "🛵"])
async def test_what_can_hardly_stand_on_a_card_is_not_offered(town: Town, name: str) -> None:
    rider = town.rider(431)
    rider.person.first_name = name
    await begins_to_join(rider)
    assert "Use “" not in str(rider.heard[-1].get("reply_markup"))
