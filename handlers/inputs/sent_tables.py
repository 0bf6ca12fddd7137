"""A table sent as a file: fetched and run dry before it is an answer, and imported beside the chat once confirmed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from markupsafe import Markup

from handlers.chat.ports import NotFetched
from handlers.chat.press import Page
from handlers.chat.talk import StatelessTalk, Talk
from handlers.chat.view import View
from handlers.forms.questions import Choice, NotAnAnswer
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import Translate
from storage.deliveries import queue as delivery_queue
from storage.deliveries.notices import Notice
from storage.deliveries.queue import Addressed
from storage.sheets.tables import BadFile

R = TypeVar("R")

MOST_BYTES = 20 << 20
"""What Telegram hands to a bot: https://core.telegram.org/bots/api#getfile."""


@dataclass(frozen=True, slots=True)
class SentTable:
    """Which files are taken, by the ends of their names; what is said to another kind and to one that is too large, in
    English; and how a reason of the importer's is put into words."""

    endings: tuple[str, ...]
    other_kind: str
    too_large: str
    reason_words: Callable[[Translate, str], str]

    async def tried(self, talk: StatelessTalk, run: Callable[[str, str], Awaitable[R]]) -> R | str | None:
        """What `run` finds in the file of this id and name, or a sentence on why it can't; None if no file was sent.

        `run` raises NotFetched or BadFile where Telegram does not give the file, or it can't be read.
        """
        document = talk.incoming.body.get("document")
        if not isinstance(document, dict):
            return None
        name, size = str(document.get("file_name", "")), int(document.get("file_size") or 0)
        if not name.lower().endswith(self.endings):
            return talk._(self.other_kind)
        if size > MOST_BYTES:
            return talk._(self.too_large)
        try:
            return await run(str(document["file_id"]), name)
        except NotFetched:
            return talk._("I couldn't get the file from Telegram. Please send it again.")
        except BadFile as failure:
            return talk._("I can't read the file: {trouble}").format(trouble=self.reason_words(talk._, str(failure)))

    def not_imported(self, view: View, trouble: str) -> Page:
        """Why the import, which was to come after the dry run, did nothing."""
        why = self.reason_words(view._, trouble)
        return Markup("{}").format(view._("Nothing was imported: {trouble}").format(trouble=why)), []


def found_in(talk: Talk, kind: type[R]) -> R:
    """What the dry run has found.

    Raises:
        NotAnAnswer: it found nothing, or no file was sent.
    """
    found = talk.fetched
    if isinstance(found, str):
        raise NotAnAnswer(found)
    if not isinstance(found, kind):
        raise NotAnAnswer(talk._("Please send the file as a document (📎 → File)."))
    return found


def require_good(talk: Talk, good: int, report: Markup) -> None:
    """Raises NotAnAnswer: nothing in the file is any good."""
    if not good:
        raise NotAnAnswer(report + "\n" + talk._("Nothing in this file can be used."))


def numbered(view: View, lines: Sequence[tuple[int, str]]) -> list[Markup]:
    """ "• line 12: why"."""
    return ["• " + labelled(view._, view._("line {n}").format(n=number), reason) for number, reason in lines]


def ask_to_import(talk: Talk, report: Markup) -> str:
    title = talk._("This is what would happen. Nothing has been changed yet.")
    return Markup("<b>{}</b>\n{}").format(title, report)


def import_choices(talk: Talk, good: int) -> Sequence[Choice[bool]]:
    return [Choice("go", talk._("✔ Import ({n})").format(n=good), value=True)]


def import_beside(talk: Talk, run: Callable[[], Awaitable[Notice]], failed: Callable[[str], Notice]) -> None:
    """Runs the import once the turn is over, since it may take a while; whoever sent the file is told when it is done.
    `failed` makes the notice for a file that can't be had any more, or read."""
    context, person_id, now = talk.context, talk.person.id, talk.now

    async def work() -> None:
        try:
            report = await run()
        except (NotFetched, BadFile) as failure:
            report = failed(str(failure) or type(failure).__name__)
        async with context.database.writing() as session:
            await delivery_queue.add(session, Addressed(person_id, report, now))

    async def begun() -> None:
        context.ports.run_in_background(work())

    talk.committed.append(begun)
    talk.say(talk._("Importing … I'll message you when it's done."))
