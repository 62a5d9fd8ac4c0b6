"""The stub's routes, apart from generating."""

from __future__ import annotations

import dataclasses
import hmac
import time
from collections.abc import Awaitable, Callable

from aiohttp import web

from tests.stub.engine import Engine
from tests.stub.failing import error_response
from tests.stub.options import Options

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
METRICS_TYPE = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
MAX_BODY_BYTES = 64 * 1024**2


def make_app(options: Options) -> web.Application:
    """All routes; call it inside the running event loop. Raises ValueError for faults it does not know."""
    engine = Engine(options)
    pages = Pages(engine)
    app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[key_check(options.api_key)])
    app.add_routes(
        [
            web.get("/health", pages.health),
            web.get("/version", pages.version),
            web.get("/v1/models", pages.models),
            web.get("/metrics", pages.metrics),
            web.post("/v1/completions", engine.generate),
            web.post("/v1/chat/completions", engine.generate),
            web.get("/stub/log", pages.log),
            web.delete("/stub/log", pages.clear_log),
            web.post("/stub/faults", pages.set_faults),
        ]
    )
    return app


def key_check(key: str) -> Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]:
    """As vLLM does it: everything under /v1 wants the key, nothing else does."""
    expected = f"Bearer {key}".encode()

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").encode()
        if key and request.path.startswith("/v1") and not hmac.compare_digest(given, expected):
            return web.json_response({"error": "Unauthorized"}, status=401)
        return await handler(request)

    return check


class Pages:
    """The small endpoints."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._options = engine.options
        self._started = time.time()

    async def health(self, _: web.Request) -> web.Response:
        """503 until the start delay is over."""
        ready = time.time() >= self._started + self._options.start_delay
        return web.Response(status=200 if ready else 503)

    async def version(self, _: web.Request) -> web.Response:
        """A version that no real server has."""
        return web.json_response({"version": "0.0.0+stub"})

    async def models(self, _: web.Request) -> web.Response:
        """The one model."""
        name = self._options.model
        more = {"owned_by": "stub", "root": name, "max_model_len": 131072}
        card = {"id": name, "object": "model", "created": int(self._started), **more}
        return web.json_response({"object": "list", "data": [card]})

    async def metrics(self, _: web.Request) -> web.Response:
        """Prometheus text."""
        if self._options.no_metrics:
            return web.json_response({"detail": "Not Found"}, status=404)
        return web.Response(body=self._engine.metrics.text(), headers=METRICS_TYPE)

    async def log(self, _: web.Request) -> web.Response:
        """The rows, in order of arrival."""
        return web.json_response([dataclasses.asdict(row) for row in self._engine.rows])

    async def clear_log(self, _: web.Request) -> web.Response:
        """Forget the rows."""
        self._engine.rows.clear()
        return web.json_response({})

    async def set_faults(self, request: web.Request) -> web.Response:
        """Replace the faults; 400 when they make no sense."""
        try:
            self._engine.faults.set(await request.json())
        except (TypeError, ValueError) as error:
            return error_response(400, str(error), "faults")
        return web.json_response({})
