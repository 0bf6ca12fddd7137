"""Whether the program has the right keys; and what an older version left unsealed, which is sealed once."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from storage import keys
from storage.cases import parties
from storage.keys import Found
from storage.people import roles


async def check(session: AsyncSession) -> Found:
    """Returns what `keys.check` says.

    Raises:
        WrongKey: the keys do not open the database. Nothing was written.
    """
    found = await keys.check(session)
    if found is Found.OF_0_7:
        await roles.seal_all(session)
    if found in (Found.OF_0_7, Found.WITHOUT_CASES):
        await parties.seal_all(session)
    return found
