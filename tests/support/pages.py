"""The pages for browsers: the bot behind an https address, and people who open what it serves."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import re
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.process import served
from bot.web.init_data import sign
from storage.database import Database
from tests.support.config import configured
from tests.support.simulator import Rider, Town, free_port, running, telegram

PUBLIC = "https://bot.example.org"
COOKIE = "__Host-nuanxin"


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def csrf(self) -> str:
        """What the page has its forms send along."""
        found = re.search(r'name="csrf" (?:content|value)="([0-9a-f]+)"', self.text)
        assert found is not None, self.text
        return found[1]


class Visitor:
    """Somebody's browser: it sends these headers with each request."""

    def __init__(self, client: aiohttp.ClientSession, headers: Mapping[str, str] | None = None) -> None:
        self._client = client
        self.headers = {"Accept-Language": "en", **(headers or {})}
        self.csrf = ""

    async def asks(self, method: str, path: str, body: str | None = None, **headers: str) -> Answer:
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if body is not None:
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        async with self._client.request(method, path, data=body, headers=sent, allow_redirects=False) as answer:
            return Answer(answer.status, await answer.text(errors="replace"), answer.headers)

    async def gets(self, path: str, **headers: str) -> Answer:
        return await self.asks("GET", path, **headers)

    async def posts(self, path: str, fields: Mapping[str, Any] | None = None, **headers: str) -> Answer:
        """Sends a form, with the CSRF token of the session if there is one."""
        form = {"csrf": self.csrf, **(fields or {})} if self.csrf else (fields or {})
        return await self.asks("POST", path, urlencode(form, doseq=True), **headers)

    async def sends_file(self, path: str, content: bytes, name: str, **fields: str) -> Answer:
        """Sends a form with a file in it, as a browser does."""
        form = aiohttp.FormData({"csrf": self.csrf, **fields})
        form.add_field("file", content, filename=name, content_type="text/csv")
        async with self._client.post(path, data=form, headers=self.headers, allow_redirects=False) as answer:
            return Answer(answer.status, await answer.text(), answer.headers)


class Pages:
    """The bot with its pages."""

    def __init__(self, town: Town, client: aiohttp.ClientSession) -> None:
        self.town, self.client = town, client

    @property
    def anybody(self) -> Visitor:
        """A browser in which nobody is signed in."""
        return Visitor(self.client)

    def init_data(self, person_id: int, at: datetime | None = None, **fields: str) -> str:
        """As Telegram signs it for this bot."""
        user = {"id": person_id, "first_name": "Li & <b>", "language_code": "en"}
        moment = str(int((at or self.town.now).timestamp()))
        signed = {"query_id": "AAE", "user": json.dumps(user), "auth_date": moment, "signature": "s", **fields}
        return urlencode({**signed, "hash": sign(signed, self.town.world.token)})

    async def opens_app(self, person_id: int, **fields: str) -> Visitor:
        """From initData to a token."""
        answer = await self.anybody.posts("/app/enter", {"init_data": self.init_data(person_id, None, **fields)})
        assert answer.status == 200, answer.text
        return Visitor(self.client, {"Authorization": f"Bearer {json.loads(answer.text)['token']}"})

    async def link_of(self, rider: Rider) -> str:
        """The token in the link that /console sends."""
        await rider.says("/console")
        await rider.hears_of("Open it in your browser")
        _, link = rider.button("Open the console")
        assert link.startswith(f"{PUBLIC}/console/enter#")
        return link.partition("#")[2]

    async def signs_in(self, rider: Rider) -> Visitor:
        """From /console to a session."""
        answer = await self.anybody.posts("/console/enter", {"token": await self.link_of(rider)})
        assert answer.status == 303 and answer.headers["Location"] == "/console", answer.text
        return await self.with_session(cookie_of(answer))

    async def with_session(self, cookie: str) -> Visitor:
        visitor = Visitor(self.client, {"Cookie": cookie})
        visitor.csrf = (await visitor.gets("/app/map")).csrf
        return visitor


def cookie_of(answer: Answer) -> str:
    """What a browser sends back of the cookie that was set."""
    return answer.headers["Set-Cookie"].partition(";")[0]


@contextlib.asynccontextmanager
async def with_pages(database: Database, folder: Path, **sections: Mapping[str, Any]) -> AsyncIterator[Pages]:
    """`sections` changes keys of the config."""
    async with telegram() as (api, address):
        config = configured(folder, address)
        for name, values in {"web": {"public_url": PUBLIC}, **sections}.items():
            section = getattr(config, name).model_copy(update=dict(values))
            config = config.model_copy(update={name: section})
        town = Town(database, api, config)
        async with (
            running(town.app),
            served(town.app.web_application(), free_port(), leaves_within=0.2) as url,
            aiohttp.ClientSession(url, cookie_jar=aiohttp.DummyCookieJar()) as client,
        ):
            yield Pages(town, client)
