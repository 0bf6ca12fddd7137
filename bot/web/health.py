"""For whoever watches over the process: alive, ready, and figures for Prometheus."""

from __future__ import annotations

from aiohttp import web

from bot.observability.metrics import Metrics
from bot.observability.queue_metrics import QueueMetrics
from bot.observability.readiness import Readiness


def add_routes(application: web.Application, readiness: Readiness, metrics: Metrics, queues: QueueMetrics) -> None:
    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(_request: web.Request) -> web.Response:
        ready = readiness.is_ready
        return web.json_response({"ready": ready, "trouble": readiness.trouble}, status=200 if ready else 503)

    async def figures(_request: web.Request) -> web.Response:
        await queues.refresh()
        return web.Response(body=metrics.page(), headers={"Content-Type": metrics.CONTENT_TYPE})

    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", readyz)
    application.router.add_get("/metrics", figures)
