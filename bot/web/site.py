"""What all pages share: where they are, their templates, and what they may load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.config.sections import Map
from bot.web import headers
from bot.web.static_files import StaticFiles
from handlers.chat.context import AppContext
from handlers.chat.feature import AllFeatures
from handlers.i18n.formatting import in_a_line, labelled
from handlers.i18n.translations import translations

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Site:
    """The pages of one bot. `console` says whether the organisation offers the office."""

    context: AppContext
    map: Map
    console: bool
    features: AllFeatures
    static: StaticFiles = field(default_factory=StaticFiles)

    @property
    def url(self) -> str:
        """Where browsers find the pages; "" where they don't."""
        return self.context.settings.pages_url

    @property
    def is_https(self) -> bool:
        return self.url.startswith("https:")

    @property
    def root(self) -> str:
        """The path below which a proxy serves this server, mostly ""."""
        return urlsplit(self.url).path

    @property
    def cookie(self) -> str:
        """A name that browsers take over https only, for the whole host only."""
        return "__Host-nuanxin" if self.is_https else "nuanxin"

    def render(self, template: str, language: str, **values: Any) -> str:
        """A page in this language; everything that is put into it is escaped."""
        return (
            environment()
            .get_template(template)
            .render(
                root=self.root,
                static=f"{self.root}/app/static/{self.static.version}",
                language=language,
                organisation=self.context.settings.organisation,
                _=translations(language).gettext,
                plural=translations(language).ngettext,
                labelled=partial(labelled, translations(language).gettext),
                in_a_line=in_a_line,
                **values,
            )
        )

    def response(
        self, html: str, *, status: int = 200, framed_by: str = headers.NOBODY, more: Mapping[str, str] | None = None
    ) -> web.Response:
        """A page that nothing keeps."""
        found = headers.of_page(framed_by, is_https=self.is_https, tiles=self.map.tiles)
        return web.Response(text=html, status=status, content_type="text/html", headers={**found, **(more or {})})


@cache
def environment() -> Environment:
    """The templates; Jinja2 is loaded with the first page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["tag"] = lambda language: language.replace("_", "-")
    return made
