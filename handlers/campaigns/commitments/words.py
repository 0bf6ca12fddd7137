"""How the result, and what was promised, are put into words."""

from __future__ import annotations

from datetime import datetime, timedelta

from markupsafe import Markup

from handlers.chat.view import View
from handlers.i18n.few import figure_words
from handlers.i18n.formatting import dated, labelled
from handlers.i18n.translations import N_
from storage.campaigns.commitments.askings import Answers
from storage.campaigns.commitments.table import Commitment, CommitmentState, Outcome, Result, Said

OUTCOMES: dict[Outcome, str] = {
    Outcome.SIGNED: N_("✅ Signed"),
    Outcome.NOT_SIGNED: N_("❌ Not signed"),
    Outcome.TALKS_GO_ON: N_("🤝 The talks go on"),
}
STATES: dict[CommitmentState, str] = {
    CommitmentState.OPEN: N_("⏳ open"),
    CommitmentState.KEPT: N_("✅ kept"),
    CommitmentState.NOT_KEPT: N_("❌ not kept"),
    CommitmentState.CHANGED: N_("✎ changed by agreement"),
}
SAID: dict[Said, str] = {
    Said.KEPT: N_("✅ Kept"),
    Said.NOT_KEPT: N_("❌ Not kept"),
    Said.CANNOT_TELL: N_("🤷 Can't tell"),
}


def result(view: View, row: Result) -> Markup:
    """ "✅ Signed: …"."""
    return labelled(view._, view._(OUTCOMES[row.outcome]), row.sentence)


def due(view: View, at: datetime | None) -> str:
    """ "by Mon 22 Feb": the last day on which it can be kept."""
    if at is None:
        return view._("no date")
    day = (at - timedelta(seconds=1)).astimezone(view.zone).date()
    return view._("by {moment}").format(moment=dated(day, view.today, view.language))


def state(view: View, row: Commitment) -> str:
    """ "✅ kept: …"."""
    said = view._(STATES[row.state])
    return view._("{label}: {value}").format(label=said, value=row.note) if row.note else said


def answers(view: View, found: Answers) -> str:
    """ "Riders: kept 40, not kept <5, can't tell 10"."""
    if not any(isinstance(count, int) for count in (found.kept, found.not_kept, found.cannot_tell)):
        return view._("Too few riders have answered to show what they say.")
    shown = view._("Riders: kept {kept}, not kept {not_kept}, can't tell {cannot_tell}").format(
        kept=figure_words(found.kept, view.language),
        not_kept=figure_words(found.not_kept, view.language),
        cannot_tell=figure_words(found.cannot_tell, view.language),
    )
    return view._("{text} (a year after the result)").format(text=shown) if found.is_yearly else shown


def commitment(view: View, row: Commitment, found: Answers | None) -> Markup:
    """With its official state, and beside it what riders say."""
    lines = [Markup("<b>{}</b>").format(row.what), Markup("{} · {}").format(due(view, row.due), state(view, row))]
    if found is not None:
        lines.append(Markup("👥 {}").format(answers(view, found)))
    return Markup("\n").join(lines)
