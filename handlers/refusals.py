"""One sentence for every rule of the domain that may say no."""

from __future__ import annotations

from handlers.talk import Talk
from handlers.texts import N_
from storage.broadcasts import NotNow, OwnApproval
from storage.database import Refused
from storage.reports import NotNearby, ReportedAlready

SENTENCES: dict[type[Refused], str] = {
    NotNearby: N_(
        "Only riders who searched near this station in the last 2 hours can report. Send your location first."
    ),
    NotNow: N_("This is not possible any more."),
    OwnApproval: N_("Somebody else has to approve what you wrote."),
    ReportedAlready: N_("You have reported this already. Thank you!"),
}


def say_no(talk: Talk, refusal: Refused) -> None:
    """Tells the person which rule said no: on the pressed button, or in the chat."""
    sentence = talk._(SENTENCES[type(refusal)])
    if talk.incoming.is_press:
        talk.toast(sentence, alert=True)
    else:
        talk.say(sentence)


def say_forged(talk: Talk) -> None:
    """A button that this bot never made, or not for this."""
    talk.toast(talk._("This button does not work any more."), alert=True)


def say_failed(talk: Talk, error_id: str) -> None:
    """Something unexpected happened; the id finds it in the log."""
    sentence = talk._("Sorry, that went wrong, and nothing was changed. Please try again. (Error {id})").format(
        id=error_id
    )
    if talk.incoming.is_press:
        talk.toast(sentence, alert=True)
    talk.say(sentence)
