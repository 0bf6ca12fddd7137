"""The coordinators' queue, one demand after the other: show it, refuse it, ask for a better wording, write down what
was said; and demands of the union's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from handlers.campaigns import presses as campaign_presses
from handlers.campaigns.demands import presses, words
from handlers.campaigns.demands.inputs import SentenceInput
from handlers.chat.feature import Duty
from handlers.chat.press import Button, Buttons, InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import one_question
from handlers.forms.questions import Choice, Question, asked
from handlers.i18n.translations import N_, number
from handlers.inputs.text import TextInput
from storage import audit
from storage.campaigns import campaigns
from storage.campaigns.demands import gathering, moderation, table
from storage.campaigns.demands.audited import DemandAction
from storage.campaigns.demands.notices import BetterWordingAsked, DemandRefused, DemandShown
from storage.campaigns.demands.table import LONGEST_QUESTION, PUBLISHED, Demand, DemandState, Reason
from storage.campaigns.ids import CampaignId, DemandId
from storage.deliveries.notices import Notice
from storage.people.access import Right
from storage.phases import State

FROM_THE_START = DemandId(0)
_RIGHT = Right.RUN_CAMPAIGNS


def register(routes: Routes) -> None:
    routes.press(presses.QUEUE, show_next, right=_RIGHT, writes=False)
    routes.press(presses.SHOW, show, right=_RIGHT)
    routes.press(presses.ASK_REASON, ask_reason, right=_RIGHT, writes=False)
    routes.press(presses.REFUSE, refuse, right=_RIGHT)
    routes.press(presses.ASK_WORDING, begin_asking, right=_RIGHT)
    routes.press(presses.WRITE_DOWN, begin_writing, right=_RIGHT)
    routes.press(presses.SEED, begin_seed, right=_RIGHT)
    for form in (_WORDING, _WRITTEN, _SEED):
        routes.form(form)


async def duties(talk: Talk) -> Sequence[Duty]:
    """The queues of all campaigns that run, on the page of /start."""
    if not talk.person.may(_RIGHT):
        return []
    found = []
    for row in await campaigns.all_of(talk.session, State.RUNNING):
        waiting = (await table.counts(talk.session, row.id)).get(DemandState.WAITING, 0)
        if waiting and row.phase in gathering.MODERATED:
            said = talk._("Demands waiting: {n}").format(n=number(waiting, talk.language))
            found.append(Duty(f"{said} · {row.title}", [presses.QUEUE.button(_label(talk), row.id, FROM_THE_START)]))
    return found


def _label(talk: Talk) -> str:
    return talk._("📥 Check demands")


async def show_next(talk: Talk, campaign_id: CampaignId, after: DemandId) -> None:
    await campaigns.find(talk.session, campaign_id)
    await _next(talk, campaign_id, after)


async def _next(talk: Talk, campaign_id: CampaignId, after: DemandId) -> None:
    row = await moderation.next_waiting(talk.session, campaign_id, after)
    if row is None:
        back = [campaign_presses.RUN_SHOW.button(talk._("◀ Back"), campaign_id)]
        _put(talk, escape(talk._("✅ All demands have been checked.")), [back])
        return
    waiting = (await table.counts(talk.session, campaign_id)).get(DemandState.WAITING, 0)
    head = talk._("Demands waiting: {n}").format(n=number(waiting, talk.language))
    _show(talk, row, head)


def _show(talk: Talk, row: Demand, head: str) -> None:
    """What waits, with what can be decided; a voice message is played as it is."""
    content = gathering.content_of(talk.session, row)
    later = presses.QUEUE.button(talk._("⏭ Later"), row.campaign_id, row.id)
    back = campaign_presses.RUN_SHOW.button(talk._("◀ Back"), row.campaign_id)
    decisions = [
        [presses.ASK_WORDING.button(talk._("✏ Ask for other words"), row.id, row.revision)],
        [presses.ASK_REASON.button(talk._("⛔ Refuse …"), row.id, row.revision)],
        [later, back],
    ]
    if content.voice:
        write = presses.WRITE_DOWN.button(talk._("✍ Write it down"), row.id, row.revision)
        params = {"voice": content.voice, "caption": head, "protect_content": True}
        talk.send("sendVoice", params, [[write], *decisions])
        return
    yes = presses.SHOW.button(talk._("✅ Show it to everyone"), row.id, row.revision)
    text = Markup("<i>{}</i>\n\n<b>{}</b>").format(head, words.quoted(talk.view, content.text))
    _put(talk, text, [[yes], *decisions])


def _put(talk: Talk, text: str, buttons: Buttons) -> None:
    """In place of the pressed message, if what stands there is protected, too."""
    pressed = talk.incoming.body.get("message") if talk.incoming.is_press else None
    if isinstance(pressed, dict) and pressed.get("has_protected_content") and "text" in pressed:
        talk.edit(text, buttons)
    else:
        talk.say_protected(text, buttons)


async def show(talk: Talk, demand_id: DemandId, revision: int) -> None:
    row = await moderation.show(talk.session, demand_id, revision)
    await _note(talk, DemandAction.DEMAND_SHOWN, f"demand {row.id} of campaign {row.campaign_id}")
    await _tell_author(talk, row, DemandShown(row.id, row.text or ""))
    talk.answer_callback(talk._("Everyone can see it now."))
    await _next(talk, row.campaign_id, row.id)


async def ask_reason(talk: Talk, demand_id: DemandId, revision: int) -> None:
    """The published list."""
    row = await moderation.waiting(talk.session, demand_id, revision)
    content = gathering.content_of(talk.session, row)
    text = words.quoted(talk.view, content.text) if content.text else escape(talk._("🎤 voice message"))
    said = talk._("Why refuse it? The reason is public, and its author is told.")
    rows = [
        [presses.REFUSE.button(talk._(words.REASONS[reason]), row.id, row.revision, reason.value)]
        for reason in PUBLISHED
    ]
    back = presses.QUEUE.button(talk._("◀ Back"), row.campaign_id, DemandId(row.id - 1))
    _put(talk, Markup("{}\n\n{}").format(text, said), [*rows, [back]])


async def refuse(talk: Talk, demand_id: DemandId, revision: int, reason: str) -> None:
    if reason not in list(PUBLISHED):
        raise InvalidCallback
    row, content = await moderation.refuse(talk.session, demand_id, revision, Reason(reason))
    about = f"demand {row.id} of campaign {row.campaign_id}: {reason}"
    await _note(talk, DemandAction.DEMAND_REFUSED, about)
    await _tell_author(talk, row, DemandRefused(row.campaign_id, content.text, Reason(reason)))
    talk.answer_callback(talk._("Refused. It is in the public log."))
    await _next(talk, row.campaign_id, row.id)


async def _tell_author(talk: Talk, row: Demand, notice: Notice) -> None:
    author = await gathering.author_of(talk.session, row.id)
    if author is not None:
        talk.notify(author, notice)


async def _note(talk: Talk, act: DemandAction, about: str) -> None:
    await audit.note(talk.session, talk.person.id, act, talk.now, about=about)


def _ready(talk: Talk, _draft: object) -> Sequence[Choice[str]]:
    texts = (
        talk._("What exactly should change?"),
        talk._("Please ask for one thing only."),
        talk._("Please leave names out."),
    )
    return [Choice(str(at), text, text) for at, text in enumerate(texts)]


@dataclass(frozen=True, slots=True)
class Wording:
    id: DemandId
    revision: int
    question: str = asked(
        Question(
            N_("Question"),
            N_("What should its author make clearer? Your question goes to them with their sentence."),
            TextInput(5, LONGEST_QUESTION),
            choices=_ready,
        )
    )


@dataclass(frozen=True, slots=True)
class Written:
    id: DemandId
    revision: int
    text: str = asked(
        Question(N_("Demand"), N_("Write down what you heard in one sentence of 5 to 120 characters."), SentenceInput())
    )


@dataclass(frozen=True, slots=True)
class Seed:
    id: CampaignId
    text: str = asked(
        Question(
            N_("Demand"),
            N_("What does the union itself demand? One sentence of 5 to 120 characters; everyone can see it at once."),
            SentenceInput(),
        )
    )


async def begin_asking(talk: Talk, demand_id: DemandId, revision: int) -> None:
    await moderation.waiting(talk.session, demand_id, revision)
    await forms.begin(talk, _WORDING, Wording(demand_id, revision))


async def _asked(talk: Talk, draft: Wording) -> None:
    row, content = await moderation.ask(talk.session, draft.id, draft.revision, draft.question)
    await _note(talk, DemandAction.DEMAND_QUESTIONED, f"demand {row.id} of campaign {row.campaign_id}")
    await _tell_author(talk, row, BetterWordingAsked(row.id, content.text, draft.question))
    await _next(talk, row.campaign_id, row.id)


async def begin_writing(talk: Talk, demand_id: DemandId, revision: int) -> None:
    await moderation.waiting(talk.session, demand_id, revision)
    await forms.begin(talk, _WRITTEN, Written(demand_id, revision))


async def _written(talk: Talk, draft: Written) -> None:
    row = await moderation.write_down(talk.session, draft.id, draft.revision, draft.text)
    await _note(talk, DemandAction.DEMAND_WRITTEN_DOWN, f"demand {row.id} of campaign {row.campaign_id}")
    _show(talk, row, talk._("Written down. Is this right?"))


async def begin_seed(talk: Talk, campaign_id: CampaignId) -> None:
    await gathering.require_moderated(talk.session, campaign_id)
    await forms.begin(talk, _SEED, Seed(campaign_id))


async def _seeded(talk: Talk, draft: Seed) -> None:
    row = await moderation.add_seed(talk.session, draft.id, draft.text)
    await _note(talk, DemandAction.DEMAND_ADDED, f"demand {row.id} of campaign {row.campaign_id}: {row.text}")
    rows: list[list[Button]] = [
        [presses.SEED.button(talk._("➕ Another one"), draft.id)],
        [campaign_presses.RUN_SHOW.button(talk._("◀ Back"), draft.id)],
    ]
    talk.say(Markup("📌 {}").format(words.quoted(talk.view, draft.text)), rows)


_WORDING = one_question("demand_question", Wording, _asked, _RIGHT)
_WRITTEN = one_question("demand_written", Written, _written, _RIGHT)
_SEED = one_question("demand_seed", Seed, _seeded, _RIGHT)
