"""A button whose words were typed: the same as a press, unless the press itself is the point."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from handlers.chat.presses import FORM
from handlers.forms.filling import AnyFilling
from handlers.forms.form_pages import buttons_in_words
from handlers.forms.questions import Does
from storage.plain_text import clean

MAY_BE_TYPED = frozenset({Does.TURN, "choose", "skip", "back", "edit", "keep", "done", "save", "cancel", "stay"})
"""What typing does too: nothing that is final, or is lost without being asked about."""
_LONGEST = 64
_ALL = re.compile("(?:[说写讲填]完|没有|就这些|就这样)[了吧]|就这样|done|thatsit|thatisall")
_WORD = re.compile(r"[^\W\d_]")


class TypedButton(NamedTuple):
    """What it does with which argument, and what stands on it."""

    what: str
    argument: str
    label: str


def typed_button(filling: AnyFilling) -> TypedButton | None:
    """The one button of the step that is open on which just these words stand.

    A cell of a calendar is none: its day or time is read as it is written.
    """
    typed = _typed(filling)
    found = [button for button in _buttons(filling) if _plain(button.label) == typed]
    if len(found) != 1:
        return _stay_or_done(filling)
    is_cell = found[0].what in (Does.PICK, Does.NOTHING) or (
        found[0].what == Does.TURN and not _WORD.search(found[0].label)
    )
    return None if is_cell else found[0]


def partly_typed_button(filling: AnyFilling, what: str) -> TypedButton | None:
    """The one button that does `what` on which these words stand among others; that which sends, also if they say that
    this is all."""
    typed = _typed(filling)
    if what == "send" and _ALL.fullmatch(typed):
        return next((button for button in _buttons(filling) if button.what == what and not button.argument), None)
    found = [button for button in _buttons(filling) if button.what == what and _is_part(typed, button.label)]
    return found[0] if len(found) == 1 else None


def is_other_button(filling: AnyFilling) -> bool:
    """Whether the words stand on a button that other steps have."""
    _ = filling.talk._
    others = (_("Skip"), _("◀ Back"), _("✔ That's all"), _("✔ Send"), _("↩ Keep as it is"), _("✖ Yes, cancel"))
    return _typed(filling) in map(_plain, others)


def _stay_or_done(filling: AnyFilling) -> TypedButton | None:
    """No to the question whether to cancel; and other words for that being all."""
    no = filling.talk._("↩ No, continue")
    if _typed(filling) == _plain(no):
        return TypedButton("stay", "", no)
    return TypedButton("done", "", "") if filling.parts and _ALL.fullmatch(_typed(filling)) else None


def _buttons(filling: AnyFilling) -> Iterator[TypedButton]:
    if not _typed(filling):
        return
    for button in buttons_in_words(filling):
        name, *arguments = button.data.split(":")
        if name == FORM.name:  # the others belong to what a question offers beside its answers
            _mark, what, argument = arguments
            yield TypedButton(what, argument, button.text)


def _typed(filling: AnyFilling) -> str:
    """What this person typed themselves, if it is as short as a button."""
    talk = filling.talk
    return "" if talk.incoming.is_of_others or len(talk.text) > _LONGEST else _plain(talk.text)


def _is_part(typed: str, label: str) -> bool:
    """Latin letters are a part only as whole words."""
    if typed.isascii():
        return typed in re.findall(r"[a-z]{2,}", label.casefold())
    return len(typed) >= 2 and typed in _plain(label)


def _plain(text: str) -> str:
    """The words alone, in whatever width and case; of what has no word, all but pictures and spaces."""
    plain = unicodedata.normalize("NFKC", clean(text)).casefold().replace("其它", "其他")
    if _WORD.search(plain) and not re.search(r"\d", plain):
        return "".join(_WORD.findall(plain))
    return "".join(
        char for char in plain if not char.isspace() and unicodedata.category(char) not in ("So", "Sk", "Mn")
    )
