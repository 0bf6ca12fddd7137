"""Pages that do what a button of the chat does: by the same function, with what it tells others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.web.visits import OFFICE, Page, Visit
from handlers.chat.talk import Talk
from storage.people.access import Right

Act = Callable[[Visit, Talk], Awaitable[web.Response]]


def acting(path: str, act: Act, right: Right) -> Page:
    """A form of the console that is sent to this path."""

    async def run(visit: Visit) -> web.StreamResponse:
        talk = visit.talk
        response = await act(visit, talk)
        await visit.settle(talk)
        return response

    return Page("POST", path, run, right, OFFICE, writes=True)
