"""The URL of a database, as people write it: of SQLite or PostgreSQL, with the parameters of libpq that are known."""

from __future__ import annotations

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

_DRIVERS = {"sqlite": ("", "aiosqlite"), "postgresql": ("", "asyncpg")}
_EXAMPLE = "postgresql://user@host/name"
_PARAMETERS = frozenset(
    {"host", "port", "user", "password", "ssl", "passfile", "target_session_attrs", "prepared_statement_cache_size"}
)
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


def normalised(text: str) -> str:
    """The URL with the drivers of this program.

    Raises:
        ValueError: it is none of ours; the text says why, and quotes nothing of it, since it may hold a password.
    """
    if "://" not in text:
        raise ValueError(f"this is no URL such as {_EXAMPLE}")
    if text.partition("?")[0].count("@") > 1:
        raise ValueError("write @ in the user or password as %40 (and / as %2F, # as %23, ? as %3F, % as %25)")
    try:
        url = make_url(text.replace("postgres://", "postgresql://", 1) if text.startswith("postgres://") else text)
    except (ArgumentError, ValueError):
        raise ValueError(f"this is no URL such as {_EXAMPLE}") from None
    kind, _, driver = url.drivername.partition("+")
    if kind not in _DRIVERS:
        raise ValueError(f"{kind} is not supported: the bot keeps its data in SQLite or PostgreSQL")
    if driver not in _DRIVERS[kind]:
        raise ValueError(f"the driver {driver} is not supported: write {kind}://")
    if kind == "postgresql":
        url = _with_known_parameters(url)
    return url.set(drivername=f"{kind}+{_DRIVERS[kind][1]}").render_as_string(hide_password=False)


def _with_known_parameters(url: URL) -> URL:
    if not url.database:
        raise ValueError(f"the database's name is missing, as in {_EXAMPLE}")
    query = {("ssl" if name == "sslmode" else name): value for name, value in url.query.items()}
    unknown = sorted(query.keys() - _PARAMETERS)
    if unknown:
        raise ValueError(f"the parameter {unknown[0]} is not supported; these are: {', '.join(sorted(_PARAMETERS))}")
    if query.get("ssl", "prefer") not in _SSL_MODES:
        raise ValueError(f"sslmode is one of {', '.join(_SSL_MODES)}")
    return url.set(query=query)
