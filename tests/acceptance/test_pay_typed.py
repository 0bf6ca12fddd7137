"""A shift that is typed into the chat, outside of the form: what is offered, to whom; and the second shift of a day."""

from __future__ import annotations

import pytest

from handlers.i18n.translations import plural_in, translator
from handlers.pay import presses
from tests.support.activities import at_home
from tests.support.buttons import labels
from tests.support.case_scripts import AtDesk, brings_pay
from tests.support.languages import LANGUAGES
from tests.support.pay import OTHER, RIDER, begun, file_of
from tests.support.simulator import Rider, Town
from tests.support.words.chat import NOT_UNDERSTOOD

OFFERED = "Are you looking for this? See what else I can do: /help"


async def keeping(town: Town, language: str) -> Rider:
    """Somebody with a book, and no form open."""
    rider = await begun(town, language=language)
    await rider.says("/cancel")
    await rider.until(lambda: "/cancel" not in str(rider.heard[-1]))
    return rider


@LANGUAGES
async def test_the_bots_own_example_is_a_shift_from_whoever_keeps_a_book(town: Town, language: str) -> None:
    _ = translator(language)
    line = "9小时 42 318" if language == "zh_Hans" else "9h 42 318"
    stranger = await at_home(town, OTHER, language)
    await stranger.says(line)
    await stranger.hears_of(_(NOT_UNDERSTOOD))
    rider = await keeping(town, language)
    await rider.says(line)
    assert [one[:1] for one in labels(await rider.hears_of(_(OFFERED)))] == ["📒"]
    await rider.presses("📒")
    assert "¥318" in (await rider.hears_of("✓"))["text"]
    await rider.says("9 hours, and only 42 came" if language == "en" else "9小时 只来了42")
    await rider.hears_of(_(NOT_UNDERSTOOD))


@pytest.mark.parametrize(
    ("language", "line"), [("en", "9h 42 orders 318 yuan fines 10"), ("zh_Hans", "9小时 42单 318元 罚款10")]
)
async def test_no_page_or_desk_stands_beside_a_shift(town: Town, language: str, line: str) -> None:
    """Its words would be those of fines."""
    _ = translator(language)
    rider = await keeping(town, language)
    await rider.says(line)
    assert [one[:1] for one in labels(await rider.hears_of(_(OFFERED)))] == ["📒"]
    number = await brings_pay(AtDesk(town, rider, language), evidence=False, name="")
    await rider.says(line)
    first, second, *rest = labels(await rider.hears_of(number))
    assert first[:1] == "📒" and number in second and rest == [_("✖ No")], "it may be for the case as well"


@LANGUAGES
async def test_a_second_shift_of_a_day_is_shown_with_the_whole_day(town: Town, language: str) -> None:
    _ = translator(language)
    rider = await begun(town, language=language)
    await rider.says("9h 42 318")
    total = _("Total for {day}: {shifts}").partition("{shifts}")[0].format(day=_("today"))
    assert total not in (await rider.hears_of("✓"))["text"]
    await rider.forges(presses.NOTE.data())
    await rider.hears_of(
        _("How was your shift? Press a button, or write hours, orders and money in one line: 9h 42 318")
    )
    await rider.says("9h - 318")
    receipt = (await rider.hears_of("✓"))["text"]
    shifts = plural_in(language, "{n} shift", "{n} shifts", 2).format(n=2)
    assert total in receipt and "¥636" in receipt and shifts in receipt
    await rider.presses(_("📒 My pay book"))
    page = (await rider.hears_of(_("This week")))["text"]
    assert shifts in page and _("only shifts with orders") in page
    await rider.presses(_("📈 Chart"))
    said = "Your hourly pay, week by week. The date is the week's Monday. Only you see this."
    caption = (await rider.hears_of(_(said)))["caption"]
    assert caption.count(_("only shifts with orders")) == 2, "of the week and of the month"
    await rider.forges(presses.PDF.data())
    assert (await file_of(town, rider))[1].startswith(b"%PDF-")
    assert rider.id == RIDER
