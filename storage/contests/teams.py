"""Teams of a contest, and who is in them: whoever enters first names the team and invites others by a link.

A person is in one team of a contest at most. Each member chooses the name that is shown with the team's entries, and
has agreed to the rules themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    delete,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import keys, sealed_columns
from storage.column_types import BigKey, Sealed
from storage.contests.contests import Contest
from storage.contests.ids import ContestId, TeamId
from storage.database import Base, vault_of
from storage.dialects import add_new
from storage.draws import drawing
from storage.encryption import Vault
from storage.refusals import Refused
from storage.sealed_json import SealedJson
from storage.telegram_ids import PersonId

MOST_MEMBERS = 8
LONGEST_NAME, LONGEST_MEMBER = 40, 20
_INVITATION = "contest_teams.invitation"


class NoSuchTeam(Refused):
    """This person is in no such team, or it is another member who may do this."""


class Team(Base):
    __tablename__ = "contest_teams"

    id: Mapped[TeamId] = mapped_column(BigKey, primary_key=True)
    contest_id: Mapped[ContestId] = mapped_column(BigInteger, ForeignKey("contests.id"), index=True)
    content: Mapped[bytes | None] = mapped_column(Sealed, default=None)
    """Sealed: the team's name, and the secret in its invitation."""
    invitation_index: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, index=True)
    """A blind index by which the invitation is found."""


class Member(Base):
    __tablename__ = "contest_team_members"
    __table_args__ = (Index("ix_contest_team_members_team_id", "team_id"),)

    contest_id: Mapped[ContestId] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[PersonId] = mapped_column(primary_key=True, index=True, autoincrement=False)
    team_id: Mapped[TeamId] = mapped_column(BigInteger, ForeignKey("contest_teams.id"))
    number: Mapped[int] = mapped_column(SmallInteger)
    """In the order in which they joined; the lowest is the captain."""
    name: Mapped[bytes] = mapped_column(Sealed)
    """Sealed: what is shown of them."""
    rules_version: Mapped[int] = mapped_column(SmallInteger)
    """Of the rules, with the consent to publish, that they have agreed to."""


class Left(Base):
    """Whoever has left a team, until the contest's places are fixed: they may neither vote for its entries nor judge
    them, or somebody could leave for a minute to do so. Without a name, and without a time."""

    __tablename__ = "contest_team_left"

    team_id: Mapped[TeamId] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[PersonId] = mapped_column(primary_key=True, index=True, autoincrement=False)
    contest_id: Mapped[ContestId] = mapped_column(BigInteger, index=True)


@dataclass(frozen=True, slots=True)
class TeamContent:
    name: str
    invitation: str


_JSON = SealedJson(TeamContent)


def _indexes(vault: Vault, stored: bytes) -> Mapping[str, bytes | None]:
    return {"invitation_index": vault.blind(_JSON.decode(stored).invitation, _INVITATION)}


keys.REINDEXED["contest_teams.content"] = _indexes


async def found(session: AsyncSession, contest: Contest, person_id: PersonId, name: str, own_name: str) -> Team:
    """A new team, with this person as its captain. The caller has locked the contest."""
    row = Team(contest_id=contest.id)
    session.add(row)
    await session.flush()
    _keep(session, row, TeamContent(name, drawing.new_code()))
    await add(session, contest, row, person_id, own_name)
    return row


async def add(session: AsyncSession, contest: Contest, row: Team, person_id: PersonId, own_name: str) -> Member:
    """This person is a member from now on. The caller has locked the contest, and checked that they may."""
    last = await session.scalar(select(func.max(Member.number)).where(Member.team_id == row.id))
    member = Member(
        contest_id=contest.id,
        person_id=person_id,
        team_id=row.id,
        number=(last or 0) + 1,
        name=b"",
        rules_version=contest.rules_version,
    )
    sealed_columns.seal(session, member, Member.name, own_name.encode())
    session.add(member)
    await session.flush()
    return member


def _keep(session: AsyncSession, row: Team, content: TeamContent) -> None:
    sealed_columns.seal(session, row, Team.content, _JSON.encode(content))
    row.invitation_index = vault_of(session).blind(content.invitation, _INVITATION)


