"""The stub's routes."""

from __future__ import annotations

import dataclasses
import hmac
import time
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from stub.engine import Engine
from stub.fault_effects import error_response
from stub.options import Options
from stub.summary import summary_of

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
METRICS_TYPE = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
MANNERS_PATH = "manners"
PROTECTED = ("/v1", f"/{MANNERS_PATH}/")
MAX_BODY_BYTES = 64 * 1024**2
MAX_MODEL_LEN = 131072
ENGINE = web.AppKey("engine", Engine)


def make_app(options: Options) -> web.Application:
    """Return the application with all routes. The event loop must be running.

    Raises:
        TypeError: a fault in the options has an unknown field.
        ValueError: a fault in the options has an invalid value.
    """
    engine = Engine(options)
    endpoints = Endpoints(engine)
    app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[key_check(options.api_key)])
    app[ENGINE] = engine
    app.add_routes(
        [
            web.get("/version", endpoints.version),
            web.get("/metrics", endpoints.metrics),
            web.get("/stub/log", endpoints.log),
            web.get("/stub/summary", endpoints.summary),
            web.delete("/stub/log", endpoints.clear_log),
            web.post("/stub/faults", endpoints.set_faults),
        ]
    )
    for root in ("", f"/{MANNERS_PATH}/{{manner}}"):
        app.router.add_get(f"{root}/health", endpoints.health)
        app.router.add_get(f"{root}/v1/models", endpoints.models)
        app.router.add_post(f"{root}/v1/completions", engine.generate)
        app.router.add_post(f"{root}/v1/chat/completions", engine.generate)
    return app


def key_check(key: str) -> Middleware:
    """Return a middleware that requires the key under /v1, and under that of a manner, as vLLM does."""
    expected = f"Bearer {key}".encode()

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        authorization = request.headers.get("Authorization", "").encode()
        if key and request.path.startswith(PROTECTED) and not hmac.compare_digest(authorization, expected):
            return web.json_response({"error": "Unauthorized"}, status=401)
        return await handler(request)

    return check


class Endpoints:
    """The endpoints that do not generate."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._options = engine.options
        self._started = time.time()

    async def health(self, _: web.Request) -> web.Response:
        """Return 503 until the start delay is over, then 200."""
        ready = time.time() >= self._started + self._options.start_delay
        return web.Response(status=200 if ready else 503)

    async def version(self, _: web.Request) -> web.Response:
        """Return a version that no real server has."""
        return web.json_response({"version": "0.0.0+stub"})

    async def models(self, _: web.Request) -> web.Response:
        """List the one model."""
        name = self._options.model
        more = {"owned_by": "stub", "root": name, "max_model_len": MAX_MODEL_LEN}
        card = {"id": name, "object": "model", "created": int(self._started), **more}
        return web.json_response({"object": "list", "data": [card]})

    async def metrics(self, _: web.Request) -> web.Response:
        """Return the metrics as Prometheus text."""
        if self._options.no_metrics:
            return web.json_response({"detail": "Not Found"}, status=404)
        return web.Response(body=self._engine.metrics.text(), headers=METRICS_TYPE)

    async def log(self, _: web.Request) -> web.Response:
        """Return the log, in order of arrival."""
        return web.json_response([dataclasses.asdict(entry) for entry in self._engine.log])

    async def summary(self, request: web.Request) -> web.Response:
        """Return the figures of the log; of its last requests with `?last=N`."""
        entries = self._engine.log
        last = request.query.get("last", "")
        if last.isdecimal():
            entries = entries[-int(last) :] if int(last) else []
        elif last:
            return error_response(400, f"last must be a number of requests, not {last!r}", "last")
        return web.json_response(dataclasses.asdict(summary_of(entries)))

    async def clear_log(self, _: web.Request) -> web.Response:
        """Empty the log. The file of the option `log` keeps its lines."""
        self._engine.log.clear()
        return web.json_response({})

    async def set_faults(self, request: web.Request) -> web.Response:
        """Replace the faults. Returns 400 if they are invalid."""
        try:
            self._engine.faults.replace(await request.json())
        except (TypeError, ValueError) as error:
            return error_response(400, str(error), "faults")
        return web.json_response({})
