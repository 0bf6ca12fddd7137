"""What admins are told about the database when it can't be used, so that nothing here may ask it anything."""

from __future__ import annotations

from handlers.i18n.translations import N_, translator
from storage.database_errors import Cause

SENTENCES = {
    Cause.AWAY: N_("The database can't be reached. Nobody gets an answer until it is back; no message is lost."),
    Cause.LOCKED: N_("The database is locked by another program, or has no connection left. Messages wait."),
    Cause.REFUSED: N_("The database server refuses the bot's account, password or database. Messages wait."),
    Cause.POOLER: N_("The database's connection pooler is in transaction mode. It must be in session mode."),
    Cause.FULL: N_("The database's disk is full. Nothing can be saved until there is room on it."),
    Cause.DISK: N_("The database's disk reports read or write errors. Look at the system's log."),
    Cause.DAMAGED: N_("The database is damaged. Stop the bot and restore the last backup."),
    Cause.NOT_WRITABLE: N_(
        "The database can't be written to: its file or folder is missing, read-only or owned by another account."
    ),
    Cause.SCHEMA: N_("The database lacks a table or column that this version of the bot needs."),
}


def trouble_words(language: str, host: str, cause: Cause, error_id: str) -> str:
    _ = translator(language)
    return _("⚠️ {what}\n\nMachine: {host}. In the log: {error_id}. What to do is in docs/operations.md.").format(
        what=_(SENTENCES[cause]), host=host, error_id=error_id
    )


def recovered_words(language: str, host: str, error_id: str) -> str:
    _ = translator(language)
    return _("✅ The database works again ({host}, {error_id}).").format(host=host, error_id=error_id)
