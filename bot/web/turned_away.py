"""Why somebody does not get to see a page, and what they are told."""

from __future__ import annotations

from enum import Enum

from handlers.i18n.translations import N_, translator
from storage.telegram_ids import PersonId


class Why(Enum):
    """By the status of the answer."""

    ODD = 400
    SIGNED_OUT = 401
    NOT_YOURS = 403
    NOTHING_HERE = 404
    FOREIGN = 422
    TOO_MUCH = 429
    BLOCKED = 451
    FAILED = 500
    LATER = 503


class Turned(Exception):
    """They don't get in. What they had opened is closed if `person` is named."""

    def __init__(self, why: Why, person: PersonId | None = None) -> None:
        super().__init__(why.name)
        self.why = why
        self.person = person


SENTENCES = {
    Why.ODD: N_("This doesn't look like something our pages send. Nothing was changed."),
    Why.SIGNED_OUT: N_("You are signed out. Open the page again from the chat."),
    Why.NOT_YOURS: N_("Only the staff in charge can do that."),
    Why.NOTHING_HERE: N_("There is nothing here (any more)."),
    Why.FOREIGN: N_("This did not come from our page, so nothing was changed. Please go back and reload the page."),
    Why.TOO_MUCH: N_("That was too fast. Please wait a minute."),
    Why.BLOCKED: N_("You can't use these pages at the moment. The chat tells you more: /privacy"),
    Why.FAILED: N_("Sorry, that went wrong, and nothing was changed. Please try again. (Error {id})"),
    Why.LATER: N_("The database can't be reached at the moment. Please try again in a minute."),
}


def words(why: Why, language: str, error_id: str = "") -> str:
    """One sentence or two."""
    return translator(language)(SENTENCES[why]).format(id=error_id)
