"""What is asked of whoever enters a contest. Where judges decide, nothing that they read may say whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.chat.talk import Talk
from handlers.contests.inputs import EntryInput, Sent
from handlers.contests.names import names_somebody
from handlers.forms.questions import Choice, NotAnAnswer, Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.account import account_choice
from handlers.inputs.choice import ButtonInput
from handlers.inputs.text import TEXT, ParagraphInput, TextInput
from storage.contests.entries import Kind
from storage.contests.ids import ContestId, EntryId
from storage.contests.teams import LONGEST_MEMBER, LONGEST_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """To which contest, and in place of which entry (0: a new one). `is_blind`: judges must not see whose it is."""

    contest: ContestId
    entry: EntryId
    rules_version: int
    categories: tuple[str, ...]
    is_blind: bool
    by_team: bool = False
    team: str = ""
    """The team that this person is in already."""
    is_captain: bool = False
    members: tuple[str, ...] = ()
    """The names shown of those who are in it."""


def _categories(_talk: Talk, draft: EntryDraft) -> Sequence[Choice[str]]:
    return [Choice(str(at), name, name) for at, name in enumerate(draft.categories)]


async def _check_message(talk: Talk, draft: EntryDraft, sent: Sent) -> None:
    if draft.is_blind and sent.file_name and sent.is_large:
        raise NotAnAnswer(
            talk._(
                "This file is too large (20 MB at most): judges get files under another name, so that they don't "
                "see whose they are. Please compress it."
            )
        )
    await _check_text(talk, draft, sent.text)


async def _check_text(talk: Talk, draft: EntryDraft, text: str) -> None:
    """Judges read it, so that it may not say whose the entry is."""
    account = talk.incoming.account_name
    own = (account, talk.incoming.username, str(talk.person.id), draft.by, draft.own_name, draft.team)
    named = [name for name in (*own, *draft.members) if name]
    if draft.is_blind and names_somebody(text, named):
        raise NotAnAnswer(leave_out(talk))


async def _check_by(talk: Talk, draft: EntryDraft, by: str) -> None:
    text = "\n".join((draft.title, draft.words, "" if draft.sent is None else draft.sent.text))
    if draft.is_blind and names_somebody(text, [by]):
        raise NotAnAnswer(leave_out(talk))


def leave_out(talk: Talk) -> str:
    return talk._(
        "Judges mustn't know whose entry it is. Please leave your name out of the title and the text; "
        "everyone else sees it beside the entry."
    )


def _name_choices(talk: Talk, draft: EntryDraft) -> Sequence[Choice[str]]:
    name = "" if draft.by_team else talk.incoming.account_name[:40]
    return [account_choice(talk, name)] if name else []


def _own_name_choices(talk: Talk, _draft: EntryDraft) -> Sequence[Choice[str]]:
    name = talk.incoming.account_name[:LONGEST_MEMBER]
    return [account_choice(talk, name)] if name else []


def _ask_by(talk: Talk, draft: EntryDraft) -> str:
    if draft.by_team:
        return talk._("What is your team called? The name is shown with its entries. You can then invite the others.")
    return talk._(
        "Which name should be shown with it? Use your account's name, or write a nickname or your team's name."
    )


def _is_file(draft: EntryDraft) -> bool:
    return draft.sent is not None and draft.sent.kind is not Kind.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDraft(Situation):
    category: str = asked(
        Question(
            N_("Category"),
            N_("In which category?"),
            ButtonInput(TEXT),
            choices=_categories,
            when=lambda draft: not draft.entry and len(draft.categories) > 1,
        ),
        default="",
    )
    sent: Sent | None = asked(
        Question(
            N_("Entry"),
            N_("Send your entry: one video, picture or document, or write a text of up to 2,000 characters."),
            EntryInput(),
            check=_check_message,
        ),
        default=None,
    )
    title: str = asked(
        Question(N_("Title"), N_("What is the title of your entry?"), TextInput(2, 80), check=_check_text), default=""
    )
    words: str = asked(
        Question(
            N_("Words"),
            N_("A few words about it? Up to 500 characters."),
            ParagraphInput(2, 500),
            optional=True,
            when=_is_file,
            check=_check_text,
        ),
        default="",
    )
    by: str = asked(
        Question(
            N_("Name shown"),
            _ask_by,
            TextInput(1, LONGEST_NAME),
            choices=_name_choices,
            check=_check_by,
            when=lambda draft: not draft.team or draft.is_captain,
            title_by=lambda talk, draft: talk._("Team") if draft.by_team else talk._("Name shown"),
        ),
        default="",
    )
    own_name: str = asked(
        Question(
            N_("Your name"),
            N_("Which name should the team show for you? Your account's name, or a nickname."),
            TextInput(1, LONGEST_MEMBER),
            choices=_own_name_choices,
            check=_check_by,
            when=lambda draft: draft.by_team and not draft.team,
        ),
        default="",
    )
