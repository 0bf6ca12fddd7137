"""Leases: what one process may do at a time, and for how long.

Nobody's clock is trusted. The holder raises `beat` every second or two; others take a lease whose beat has not changed
for long enough by their own clocks. Each holder gets a new `token`, so a former one, wherever it was frozen, finds in
its next transaction that the lease is not its own any more.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import BigInteger, String, bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.dialects import insert_for
from storage.engine.fast_statements import run
from storage.engine.postgresql_engine import APPLICATION_NAME_LENGTH, application_name


class LeaseLost(Exception):
    """Another process holds the lease by now. What the transaction did is undone."""


class Lease(Base):
    """`holder` is the name of a process, empty if nobody has the lease. `token` is raised with each new holder."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(120))
    token: Mapped[int] = mapped_column(BigInteger)
    beat: Mapped[int] = mapped_column(BigInteger)


class Observed(NamedTuple):
    """A lease as it was seen. Two that are equal: nobody renewed it in between."""

    holder: str
    token: int
    beat: int


_IS_HELD = (Lease.name == bindparam("lease")) & (Lease.token == bindparam("held"))
_RENEWED = update(Lease).where(_IS_HELD).values(beat=Lease.beat + 1).returning(Lease.token)
_OBSERVED = select(Lease.holder, Lease.token, Lease.beat).where(Lease.name == bindparam("lease"))
_HELD = select(Lease.token).where(_IS_HELD)


async def observe(connection: AsyncConnection, name: str) -> Observed | None:
    """Returns the lease as it is now; None before the first process has taken it."""
    row = (await connection.execute(_OBSERVED, {"lease": name})).one_or_none()
    return None if row is None else Observed(*row)


async def take(connection: AsyncConnection, name: str, holder: str, observed: Observed | None) -> int | None:
    """Takes the lease unless somebody renewed or took it since it was observed; returns the token then."""
    if observed is None:
        first = insert_for(Lease, postgres=connection.dialect.name == "postgresql").values(
            name=name, holder=holder, token=1, beat=0
        )
        return await connection.scalar(first.on_conflict_do_nothing().returning(Lease.token))
    taken = (
        update(Lease)
        .where(Lease.name == name, Lease.token == observed.token, Lease.beat == observed.beat)
        .values(holder=holder, token=Lease.token + 1, beat=0)
        .returning(Lease.token)
    )
    return await connection.scalar(taken)


async def renew(connection: AsyncConnection, name: str, token: int) -> bool:
    """Says that the holder lives; False if the lease is not its own any more."""
    return await connection.scalar(_RENEWED, {"lease": name, "held": token}) is not None


async def give_back(connection: AsyncConnection, name: str, token: int) -> None:
    """Lets another process take the lease at once."""
    await connection.execute(update(Lease).where(Lease.name == name, Lease.token == token).values(holder=""))


async def ensure(session: AsyncSession, name: str, token: int) -> None:
    """Raises LeaseLost if the lease has another holder."""
    if (await run(session, _HELD, {"lease": name, "held": token})).first() is None:
        raise LeaseLost


async def cut_off(connection: AsyncConnection, holder: str) -> None:
    """Ends all that a silent process still has open on PostgreSQL, with its locks: nobody waits for a frozen one."""
    if holder and connection.dialect.name == "postgresql":
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = :name AND datname = current_database() AND pid <> pg_backend_pid()"
            ),
            {"name": application_name(holder)[:APPLICATION_NAME_LENGTH]},
        )
