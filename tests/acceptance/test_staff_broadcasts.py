"""What the author of a broadcast sees of it: reads as they come, what is scheduled, and what stopping it means."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.pictures.charts import axis_marks
from handlers.i18n.translations import plural_in, translator
from storage.broadcasts import broadcasts
from storage.broadcasts.broadcasts import Broadcast, BroadcastState
from storage.broadcasts.ids import BroadcastId
from tests.support.activities import at_home
from tests.support.languages import LANGUAGES
from tests.support.simulator import COORDINATOR, Rider, Town
from tests.support.words.broadcasts import NEWS, PREVIEW
from tests.support.words.forms import REVIEW_PAGE

MESSAGE = (
    "Send me the message exactly as riders should receive it: a text with formatting, a picture, a document, a voice "
    "message or a location."
)
TOPIC = "Which topic? Riders can mute any topic except urgent ones, so that they keep reading."
REACHES = "This is how it will arrive. It goes to {n} person.", "This is how it will arrive. It goes to {n} people."


async def composed(coordinator: Rider, language: str, *, when: str = "") -> None:
    """From the first question to the page that asks for the last word."""
    _ = translator(language)
    await coordinator.hears_of(_(MESSAGE))
    await coordinator.says("Free haircuts")
    await coordinator.hears_of(_(TOPIC))
    await coordinator.presses(_(NEWS))
    changes = [("Read receipt", "Add an “I have read this” button?", "Yes")]
    if when:
        changes.append(("When", "When? Choose, or write it like “tomorrow 10 am” or “28 Nov 10:00”.", when))
    for change, question, answer in changes:
        await coordinator.hears_of(_(REVIEW_PAGE))
        await coordinator.changes(_(change))
        await coordinator.hears_of(_(question))
        await coordinator.presses(_(answer))
    await coordinator.hears_of(_(REVIEW_PAGE))
    await coordinator.presses(_(PREVIEW))
    await coordinator.hears_of(plural_in(language, *REACHES, 6).partition("{n}")[0].rstrip())
    assert coordinator.button(_("🔕 Mute {topic}").format(topic=_(NEWS))), "in the language of whoever looks at it"


async def row_of(town: Town, number: int) -> Broadcast:
    async with town.database.reading() as session:
        row = await broadcasts.find(session, BroadcastId(number))
        assert row is not None
        return row


@LANGUAGES
async def test_the_author_sees_reads_after_the_end_and_the_reader_that_it_counted(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator = await at_home(town, COORDINATOR, language)
    riders = [await at_home(town, person, language) for person in range(31, 37)]
    await coordinator.says("/broadcast")
    await composed(coordinator, language)
    await coordinator.presses(_("✔ Send to {n}").format(n=7))
    await town.tick("broadcasts")
    for rider in riders:
        await rider.hears_of("Free haircuts")
    await town.tick("broadcasts")
    await coordinator.hears_of(_("delivered: {n}").format(n=7))
    town.now += timedelta(seconds=10)
    for rider in riders:
        await rider.presses(_("✅ I have read this"))
        assert await rider.is_answered() == _("Thank you.")
        shown = await rider.hears_of("Free haircuts")
        assert shown["edited"] and rider.button(_("✅ Read")), "and the other buttons stay"
        assert rider.button("🔕")
    town.now += timedelta(seconds=4)
    await coordinator.hears_of(_("have read it: {n}").format(n=6))
    town.now += timedelta(seconds=60)
    assert (await row_of(town, 1)).panel_due is None, "nothing is edited while nothing happens"


@LANGUAGES
async def test_what_is_scheduled_is_listed_and_stopped_after_a_second_look(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator = await at_home(town, COORDINATOR, language)
    for person in range(41, 46):
        await at_home(town, person, language)
    await coordinator.says("/broadcast")
    await composed(coordinator, language, when="Tomorrow 10:00")
    await coordinator.presses("10:00")
    await coordinator.hears_of(_("Scheduled: {when}").partition("{")[0])

    await coordinator.says("/broadcast")
    listed = (await coordinator.hears_of(_("Still to be sent")))["text"]
    assert "10:00" in listed and "“Free haircuts”" in listed and "6" in listed and _(NEWS) in listed
    await coordinator.presses(_("⏹ Stop {n} …").format(n=1))
    asked = await coordinator.hears_of(_("Stop this broadcast?"))
    (first,), (second,) = asked["reply_markup"]["inline_keyboard"]
    assert (first["text"], second["text"]) == (_("Don't stop it"), _("⏹ Stop it, nobody gets it"))
    assert (await row_of(town, 1)).state is BroadcastState.SCHEDULED
    await coordinator.presses(second["text"])
    await coordinator.hears_of(_("Stopped"))
    assert (await row_of(town, 1)).state is BroadcastState.CANCELLED
    await coordinator.says("/broadcast")  # nothing is scheduled any more
    await coordinator.hears_of(_(MESSAGE))


@pytest.mark.parametrize(("maximum", "marks"), [(0, (0, 1)), (1, (0, 1)), (2, (0, 1, 2)), (5, (0, 3, 6))])
def test_the_axis_of_a_chart_has_each_whole_number_once(maximum: int, marks: tuple[int, ...]) -> None:
    assert axis_marks(maximum) == marks