def content_of(session: AsyncSession, row: Team) -> TeamContent:
    return _JSON.decode(sealed_columns.opened(session, row, Team.content))


def rename(session: AsyncSession, row: Team, name: str) -> None:
    _keep(session, row, replace(content_of(session, row), name=name))


async def membership(session: AsyncSession, contest_id: ContestId, person_id: PersonId) -> Member | None:
    """This person as a member of a team of the contest."""
    return await session.get(Member, (contest_id, person_id))


async def of_person(session: AsyncSession, contest_id: ContestId, person_id: PersonId) -> Team | None:
    member = await membership(session, contest_id, person_id)
    return None if member is None else await session.get_one(Team, member.team_id)


async def memberships_of(session: AsyncSession, person_id: PersonId) -> Sequence[Member]:
    """In all contests."""
    chosen = select(Member).where(Member.person_id == person_id).order_by(Member.contest_id)
    return (await session.scalars(chosen)).all()


async def members(session: AsyncSession, team_id: TeamId) -> Sequence[Member]:
    """In the order in which they joined; the first is the captain."""
    chosen = select(Member).where(Member.team_id == team_id).order_by(Member.number)
    return (await session.scalars(chosen)).all()


def name_of(session: AsyncSession, member: Member) -> str:
    """What is shown of a member; empty if they chose none."""
    return sealed_columns.opened(session, member, Member.name).decode()


async def remember_leaving(session: AsyncSession, contest: Contest, team_id: TeamId, person_id: PersonId) -> None:
    """Keeps that this person was in the team, as long as that matters."""
    if contest.decided_at is None:
        await add_new(session, Left, team_id=team_id, person_id=person_id, contest_id=contest.id)


async def has_left_one(session: AsyncSession, person_id: PersonId, contest_id: ContestId | None = None) -> bool:
    """Whether it is kept that this person was in a team, of one contest or of any, that they are in no more."""
    left = select(Left.team_id).where(Left.person_id == person_id).limit(1)
    return await session.scalar(left if contest_id is None else left.where(Left.contest_id == contest_id)) is not None


async def forget_leaving(session: AsyncSession, contest_id: ContestId) -> None:
    """Once the places are fixed it matters no more."""
    await session.execute(delete(Left).where(Left.contest_id == contest_id))


async def shown_names(session: AsyncSession, contest: Contest, team_id: TeamId) -> tuple[str, ...]:
    """The names of the members who have agreed to the rules as they are now."""
    agreed = [one for one in await members(session, team_id) if one.rules_version == contest.rules_version]
    return tuple(filter(None, (name_of(session, one) for one in agreed)))


async def invited_to(session: AsyncSession, invitation: str) -> Team | None:
    """The team that an invitation leads to. The index only finds it: it can be copied to another row, the secret that
    is sealed there can't. What somebody types may have small letters."""
    return await _led_to(session, invitation) or await _led_to(session, invitation.upper())


async def _led_to(session: AsyncSession, invitation: str) -> Team | None:
    known = vault_of(session).blinds(invitation, _INVITATION)
    rows = (await session.scalars(select(Team).where(Team.invitation_index.in_(known)))).all()
    return next((row for row in rows if content_of(session, row).invitation == invitation), None)


async def invite_anew(session: AsyncSession, contest_id: ContestId, person_id: PersonId) -> Team:
    """Another invitation in place of the one before, which leads nowhere from now on.

    Raises:
        NoSuchTeam: only the captain invites.
    """
    row = await led_by(session, contest_id, person_id)
    _keep(session, row, replace(content_of(session, row), invitation=drawing.new_code()))
    return row


async def led_by(session: AsyncSession, contest_id: ContestId, person_id: PersonId) -> Team:
    """The team whose captain this person is. Raises NoSuchTeam: they are none."""
    row = await of_person(session, contest_id, person_id)
    if row is None or (await members(session, row.id))[0].person_id != person_id:
        raise NoSuchTeam
    return row
