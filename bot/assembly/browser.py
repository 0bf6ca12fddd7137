"""The pages for browsers."""

from __future__ import annotations

from bot.assembly.foundation import Foundation
from bot.assembly.services import Extensions, Services
from bot.web.browser import Browser
from bot.web.doors import Doors
from bot.web.entering import Entrance
from bot.web.live import Live
from bot.web.site import Site
from handlers import features
from handlers.chat.feature import AllFeatures


def build_browser(base: Foundation, services: Services, extensions: Extensions) -> Browser:
    config = base.config
    everything = AllFeatures(extensions.features, services.context.settings.desks)
    site = Site(services.context, config.map, config.features.console, everything)
    doors = Doors(site, base.database, base.clock, base.errors, features.refusals(extensions.features))
    entrance = Entrance(site, doors, base.database, base.clock, config.token)
    return Browser(site, doors, entrance, Live(site, doors, base.database))
