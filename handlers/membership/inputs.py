"""Answers of which only applications consist."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from handlers.chat.talk import Talk
from handlers.forms.questions import Choice, Input, NotAnAnswer
from handlers.inputs.account import LONGEST_LABEL, account_choice
from handlers.inputs.numbers_of_people import checked_phone
from handlers.inputs.picture import sent_picture
from handlers.inputs.record import record
from handlers.inputs.text import TEXT, TextInput
from storage.dialogues import Value
from storage.membership.phones import PHONE, Phone
from storage.plain_text import clean, is_letter, is_mark

_NAME_SIGNS = " ·'’.-"
_DOTS = re.compile(r"[•・･‧∙⋅●．﹒]")
"""What stands for the middle dot of GB 18030 (·), depending on the keyboard."""
_INTRODUCTION = re.compile(
    r"^(?:我叫|我的名字(?:是|叫)|姓名(?:是|[:：])|my name(?: is|['’]s) |name: ?)\s*", re.IGNORECASE
)
_NICKNAME = re.compile(r"^[小老阿].{1,2}$|[\u4e00-\u9fff] ")
"""小李, 老王; and 雷 李, in which nobody knows what comes first."""
_DISTRICT = TextInput(2, 40)
_REPLY = TextInput(1, 1_000)


def plain_name(text: str) -> str:
    """A typed name with one middle dot for all, without the words that introduce it."""
    return re.sub(r" ?· ?", "·", _DOTS.sub("·", _INTRODUCTION.sub("", clean(text))))


class NameInput(Input[str]):
    """2 to 50 letters of any script, with the signs that names have between them."""

    adapter = TEXT
    is_a_name = True

    async def read(self, talk: Talk) -> str:
        name = plain_name(talk.text)
        if not _is_name(name):
            raise NotAnAnswer(talk._("Please write your name as on your ID card, 2 to 50 letters."))
        return name

    def choices(self, talk: Talk) -> Sequence[Choice[str]]:
        """The name of their Telegram account, unless it can hardly stand on an ID card."""
        name = plain_name(talk.incoming.account_name)
        is_offered = _is_name(name) and len(name) <= LONGEST_LABEL and not _NICKNAME.search(name)
        return [account_choice(talk, name)] if is_offered else []


def _is_name(name: str) -> bool:
    letters = sum(map(is_letter, name))
    strange = any(not is_letter(char) and not is_mark(char) and char not in _NAME_SIGNS for char in name)
    return 2 <= letters <= 50 and len(name) <= 100 and not strange


class PhoneInput(Input[Phone]):
    """The sender's own contact, or a typed number: as +8613800000001, an extension as +865342345678 ext. 801.

    Only a contact that comes straight from its owner proves anything: a forwarded one may name a former number, and one
    that another bot put in says what that bot likes.
    """

    adapter = PHONE

    async def read(self, talk: Talk) -> Phone:
        contact = talk.incoming.body.get("contact")
        if not isinstance(contact, dict):
            return Phone(checked_phone(talk, talk.text))
        if contact.get("user_id") != talk.person.id or talk.incoming.is_of_others:
            raise NotAnAnswer(
                talk._("This is someone else's contact. Please share your own with the button, or type your number.")
            )
        return Phone(checked_phone(talk, "+" + str(contact.get("phone_number", "")).lstrip("+")), shared=True)

    def show(self, talk: Talk, value: Phone) -> str:
        """With a word about one that was typed: anybody can type anybody's."""
        return value.number if value.shared else talk._("{number} (typed, not verified)").format(number=value.number)


@dataclass(frozen=True, slots=True)
class Reply:
    """What an applicant answers to a question that was asked back: words, a picture by its file_id, or both."""

    text: str = ""
    picture: str = ""


class ReplyInput(Input[Reply]):
    adapter = record(Reply)

    async def read(self, talk: Talk) -> Reply:
        picture = sent_picture(talk)
        text = clean(talk.text or str(talk.incoming.body.get("caption") or ""))
        return Reply(_REPLY.checked(talk, text) if text or not picture else "", picture)

    def show(self, talk: Talk, value: Reply) -> str:
        return value.text or talk._("a picture")

    def decode(self, stored: Value) -> Reply:
        return Reply(stored) if isinstance(stored, str) else super().decode(stored)


class DistrictInput(Input[str]):
    """One of the organisation's list; any, if it has none."""

    adapter = TEXT
    is_a_name = True

    async def read(self, talk: Talk) -> str:
        text, offered = clean(talk.text), talk.context.settings.joining.districts
        if not offered:
            return _DISTRICT.checked(talk, text)
        district = next((name for name in offered if name.casefold() == text.casefold()), None)
        if district is None:
            raise NotAnAnswer(talk._("Please press one of the buttons."))
        return district

    def choices(self, talk: Talk) -> Sequence[Choice[str]]:
        return [Choice(str(at), name, name) for at, name in enumerate(talk.context.settings.joining.districts)]
