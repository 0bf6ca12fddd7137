"""What axe-core finds in a page."""

from __future__ import annotations

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page


async def faults(page: Page) -> list[str]:
    """One line a rule that is broken: the rule, how bad it is, and where."""
    found = await Axe().run(page)
    return [
        f"{one['id']} ({one['impact']}): {', '.join(str(node['target']) for node in one['nodes'][:3])}"
        for one in found.response["violations"]
    ]
