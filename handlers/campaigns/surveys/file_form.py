"""Questions of a survey from a file that is sent in the chat."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from markupsafe import Markup
from pydantic import TypeAdapter

from handlers.campaigns.surveys.words import fault_words
from handlers.chat.ports import NotFetched
from handlers.chat.talk import StatelessTalk, Talk
from handlers.forms.questionnaires import Form, one_question
from handlers.forms.questions import Input, NotAnAnswer, Question, asked
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import N_
from storage.campaigns.ids import SurveyId
from storage.campaigns.surveys import question_files
from storage.campaigns.surveys.question_files import ENDINGS, MOST_BYTES, BadQuestionFile
from storage.campaigns.surveys.wording import Wording
from storage.people.access import Right

_EXAMPLE = """kind,text,options
one,Who is your platform?,Meituan|Ele.me|Other
several,What is missing?,Rest|Water|Toilets
rating,How safe do you feel?,
number,Hours a day?,8|10|12"""


async def _fetched(talk: StatelessTalk, _draft: object) -> tuple[Wording, ...] | str | None:
    """Before the transaction: the questions of the file, or a sentence on why not."""
    document = talk.incoming.body.get("document")
    if not isinstance(document, dict):
        return None
    if not str(document.get("file_name", "")).lower().endswith(ENDINGS):
        return talk._("Please send a .csv or .toml file.")
    if int(document.get("file_size") or 0) > MOST_BYTES:
        return talk._("The file is larger than {n} KB.").format(n=MOST_BYTES >> 10)
    content = io.BytesIO()
    try:
        await talk.context.ports.download_file(str(document["file_id"]), MOST_BYTES, content)
        return await asyncio.to_thread(question_files.read, content.getvalue())
    except NotFetched:
        return talk._("I couldn't get the file from Telegram. Please send it again.")
    except BadQuestionFile as bad:
        line = talk._("line {n}").format(n=bad.line)
        return labelled(talk._, line, fault_words(talk.view, bad.fault)) + "\n" + talk._("Nothing has been changed.")


class QuestionFileInput(Input[tuple[Wording, ...]]):
    """A file whose questions can all be asked."""

    adapter = TypeAdapter(tuple[Wording, ...])

    async def read(self, talk: Talk) -> tuple[Wording, ...]:
        if isinstance(talk.fetched, str):
            raise NotAnAnswer(talk.fetched)
        if not isinstance(talk.fetched, tuple):
            raise NotAnAnswer(talk._("Please send the file as a document (📎 → File)."))
        return talk.fetched


def _ask(talk: Talk, _draft: object) -> str:
    asks = talk._(
        "Send up to 9 questions as a CSV or TOML file. They replace the questions that are here now. In a "
        "CSV file, separate the answers with |; other_text and other_options are for the second language:"
    )
    return Markup("{}\n<pre>{}</pre>").format(asks, _EXAMPLE)


@dataclass(frozen=True, slots=True)
class FileDraft:
    survey: SurveyId
    questions: tuple[Wording, ...] = asked(Question(N_("File"), _ask, QuestionFileInput(), look_up=_fetched))


def filing(done: Callable[[Talk, FileDraft], Awaitable[None]]) -> Form[FileDraft]:
    return one_question("survey_file", FileDraft, done, Right.RUN_CAMPAIGNS)
