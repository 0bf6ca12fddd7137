"""How a campaign and its phases are put into words."""

from __future__ import annotations

from markupsafe import Markup

from handlers.campaigns import presses
from handlers.chat.phases import PhaseWords
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.i18n.translations import N_
from storage.campaigns import campaigns
from storage.campaigns.campaigns import Campaign, Phase, PhaseOver
from storage.campaigns.ids import CampaignId

PHASES: dict[Phase, str] = {
    Phase.GATHER: N_("Collect demands"),
    Phase.RANK: N_("Rank demands"),
    Phase.DRAFT: N_("Draft agreement"),
    Phase.VOTE: N_("Secret ballot"),
    Phase.RESULT: N_("Result"),
    Phase.FOLLOW_UP: N_("Follow-up"),
}
SENTENCES: dict[Phase, str] = {
    Phase.GATHER: N_("What should the union raise? Tell us in one sentence."),
    Phase.RANK: N_(
        "Which demands matter most? Agree or disagree with each. Nobody in the union is shown what you "
        "chose; Telegram sees which button you press."
    ),
    Phase.DRAFT: N_("Next comes the draft agreement. You'll hear when it is here to read and to comment on."),
    Phase.VOTE: N_("The agreement is put to a secret ballot. You'll hear when it opens."),
    Phase.RESULT: N_("The union will tell you here what came out of the talks."),
    Phase.FOLLOW_UP: N_("See what was agreed. When it is due, you'll be asked whether it has been kept."),
}


def heading(view: View, row: Campaign) -> Markup:
    """ "Riders' talks 2027", "With: Meituan, Dezhou"."""
    with_whom = Markup(view._("With: {counterpart}")).format(counterpart=row.counterpart)
    return Markup("📢 <b>{}</b>\n{}").format(row.title, with_whom)


def seen_by_telegram(view: View) -> str:
    """What no counter and no seal can change; said before somebody answers."""
    return view._("Telegram and the running bot see which button you press.")


ON_PHASES = PhaseWords[Campaign, Phase, CampaignId](
    phased=campaigns.PHASED,
    names=PHASES,
    heading=heading,
    open_label=N_("📢 Open"),
    show=presses.RUN_SHOW,
    ask_to_move=presses.ASK_TO_MOVE,
)


async def over(talk: Talk, row: Campaign, phase: Phase) -> str:
    """Why a form of this phase is in vain by now; empty if it is not."""
    try:
        await campaigns.require_phase(talk.session, row, phase, talk.now)
    except PhaseOver:
        return talk._(
            "This phase has closed, so I have closed this form; nothing from it was sent. See what is open: /voice"
        )
    return ""
