"""Connections to PostgreSQL that end by themselves: when the other end is gone, does not answer, or is frozen."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from storage.database_errors import DatabaseAway, SharedSession

APPLICATION_NAME_LENGTH = 63
"""Of which PostgreSQL takes no more."""
IDLE_FOR_AT_MOST = 5.0
"""Seconds for which a transaction may do nothing. A process that is frozen in one holds up nobody longer."""
WAITS_FOR_LOCKS = 2.0
"""Seconds for a lock. Who waits in a frozen process must be gone before the lock is free, or each in turn gets it and
keeps it as long. A row takes two of these waits, one for a place in its queue, so this is less than half of the above.
Who is not frozen tries again."""
ANSWERS_WITHIN = 15.0
"""Seconds for a statement on PostgreSQL. One that was cut off, or meets a stalled network, does not wait for ever."""
ASKED_AFTER = 3.0
"""Seconds without use after which a connection of the pool is asked whether it still works. That takes as long as a
short transaction, and what has ended meanwhile (a server that was restarted) is known without asking."""
UNACKNOWLEDGED_FOR_AT_MOST = 10_000
"""Milliseconds after which the kernel gives up a connection to PostgreSQL whose other end is gone."""

AT_ONCE = {"isolation_level": "AUTOCOMMIT"}
"""The options of a connection whose statements commit by themselves."""
_USED_AT = "nuanxin.used_at"
_WHICH = text("SELECT pg_backend_pid()")


def application_name(process: str) -> str:
    """What PostgreSQL's own views call the connections of a process."""
    return f"nuanxin {process}"


def process_name() -> str:
    """Of this process, its own among all that run the bot."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _limits() -> str:
    """Said once connected: as parameters of the start, PgBouncer takes none but those that it knows."""
    return (
        f"SET idle_in_transaction_session_timeout = {IDLE_FOR_AT_MOST * 1_000:.0f};"
        f"SET lock_timeout = {WAITS_FOR_LOCKS * 1_000:.0f}"
    )


def shared(url: URL, connections: int, options: dict[str, Any]) -> AsyncEngine:
    """The pool. The connection that was used last is taken first, so that an idle process needs few of them."""
    engine = _opened(url, pool_size=connections, max_overflow=0, pool_use_lifo=True, **options)

    @event.listens_for(engine.sync_engine, "checkin")
    def on_checkin(_connection: object, entry: ConnectionPoolEntry) -> None:
        entry.info[_USED_AT] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def on_checkout(connection: Any, entry: ConnectionPoolEntry, _proxy: object) -> None:
        """One that does not work any more is replaced, and so are all others."""
        used_at = entry.info.get(_USED_AT)
        try:
            if used_at is not None and time.monotonic() - used_at > ASKED_AFTER:
                connection.run_async(lambda driver: driver.fetchrow(";", timeout=ANSWERS_WITHIN / 3))
        except Exception as error:
            raise InvalidatePoolError from error
        if connection.driver_connection.is_closed():
            raise InvalidatePoolError

    return engine


def apart(url: URL) -> AsyncEngine:
    """For a connection beside the pool that ends as those of the pool do."""
    return _opened(url, poolclass=NullPool, hide_parameters=True)


def _opened(url: URL, **options: Any) -> AsyncEngine:
    from storage.engine import postgresql_driver

    limits = _limits()
    connect_args = {**_connect_args(), "command_timeout": ANSWERS_WITHIN}
    engine = create_async_engine(url, connect_args=connect_args, module=postgresql_driver.Module(), **options)

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _entry: ConnectionPoolEntry) -> None:
        """The kernel notices a dead peer, also while nothing is being sent."""
        connection.run_async(lambda driver: driver.execute(limits))
        peer = connection.driver_connection._transport.get_extra_info("socket")
        if peer is None or peer.family == getattr(socket, "AF_UNIX", None) or not hasattr(socket, "TCP_USER_TIMEOUT"):
            return
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in (
            (socket.TCP_KEEPIDLE, 5),
            (socket.TCP_KEEPINTVL, 2),
            (socket.TCP_KEEPCNT, 3),
            (socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_FOR_AT_MOST),
        ):
            peer.setsockopt(socket.IPPROTO_TCP, option, value)

    @event.listens_for(engine.sync_engine, "handle_error")
    def on_error(context: ExceptionContext) -> None:
        """No answer in time: nobody knows what this connection is at, so it is not used again."""
        if isinstance(context.original_exception, TimeoutError):
            context.is_disconnect = True
            raise ConnectionError("PostgreSQL did not answer in time") from context.original_exception

    return engine


def patient(url: URL) -> AsyncEngine:
    """For changes of the schema, which take as long as they take."""
    return create_async_engine(url, poolclass=NullPool, connect_args=_connect_args(), hide_parameters=True)


def _connect_args() -> dict[str, Any]:
    settings = {"application_name": application_name(process_name())}
    return {"server_settings": settings, "timeout": ANSWERS_WITHIN / 3}


async def ensure_own_session(connection: AsyncConnection, engine: AsyncEngine) -> None:
    """Looks whether the connection keeps its session while another has a transaction open: a pooler in transaction mode
    gives it to that one, and with it every lock and statement that the program relies on.

    Raises:
        DatabaseAway: it does not, or there is no second connection.
    """
    try:
        async with asyncio.timeout(ANSWERS_WITHIN), engine.connect() as other:
            before = await connection.scalar(_WHICH)
            await connection.rollback()
            await other.execute(_WHICH)
            after = await connection.scalar(_WHICH)
            await connection.rollback()
            if after != before:
                raise SharedSession
    except Exception as error:
        raise DatabaseAway(type(error).__name__) from error
