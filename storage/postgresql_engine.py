"""Connections to PostgreSQL that end by themselves: when the other end is gone, does not answer, or is frozen."""

from __future__ import annotations

import os
import socket
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

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
UNACKNOWLEDGED_FOR_AT_MOST = 10_000
"""Milliseconds after which the kernel gives up a connection to PostgreSQL whose other end is gone."""


def application_name(process: str) -> str:
    """What PostgreSQL's own views call the connections of a process."""
    return f"nuanxin {process}"


def process_name() -> str:
    """Of this process, its own among all that run the bot."""
    return f"{socket.gethostname()}:{os.getpid()}"


def shared(url: URL, connections: int, options: dict[str, Any]) -> AsyncEngine:
    settings = {
        "application_name": application_name(process_name()),
        "idle_in_transaction_session_timeout": f"{IDLE_FOR_AT_MOST * 1_000:.0f}",
        "lock_timeout": f"{WAITS_FOR_LOCKS * 1_000:.0f}",
    }
    engine = create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={"server_settings": settings, "command_timeout": ANSWERS_WITHIN, "timeout": ANSWERS_WITHIN / 3},
        **options,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _entry: ConnectionPoolEntry) -> None:
        """The kernel notices a dead peer, also while nothing is being sent."""
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
    settings = {"application_name": application_name(process_name())}
    return create_async_engine(
        url, poolclass=NullPool, connect_args={"server_settings": settings}, hide_parameters=True
    )
