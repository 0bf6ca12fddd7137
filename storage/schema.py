"""The schema: all tables together, and bringing a database to the newest version by Alembic."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

# Each import adds its tables to METADATA, which everything that goes through all tables relies on.
from storage import audit, dialogues, keys, pseudonym_columns, signing  # noqa: F401
from storage.activities import (  # noqa: F401
    activities,
    activity_reminders,
    calendar_feeds,
    changes,
    check_ins,
    draws,
    questions,
    reminders,
    rounds,
    series,
    sign_ups,
    weekly_digest,
)
from storage.broadcasts import broadcasts, reads, tally_table  # noqa: F401
from storage.campaigns import campaigns  # noqa: F401
from storage.campaigns.agreements import comments as clause_comments  # noqa: F401
from storage.campaigns.agreements import table as agreement_tables  # noqa: F401
from storage.campaigns.ballots import table as ballot_table  # noqa: F401
from storage.campaigns.commitments import table as commitment_tables  # noqa: F401
from storage.campaigns.demands import stances, voters  # noqa: F401
from storage.campaigns.demands import table as demands  # noqa: F401
from storage.campaigns.surveys import parts, roll, surveys, tallies  # noqa: F401
from storage.campaigns.surveys import questions as survey_questions  # noqa: F401
from storage.cases import (  # noqa: F401
    allowances,
    cases,
    collectives,
    contexts,
    deadlines,
    drafts,
    levels,
    messages,
    parties,
    statistics,
)
from storage.cases.answers import counts as answer_counts  # noqa: F401
from storage.cases.files import evidence  # noqa: F401
from storage.console import passes  # noqa: F401
from storage.contests import bursts, certificates, contests, entries, judges, judging, teams, votes  # noqa: F401
from storage.coordination import change_counters, leases, number_sequences, replicas, run_once  # noqa: F401
from storage.database import Base, Database
from storage.database_errors import Cause, cause_of
from storage.deliveries import announcements, table  # noqa: F401
from storage.encryption import Vault
from storage.engine import sqlite_engine, unused_pages
from storage.heat import days as weather_days  # noqa: F401
from storage.heat import wishes as weather_wishes  # noqa: F401
from storage.honours import situation_table, trip_table  # noqa: F401
from storage.honours import table as honour_table  # noqa: F401
from storage.membership import applications, memberships, review_alerts  # noqa: F401
from storage.operations import backups, errors, published_menus, settings  # noqa: F401
from storage.pay import entries as pay_entries  # noqa: F401
from storage.pay import reminders as pay_reminders  # noqa: F401
from storage.pay.pool import counting as pay_pool_counting  # noqa: F401
from storage.pay.pool import members as pay_pool_members  # noqa: F401
from storage.people import blocks, people, roles, topics  # noqa: F401
from storage.privacy import consents  # noqa: F401
from storage.sos import duties as help_duties  # noqa: F401
from storage.sos import table as help_tables  # noqa: F401
from storage.stations import proposals, reports, searches, stations  # noqa: F401
from storage.statistics import searches as search_statistics  # noqa: F401
from storage.updates import strikes, updates  # noqa: F401

METADATA = Base.metadata
NEWEST = "0048"
"""The revision of this code; a test holds it against storage/migrations."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 0x6E75616E78696E  # "nuanxin"


class SchemaTooNew(Exception):
    """The database was migrated by a newer version of the program."""


def own_tables() -> list[Table]:
    """All tables of this package, those that others refer to first. Another package may have added more."""
    tables = {mapper.local_table for mapper in Base.registry.mappers if mapper.class_.__module__.startswith("storage.")}
    return [one for one in METADATA.sorted_tables if one in tables]


async def revision(connection: AsyncConnection) -> str | None:
    """The revision of the database; None if it is empty."""
    try:
        found = await connection.scalar(text("SELECT version_num FROM alembic_version"))
        return None if found is None else str(found)
    except DBAPIError as error:
        if cause_of(error) is not Cause.SCHEMA:
            raise
        await connection.rollback()
        return None


def check_not_newer(found: str | None) -> None:
    """Raises SchemaTooNew if it is; see the class."""
    if found is not None and found > NEWEST:
        raise SchemaTooNew(f"database.url: the database has schema {found}, but this program only knows {NEWEST}")


async def migrate(database: Database, target: str = "head") -> bool:
    """Brings the database to the newest schema; False if it was there already. Replicas that start together take turns.

    With a target ("0006"), to that one, up or down. Down, what only the newer schema can hold is lost.

    Raises:
        SchemaTooNew: see the class.
        WrongKey: there is something in it that was sealed with other keys. Nothing was changed.
        DatabaseAway: there is no connection.
    """
    is_migrated = await _migrate(database, target)
    if is_migrated:
        pseudonym_columns.forget(database.engine.dialect)
    await unused_pages.erase(database)
    return is_migrated


async def _migrate(database: Database, target: str) -> bool:
    async with database.connected() as connection:
        found = await revision(connection)
        if found == NEWEST and target == "head":
            return False
        check_not_newer(found)
        await connection.rollback()
        if database.is_postgresql:
            await connection.execute(text(f"SELECT pg_advisory_lock({_MIGRATION_LOCK})"))
            await connection.commit()
        else:
            await sqlite_engine.keep_temporary_tables(connection, "MEMORY")
        try:
            await connection.run_sync(_run, target, found, database.vault)
            await connection.commit()
        finally:
            await connection.rollback()
            if database.is_postgresql:
                await connection.execute(text(f"SELECT pg_advisory_unlock({_MIGRATION_LOCK})"))
                await connection.commit()
            else:
                await sqlite_engine.keep_temporary_tables(connection, "DEFAULT")
    return True


def _run(connection: Connection, target: str, found: str | None, vault: Vault) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    config.attributes["vault"] = vault
    if target != "head" and target < (found or ""):
        command.downgrade(config, target)
    else:
        command.upgrade(config, target)
