"""How demands, their states and their figures are put into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from handlers.chat.press import Button
from handlers.chat.rows import packed
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.i18n.few import figure_words
from handlers.i18n.translations import N_
from storage.campaigns import campaigns
from storage.campaigns.campaigns import Campaign
from storage.campaigns.demands.results import Figures
from storage.campaigns.demands.table import Demand, DemandState, Reason
from storage.campaigns.ids import CampaignId
from storage.people.access import Right

REASONS: Mapping[Reason, str] = {
    Reason.INSULT: N_("it insults someone"),
    Reason.PERSONAL_DATA: N_("it contains personal data"),
    Reason.NAMES_PERSON: N_("it names a person"),
    Reason.ADVERTISING: N_("it is advertising"),
    Reason.NOT_ABOUT_WORK: N_("it is not about work"),
    Reason.TWO_THINGS: N_("it is two things at once"),
    Reason.UNCLEAR: N_("it is unclear"),
    Reason.TOO_LATE: N_("nobody got to it before ranking ended"),
}
OUTCOMES: Mapping[DemandState, str] = {
    DemandState.ON_TABLE: N_("🗣 on the table"),
    DemandState.AGREED: N_("🤝 agreed"),
    DemandState.PROMISED: N_("📝 promised"),
    DemandState.REJECTED: N_("✖ rejected"),
    DemandState.KEPT: N_("✅ kept"),
    DemandState.NOT_KEPT: N_("⚠️ not kept"),
}
_LETTERS = "ABCDE"


async def campaign_for(talk: Talk, campaign_id: CampaignId) -> Campaign:
    """A campaign that this person may see, as a rider or as a coordinator. Raises NoSuchCampaign."""
    if talk.person.may(Right.RUN_CAMPAIGNS):
        return await campaigns.find(talk.session, campaign_id)
    return await campaigns.find_for(talk.session, campaign_id, talk.person.id, talk.now)


def quoted(view: View, text: str) -> Markup:
    """“No deductions in heavy rain”."""
    return Markup(view._("“{text}”")).format(text=text)


def origin(view: View, *, is_seed: bool) -> str:
    return view._("📌 from the union") if is_seed else view._("✍ from a rider")


def line(view: View, row: Demand) -> Markup:
    """A demand in a list: its text, and what has become of it."""
    mark = view._(OUTCOMES[row.state]) if row.state in OUTCOMES else ""
    if row.part_of is not None and not mark:
        mark = view._("🔗 part of another")
    seed = Markup("📌 ") if row.is_seed else Markup("")
    return seed + (Markup("{}\n   <i>{}</i>").format(row.text, mark) if mark else Markup("{}").format(row.text))


def figures_line(figures: Figures, language: str) -> str:
    """ "👍 120  👎 30  ⏭ 15"."""
    shown = zip("👍👎⏭", (figures.agree, figures.disagree, figures.passed), strict=True)
    return "  ".join(f"{sign} {figure_words(value, language)}" for sign, value in shown)


def in_every_group(view: View, percent: int) -> str:
    """How many agree in the group of opinion in which the fewest do."""
    if percent >= 100:
        return view._("all of them in every group, rounded")
    return view._("at least {n}% in every group").format(n=percent)


def group_name(view: View, part: str) -> str:
    """The name of a group of opinion, by a letter."""
    return view._("Group {letter}").format(letter=_LETTERS[int(part)])


def numbered(buttons: Sequence[Button]) -> list[list[Button]]:
    """Rows of the numbers of a list."""
    return packed(buttons, 3)
