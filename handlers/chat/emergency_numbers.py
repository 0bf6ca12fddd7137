"""Whom to call in an emergency, in words."""

from __future__ import annotations

from markupsafe import Markup

from handlers.chat.context import AppContext
from handlers.i18n.translations import Translate, translator
from storage.cases.desks import in_language
from storage.emergency import emergency_numbers


def number_lines(context: AppContext, language: str) -> list[Markup]:
    """The numbers, one a line."""
    _, organisation = translator(language), context.settings.organisation
    numbers = emergency_numbers.of_country(organisation.country)
    lines = [_number_line(_, one.number, in_language(one.words, language)) for one in numbers]
    if organisation.hotline not in {one.number for one in numbers}:
        lines.append(_number_line(_, organisation.hotline, organisation.name))
    return lines


def _number_line(_: Translate, number: str, what: str) -> Markup:
    return Markup("☎️ ") + Markup(_("{text} ({comment})")).format(text=Markup("<b>{}</b>").format(number), comment=what)
