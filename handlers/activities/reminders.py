"""Reminders of activities: how long before each rider wants them, and what they say."""

from __future__ import annotations

from markupsafe import Markup

from handlers.activities import format as words
from handlers.activities import presses
from handlers.activities.format import ActivityFacts
from handlers.chat.press import InvalidCallback, Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.i18n import formatting, translations
from storage.activities import activities, activity_reminders, participants, sign_ups
from storage.activities.activities import Activity, leads_of
from storage.activities.ids import ActivityId
from storage.activities.notices import ActivityReminder


def register(routes: Routes) -> None:
    routes.press(presses.SHOW_LEADS, show_leads, writes=False)
    routes.press(presses.SET_LEADS, set_leads)
    routes.notice_about(ActivityReminder, remind_words, words.about, reader=RECIPIENT)


LEADS = ("", "172800,86400", "86400,7200", "86400", "7200", "1800")
"""What can be chosen: none, or these seconds before the start."""


async def remind(talk: Talk, row: Activity) -> None:
    """The reminders of this person for this activity, as they stand now."""
    context = talk.context
    await activity_reminders.plan(
        talk.session, row, context.settings.lead_times, talk.now, context.settings.quiet_hours, talk.person.id
    )


def lead_words(text: str, language: str) -> str:
    """ "24 h, 2 h"."""
    if not text:
        _ = translations.translator(language)
        return _("no reminders")
    return formatting.listed((formatting.duration(lead, language) for lead in leads_of(text)), language)


def _choice_words(talk: Talk, text: str | None) -> str:
    """What somebody chose; if nothing, the organisation's default."""
    return default_words(talk) if text is None else lead_words(text, talk.language)


def default_words(talk: Talk) -> str:
    """ "default (24 h, 2 h before)": what the organisation has set."""
    usual = [formatting.duration(lead, talk.language) for lead in talk.context.settings.lead_times]
    if not usual:
        return talk._("default (no reminders)")
    return talk._("default ({leads} before)").format(leads=formatting.listed(usual, talk.language))


async def show_leads(talk: Talk, activity_id: ActivityId) -> None:
    """How long before it I write; 0 means all activities."""
    if activity_id:
        mine = await participants.of(talk.session, activity_id, talk.person.id)
        current = mine.leads if mine is not None else None
    else:
        current = await activity_reminders.choice_of(talk.session, talk.person.id)
    default = ("• " if current is None else "") + _choice_words(talk, None)
    rows = [[presses.SET_LEADS.button(default, activity_id, -1)]]
    keys = [
        presses.SET_LEADS.button(("• " if text == current else "") + lead_words(text, talk.language), activity_id, at)
        for at, text in enumerate(LEADS)
    ]
    rows += [keys[at : at + 2] for at in range(0, len(keys), 2)]
    if activity_id:
        rows.append([presses.SHOW_CARD.button(talk._("◀ Back"), activity_id)])
    said = talk._("How long before this activity should I remind you?")
    everywhere = talk._("How long before activities should I remind you?")
    talk.say(said if activity_id else everywhere, rows)


async def set_leads(talk: Talk, activity_id: ActivityId, at: int) -> None:
    if not -1 <= at < len(LEADS):
        raise InvalidCallback
    chosen = None if at < 0 else LEADS[at]
    context = talk.context
    if activity_id:
        row = await activities.published(talk.session, activity_id)
        await activity_reminders.choose_for_activity(talk.session, activity_id, talk.person.id, chosen)
        await remind(talk, row)
    else:
        await activity_reminders.choose(talk.session, talk.person.id, chosen)
        for number in await sign_ups.upcoming_of(talk.session, talk.person.id, talk.now):
            row = await activities.published(talk.session, number)
            await activity_reminders.plan(
                talk.session, row, context.settings.lead_times, talk.now, context.settings.quiet_hours, talk.person.id
            )
    talk.edit(talk._("Reminders: {leads}").format(leads=_choice_words(talk, chosen)))


def remind_words(view: View, _notice: ActivityReminder, activity: ActivityFacts) -> Page:
    text = Markup("⏰ {}\n{}").format(view._("A reminder:"), words.title_and_time(view, activity))
    rows = [
        [presses.OPEN_CARD.button(view._("View"), activity.id)],
        [presses.GIVE_BACK.button(view._("↩ Give up my place"), activity.id)],
    ]
    return text, rows
