"""From a delivery to the call that sends it, in the recipient's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.config.config import Config
from bot.telegram.renderers import (
    BroadcastRenderer,
    ComposedRenderer,
    CorrectionRenderer,
    NoticeRenderer,
    RecallRenderer,
    Renderer,
)
from handlers.chat.context import AppContext
from handlers.chat.replies import Outgoing
from handlers.chat.routes import Routes
from handlers.chat.view import View
from storage.database import Database
from storage.deliveries.corrections import CORRECTION, RECALL
from storage.deliveries.of_broadcasts import BROADCAST
from storage.deliveries.queue import Claimed


class Rendering:
    """Knows the renderer of each kind of delivery."""

    def __init__(
        self, database: Database, context: AppContext, routes: Routes, config: Config, clock: Callable[[], datetime]
    ) -> None:
        self._context = context
        self._clock = clock
        broadcast = BroadcastRenderer(database, paid=config.telegram.paid_broadcast)
        self._renderers: Mapping[str, Renderer] = {
            BROADCAST: broadcast,
            CORRECTION: CorrectionRenderer(broadcast),
            RECALL: RecallRenderer(),
            **dict.fromkeys(routes.notices, NoticeRenderer(database, routes.notices)),
            **dict.fromkeys(routes.composers, ComposedRenderer(database, routes.composers)),
        }

    async def render(self, delivery: Claimed) -> Outgoing | None:
        """None if there is nothing to send any more.

        Raises:
            KeyError: it is of a kind that this version does not know.
        """
        language = delivery.language or self._context.settings.organisation.language
        return await self._renderers[delivery.kind].render(delivery, View(self._context, language, self._clock()))
