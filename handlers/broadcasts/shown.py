"""A broadcast as its readers see it, and what they can't see of it: where its words lead."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from handlers.activities import presses as activities_presses
from handlers.broadcasts import presses
from handlers.broadcasts.form import TOPICS
from handlers.chat.press import Button, Buttons
from handlers.chat.talk import Talk
from handlers.i18n import translations
from handlers.inputs.link import host_of
from handlers.stations import presses as stations_presses
from storage.activities.ids import ActivityId
from storage.broadcasts.content import Content, Opening
from storage.broadcasts.ids import BroadcastId
from storage.people.topics import Topic
from storage.stations.ids import NO_SEARCH, StationKey

_MOST_LINKS, _LONGEST_LINK = 20, 120


def show_as_sent(talk: Talk, broadcast_id: BroadcastId, content: Content, topic: Topic) -> None:
    """Every version, as its readers will see it. Of a single one everybody sees the buttons in their own language."""
    versions = list(content.languages(talk.context.settings.organisation.language))
    for language in versions:
        buttons = sent_buttons(broadcast_id, content, topic, language if len(versions) > 1 else talk.language)
        talk.send(*content.call_in(language), buttons)


def sent_buttons(broadcast_id: BroadcastId, content: Content, topic: Topic, language: str) -> Buttons:
    """What stands under a broadcast at each recipient."""
    _ = translations.translator(language)
    rows = []
    if content.opens:
        rows.append([_opening(content.opens)])
    if content.asks_reading:
        rows.append([presses.HAVE_READ.button(_("✅ I have read this"), broadcast_id)])
    if topic is not Topic.URGENT:
        rows.append([presses.MUTE.button(_("🔕 Mute {topic}").format(topic=_(TOPICS[topic])), topic.value)])
    return rows


def corrected_words(language: str) -> str:
    """What stands below a broadcast that was changed after it had arrived."""
    _ = translations.translator(language)
    return _("✎ Corrected")


def _opening(opens: Opening) -> Button:
    if opens.kind == "link":
        return Button(f"{opens.words} ↗ {host_of(str(opens.target))}", url=str(opens.target))
    if opens.kind == "activity":
        return activities_presses.OPEN_CARD.button(f"🏀 {opens.words}", ActivityId(int(opens.target)))
    return stations_presses.PAGE.button(f"🏠 {opens.words}", NO_SEARCH, StationKey(int(opens.target)))


def link_lines(talk: Talk, content: Content) -> list[Markup]:
    """Where words of it lead that are links: whoever approves it does not see that in the message."""
    links = list(dict.fromkeys(_links(talk, content)))[:_MOST_LINKS]
    if not links:
        return []
    said = Markup("{}").format(talk._("Words in it lead to:"))
    return [said, *(Markup("• <code>{}</code>").format(link[:_LONGEST_LINK]) for link in links)]


def _links(talk: Talk, content: Content) -> Iterator[str]:
    for language in content.languages(talk.context.settings.organisation.language):
        _, params = content.call_in(language)
        for name in ("entities", "caption_entities"):
            entities = params.get(name)
            for entity in entities if isinstance(entities, list) else []:
                if entity.get("type") == "text_link":
                    yield str(entity.get("url"))
