"""What all conversations share."""

from __future__ import annotations

from dataclasses import dataclass, field

from handlers.chat.ports import Directory, Ports
from handlers.chat.staff_names import StaffNames
from storage.cases.desks import Desk
from storage.database import Database
from storage.emergency.danger import dangers
from storage.operations.organisation import CurrentSettings, Settings
from storage.people.block_list import BlockList
from storage.people.staff import Staff
from storage.sos.erased import ErasedCalls


@dataclass(frozen=True, slots=True)
class BotIdentity:
    """What Telegram says about the bot itself."""

    id: int = 0
    username: str = ""


class OwnIdentity:
    """Holds the identity, which is known once Telegram has answered for the first time."""

    __slots__ = ("_value",)

    def __init__(self) -> None:
        self._value = BotIdentity()

    @property
    def value(self) -> BotIdentity:
        return self._value

    def learn(self, value: BotIdentity) -> None:
        self._value = value


@dataclass(frozen=True, slots=True)
class AppContext:
    """The same for every update: the organisation's settings, its staff, the stations, the services of the process."""

    current: CurrentSettings
    staff: Staff
    blocks: BlockList
    database: Database
    directory: Directory
    own: OwnIdentity
    ports: Ports
    names: StaffNames = field(default_factory=StaffNames)
    erased_calls: ErasedCalls = field(default_factory=ErasedCalls)

    @property
    def settings(self) -> Settings:
        """The snapshot in force."""
        return self.current.value

    @property
    def identity(self) -> BotIdentity:
        return self.own.value

    def is_danger(self, text: str) -> bool:
        """Whether words of acute danger stand in the text."""
        return dangers(tuple(word for desk in self.settings.desks.values() for word in desk.crisis_words)).ring(text)

    @property
    def crisis_desk(self) -> Desk | None:
        """Where somebody in danger is listened to, if the organisation has such a desk."""
        return next((desk for desk in self.settings.desks.values() if desk.crisis), None)

    def link(self, payload: str = "") -> str:
        """A deep link into the private chat."""
        return f"https://t.me/{self.identity.username}" + (f"?start={payload}" if payload else "")
