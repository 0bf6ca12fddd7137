"""For whoever watches over the process: alive, ready, and figures for Prometheus."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from bot.observability.metrics import Metrics


def add_routes(
    application: web.Application, is_ready: Callable[[], bool], trouble: Callable[[], str], metrics: Metrics
) -> None:
    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(_request: web.Request) -> web.Response:
        ready = is_ready()
        return web.json_response({"ready": ready, "trouble": trouble()}, status=200 if ready else 503)

    async def figures(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.page(), headers={"Content-Type": metrics.CONTENT_TYPE})

    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", readyz)
    application.router.add_get("/metrics", figures)
