"""The least that a bot can do for a writing update: `python -m benchmarks.support.floor URL DATABASE`.

It reads updates, asks who speaks, seals a form, writes it with the mark of the update in one transaction, and answers
by one message; the marks of sent answers are struck out together. No framework, no rules, no words: bare aiohttp,
sqlite3 and asyncpg. What the bot needs beyond that is its own. With "" for a database it only answers.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
import asyncpg
import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import make_url

from benchmarks.support.telegram_stub import TOKEN

TEXT = "Which platform do you ride for?"
FORM = orjson.dumps({"step": "platform", "answers": {"name": "李雷", "phone": "+8613800138000"}, "trail": ["name"]})
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS people (id BIGINT PRIMARY KEY, language TEXT)",
    "CREATE TABLE IF NOT EXISTS forms (id BIGINT PRIMARY KEY, answers {bytes})",
    "CREATE TABLE IF NOT EXISTS marks (id BIGINT PRIMARY KEY, answers {bytes})",
)
WHO = "SELECT people.language, forms.answers FROM people LEFT JOIN forms USING (id) WHERE people.id = {0}"
MARK = "INSERT INTO marks (id, answers) VALUES ({0}, {1}) ON CONFLICT DO NOTHING"
KEEP = "INSERT INTO forms (id, answers) VALUES ({0}, {1}) ON CONFLICT (id) DO UPDATE SET answers = excluded.answers"
SENT = "UPDATE marks SET answers = NULL WHERE id = {0}"

Step: TypeAlias = Callable[[int, int], Awaitable[None]]
"""What is written for an update of a person."""
Sent: TypeAlias = Callable[[list[int]], Awaitable[None]]


class _Seal:
    def __init__(self) -> None:
        self._key = AESGCM(bytes(32))

    def __call__(self, plain: bytes, number: int) -> bytes:
        return self._key.encrypt(os.urandom(12), plain, str(number).encode())


def _on_sqlite(file: str) -> tuple[Step, Sent]:
    connection, seal = sqlite3.connect(file, isolation_level=None), _Seal()
    for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL", *SCHEMA):
        connection.execute(statement.format(bytes="BLOB"))
    who, mark, keep, sent = (one.format("?1", "?2") for one in (WHO, MARK, KEEP, SENT))

    async def step(person: int, update: int) -> None:
        connection.execute(who, (person,)).fetchone()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(mark, (update, seal(FORM, update)))
        connection.execute(keep, (person, seal(FORM, person)))
        connection.execute("COMMIT")

    async def strike_out(updates: list[int]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(sent, [(one,) for one in updates])
        connection.execute("COMMIT")

    return step, strike_out


async def _on_postgresql(url: str) -> tuple[Step, Sent]:
    pool, seal = await asyncpg.create_pool(url, min_size=16, max_size=16), _Seal()
    for statement in SCHEMA:
        await pool.execute(statement.format(bytes="BYTEA"))
    who, mark, keep, sent = (one.format("$1", "$2") for one in (WHO, MARK, KEEP, SENT))
    both = f"WITH kept AS ({keep.replace('$2', '$3')}) {mark.replace('$1', '$4')}"  # one round trip, one transaction

    async def step(person: int, update: int) -> None:
        async with pool.acquire() as connection:
            await connection.fetchrow(who, person)
            await connection.execute(both, person, seal(FORM, update), seal(FORM, person), update)

    async def strike_out(updates: list[int]) -> None:
        await pool.execute(sent.replace("= $1", "= ANY($1::bigint[])"), updates)

    return step, strike_out


async def _nothing(*_arguments: object) -> None: ...


class _Bot:
    def __init__(self, url: str, step: Step, strike_out: Sent, http: aiohttp.ClientSession) -> None:
        self._url, self._http = f"{url}/bot{TOKEN}", http
        self._step, self._strike_out = step, strike_out
        self._sent: list[int] = []
        self._tasks = set[asyncio.Task[None]]()

    async def _call(self, method: str, params: dict[str, Any]) -> Any:
        headers = {"Content-Type": "application/json"}
        async with self._http.post(f"{self._url}/{method}", data=orjson.dumps(params), headers=headers) as answer:
            return orjson.loads(await answer.read())["result"]

    async def _answer(self, update: dict[str, Any]) -> None:
        chat = update["message"]["chat"]["id"]
        await self._step(chat, update["update_id"])
        await self._call("sendMessage", {"chat_id": chat, "text": TEXT})
        self._sent.append(update["update_id"])

    async def run(self) -> None:
        offset = 0
        while True:
            for update in await self._call("getUpdates", {"offset": offset, "timeout": 30}):
                offset = update["update_id"] + 1
                task = asyncio.create_task(self._answer(update))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            if self._sent:
                sent, self._sent = self._sent, []
                await self._strike_out(sent)


async def main(url: str, database: str) -> None:
    step: Step = _nothing
    strike_out: Sent = _nothing
    if database.startswith("sqlite"):
        step, strike_out = _on_sqlite(make_url(database).database or "")
    elif database:
        step, strike_out = await _on_postgresql(database.replace("+asyncpg", ""))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=256)) as http:
        await _Bot(url, step, strike_out, http).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
