"""The peer of a form: the same ten updates in aiogram, its state kept by SQLAlchemy.

Run as `python -m benchmarks.support.form_peer URL DATABASE`. It is written as aiogram's documentation writes forms: a
group of states, a handler for each, the data in a storage; and the storage as SQLAlchemy's writes a table of state.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from sqlalchemy import JSON, BigInteger, Integer, String, event
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from benchmarks.support.telegram_stub import TOKEN


class Base(DeclarativeBase):
    pass


class Kept(Base):
    __tablename__ = "states"

    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    state: Mapped[str | None] = mapped_column(String(80), default=None)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Application(Base):
    __tablename__ = "applications"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)


Sessions = async_sessionmaker[AsyncSession]


class SqlStorage(BaseStorage):
    """A row a person, read and written by a transaction each, as aiogram's storages do."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        async with self._sessions.begin() as session:
            row = await self._row(session, key)
            row.state = state.state if isinstance(state, State) else state

    async def get_state(self, key: StorageKey) -> str | None:
        async with self._sessions() as session:
            row = await session.get(Kept, key.user_id)
            return None if row is None else row.state

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        async with self._sessions.begin() as session:
            row = await self._row(session, key)
            row.data = dict(data)

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        async with self._sessions() as session:
            row = await session.get(Kept, key.user_id)
            return {} if row is None else dict(row.data)

    async def close(self) -> None:
        pass

    async def _row(self, session: AsyncSession, key: StorageKey) -> Kept:
        row = await session.get(Kept, key.user_id)
        if row is None:
            row = Kept(person_id=key.user_id, data={})
            session.add(row)
        return row


class Join(StatesGroup):
    consent = State()
    name = State()
    phone = State()
    platform = State()
    district = State()
    id_number = State()
    insured = State()
    review = State()


QUESTIONS = {
    Join.consent: ("Before the first question: do you agree?", ("agree",)),
    Join.name: ("What is your name?", ()),
    Join.phone: ("Your telephone number, or type the number", ()),
    Join.platform: ("Which platform do you work for?", ("meituan", "eleme", "jd", "other")),
    Join.district: ("Which district do you work in?", ()),
    Join.id_number: ("What is your ID number?", ()),
    Join.insured: ("Are you insured?", ("yes", "no")),
    Join.review: ("Is everything correct?", ("send",)),
}
STATES = tuple(QUESTIONS)


async def ask(message: Message, state: FSMContext, step: State) -> None:
    text, choices = QUESTIONS[step]
    keys = [[InlineKeyboardButton(text=one.capitalize(), callback_data=f"join:choose:{one}")] for one in choices]
    await state.set_state(step)
    await message.answer(text, reply_markup=InlineKeyboardMarkup(inline_keyboard=keys) if keys else None)


def dispatcher(sessions: Sessions) -> Dispatcher:
    made = Dispatcher(storage=SqlStorage(sessions))

    @made.message(Command("join"))
    async def begin(message: Message, state: FSMContext) -> None:
        await state.set_data({})
        await ask(message, state, Join.consent)

    async def go_on(message: Message, state: FSMContext, answer: str) -> None:
        current = await state.get_state()
        await state.update_data({str(current): answer})
        after = STATES[STATES.index(next(one for one in STATES if one.state == current)) + 1]
        await ask(message, state, after)

    @made.message(StateFilter(Join), F.text)
    async def typed(message: Message, state: FSMContext) -> None:
        await go_on(message, state, message.text or "")

    @made.callback_query(Join.review)
    async def send(query: CallbackQuery, state: FSMContext) -> None:
        async with sessions.begin() as session:
            session.add(Application(person_id=query.from_user.id, answers=await state.get_data()))
        await state.clear()
        await query.answer()
        assert isinstance(query.message, Message)
        await query.message.answer("Your receipt number is 1")

    @made.callback_query(StateFilter(Join))
    async def chosen(query: CallbackQuery, state: FSMContext) -> None:
        await query.answer()
        assert isinstance(query.message, Message)
        await go_on(query.message, state, str(query.data).rpartition(":")[2])

    return made


async def main(url: str, database: str) -> None:
    engine = create_async_engine(database)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine.sync_engine, "connect")
        def on_connect(connection: Any, _entry: object) -> None:
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=20000"):
                connection.execute(f"PRAGMA {pragma}")

    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    session = AiohttpSession(api=TelegramAPIServer.from_base(url), limit=256)
    bot = Bot(TOKEN, session=session)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    await dispatcher(sessions).start_polling(bot, handle_signals=False)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
