"""Who runs the bot: named in the config file, or given a role in the chat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases.desks import Desk
from storage.people import roles
from storage.people.access import Right, Role, may, those_who_may
from storage.telegram_ids import PersonId


@dataclass(frozen=True, slots=True)
class Staff:
    """The people whom the config file names, by role; those of the chat are asked of the database."""

    admins: frozenset[PersonId] = frozenset()
    coordinators: frozenset[PersonId] = frozenset()
    counsel: frozenset[PersonId] = frozenset()

    @property
    def named(self) -> Mapping[Role, frozenset[PersonId]]:
        """Who has which role by the config file."""
        return {Role.ADMIN: self.admins, Role.COORDINATOR: self.coordinators, Role.COUNSEL: self.counsel}

    def roles_of(self, person_id: PersonId, held: Iterable[str] = ()) -> frozenset[Role]:
        """Everybody is a rider; more by the config, and by what was given in the chat (`held`)."""
        roles_here = {role for role, people in self.named.items() if person_id in people}
        return frozenset({Role.RIDER, *map(Role, held), *roles_here})

    async def roles_at(self, session: AsyncSession, person_id: PersonId, now: datetime) -> frozenset[Role]:
        """The roles that this person has now, by the config or given in the chat."""
        held = await roles.held(session, [person_id], now)
        return self.roles_of(person_id, held.get(person_id, ()))

    async def is_allowed(self, session: AsyncSession, person_id: PersonId, right: Right, now: datetime) -> bool:
        """Whether this person has the right now."""
        return may(await self.roles_at(session, person_id, now), right)

    async def who_may(self, session: AsyncSession, right: Right, now: datetime) -> list[PersonId]:
        """Everybody who has this right by a role."""
        return await self._holding(session, those_who_may(right), now)

    async def of_desk(
        self, session: AsyncSession, desk: Desk, now: datetime, level: int = 0, place: str | None = None
    ) -> list[PersonId]:
        """Who takes care of a desk's cases, at this level and about this place where it has levels: all who may handle
        them, or those of them that the desk names."""
        people = await self._holding(session, desk.handled_in, now)
        return [person for person in people if desk.is_handled_by(person, level, place)]

    async def reviewers(self, session: AsyncSession, now: datetime) -> list[PersonId]:
        """Who is called when applications wait: coordinators, or the admins where there are none."""
        return await self.with_role(session, Role.COORDINATOR, now) or await self.with_role(session, Role.ADMIN, now)

    async def with_role(self, session: AsyncSession, role: Role, now: datetime) -> list[PersonId]:
        """Returns who has this role now, by the config or given in the chat."""
        return await self._holding(session, frozenset({role}), now)

    async def _holding(self, session: AsyncSession, wanted: frozenset[Role], now: datetime) -> list[PersonId]:
        named = [people for role, people in self.named.items() if role in wanted]
        return sorted((await roles.holders(session, wanted, now)).union(*named))
