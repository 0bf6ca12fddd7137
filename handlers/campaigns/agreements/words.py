"""How a clause, and what became of a comment, are put into words."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.chat.view import View
from handlers.i18n.formatting import bracketed, labelled
from handlers.i18n.translations import N_, number
from storage.campaigns.agreements.comment_lists import Shown
from storage.campaigns.agreements.comments import CommentState, Refusal
from storage.campaigns.agreements.differences import Kind, Piece
from storage.campaigns.agreements.reading import Changes
from storage.campaigns.agreements.table import ClauseText
from storage.disclosure import Figure

REFUSALS: dict[Refusal, str] = {
    Refusal.INSULT: N_("it insults someone"),
    Refusal.PRIVATE: N_("it reveals private details"),
    Refusal.OFF_TOPIC: N_("it is not about this clause"),
    Refusal.ADVERTISING: N_("it is advertising"),
    Refusal.UNCLEAR: N_("it is unclear; please reword it"),
}
STATES: dict[CommentState, str] = {
    CommentState.WAITING: N_("to be checked"),
    CommentState.REFUSED: N_("not shown"),
    CommentState.OPEN: N_("to be answered"),
    CommentState.TAKEN: N_("adopted"),
    CommentState.NOT_TAKEN: N_("not adopted"),
    CommentState.ANSWERED: N_("answered"),
}
_ON_A_BUTTON = 22


def title(view: View, text: ClauseText) -> str:
    """ "第三条 休息", "Article 3 Rest breaks (1/2)"."""
    if text.number or text.heading:
        head = f"{text.number}." if text.number.isdigit() else text.number
        said = f"{head} {text.heading}".strip()
    elif text.position == 1:
        said = view._("Preamble")
    else:
        said = _beginning(text.text)
    return said if text.parts == 1 else bracketed(view._, said, f"{text.part}/{text.parts}")


def label(view: View, text: ClauseText) -> str:
    """The same on a button: without a heading, with how the clause begins."""
    said = title(view, text)
    if text.number and not text.heading and text.parts == 1:
        said = f"{said} {_beginning(text.text)}"
    return said if len(said) <= 2 * _ON_A_BUTTON else said[: 2 * _ON_A_BUTTON - 1] + "…"


def _beginning(text: str) -> str:
    line = text.replace("\n", " ")
    return line if len(line) <= _ON_A_BUTTON else line[: _ON_A_BUTTON - 1].rstrip() + "…"


def mark(view: View, changes: Changes, text: ClauseText) -> str:
    """Whether a clause is new or changed in this version; "" of the first one, and where it is as before."""
    if text.clause_id in changes.new:
        return view._("➕ new")
    return view._("✎ changed") if changes.is_changed(text) else ""


def spaced(*parts: str) -> Markup:
    """Those that are not empty, with blanks in between."""
    return Markup(" ").join(map(Markup.escape, filter(None, parts)))


def alias(view: View, label: str) -> str:
    """骑手 A7, "Rider A7"."""
    return view._("Rider {alias}").format(alias=label) if label else view._("A rider")


def backers(view: View, count: Figure) -> str:
    """ "👍 10", or nothing where it is of few."""
    return f"👍 {number(count, view.language)}" if isinstance(count, int) else ""


def comment(view: View, shown: Shown) -> Markup:
    """A comment with its author, its backers, and what became of it."""
    who = alias(view, shown.alias)
    if shown.is_own:
        who = bracketed(view._, who, view._("you"))
    head = spaced(Markup("<b>{}</b>").format(who), backers(view, shown.backers))
    lines = [head, Markup("{}").format(shown.text)]
    if shown.state is CommentState.WAITING:
        lines.append(Markup("<i>🕓 {}</i>").format(view._("Only you can see this until a coordinator has checked it.")))
    elif shown.state is not CommentState.OPEN:
        lines.append(Markup("↳ {}").format(outcome(view, shown.state, shown.answer, shown.taken_in)))
    return Markup("\n").join(lines)


def outcome(view: View, state: CommentState, answer: str, taken_in: int | None) -> Markup:
    """ "✔ taken into version 3: …"."""
    said = {
        CommentState.TAKEN: view._("✔ adopted in version {n}").format(n=taken_in),
        CommentState.NOT_TAKEN: view._("✖ not adopted"),
        CommentState.ANSWERED: view._("💬 answer"),
    }[state]
    return labelled(view._, said, answer) if answer else Markup("{}").format(said)


def difference(pieces: Sequence[Piece]) -> Markup:
    """What is gone struck through, what is new in bold."""
    shapes = {Kind.SAME: "{}", Kind.GONE: "<s>{}</s>", Kind.NEW: "<b>{}</b>", Kind.LEFT_OUT: " … "}
    return Markup("").join(Markup(shapes[piece.kind]).format(piece.text) for piece in pieces)


def changes(view: View, changed: int, new: int, gone: int) -> Markup:
    """ "✎ 2 changed · ➕ 1 new · ➖ 1 no longer there"."""
    counts = {N_("✎ {n} changed"): changed, N_("➕ {n} new"): new, N_("➖ {n} no longer there"): gone}
    said = [view._(words).format(n=count) for words, count in counts.items() if count]
    return Markup("{}").format(" · ".join(said) or view._("Nothing has changed."))
