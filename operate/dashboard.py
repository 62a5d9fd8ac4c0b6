"""Serves the overview of a results location, the report of each run, and comparisons, to browsers."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from operate.prefect_server import ServerSettings
from operate.request_guard import App, RequestGuard
from tasks.errors import InputError, ServegaugeError
from tasks.record.read_samples import read_samples
from tasks.record.store import Store
from tasks.report.comparison.judged_runs import check_run_count, load_runs
from tasks.report.overview.overview_page import render_overview
from tasks.report.overview.run_lines import run_lines
from tasks.report.page.comparison_page import render_comparison
from tasks.report.page.html import render_page
from tasks.report.page.samples_page import render_samples
from tasks.report.page.trend_page import render_trend
from tasks.report.read_report import read_report

HOST = "127.0.0.1"


def dashboard_app(store: Store) -> App:
    """Return the application. It reads the tables at each request, and changes nothing."""

    def overview(request: Request) -> str:
        return render_overview(run_lines(store), str(store.location), live=True)

    def report(request: Request) -> str:
        return render_page(read_report(store, request.path_params["run_id"]))

    def samples(request: Request) -> str:
        recorded = read_report(store, request.path_params["run_id"])
        return render_samples(recorded, read_samples(store, recorded.accuracy))

    def trend(request: Request) -> str:
        return render_trend(store, request.path_params["spec"])

    def comparison(request: Request) -> str:
        runs = request.query_params.getlist("run")
        check_run_count(runs)
        return render_comparison(load_runs(runs, store.location))

    routes = [
        Route("/", _endpoint(overview)),
        Route("/runs/{run_id}/report.html", _endpoint(report)),
        Route("/runs/{run_id}/samples.html", _endpoint(samples)),
        Route("/trends/{spec}.html", _endpoint(trend)),
        Route("/compare", _endpoint(comparison)),
    ]
    return RequestGuard(Starlette(routes=routes), HOST, ServerSettings().origins)


def run_dashboard(store: Store, port: int, say: Callable[[str], None]) -> None:
    """Serve on 127.0.0.1 until Ctrl-C.

    Raises:
        InputError: the port is taken.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        raise InputError(f"port {port} of {HOST}: {error.strerror}", "choose another with --port") from None
    say(f"dashboard of {store.location} at http://{HOST}:{port}; Ctrl-C stops it")
    server = uvicorn.Server(uvicorn.Config(dashboard_app(store), log_level="warning"))
    server.run(sockets=[listener])


def _endpoint(render: Callable[[Request], str]) -> Callable[[Request], Response]:
    """Return an endpoint for a page. An error is answered with its message, not with a traceback."""

    def endpoint(request: Request) -> Response:
        try:
            return HTMLResponse(render(request))
        except ServegaugeError as error:
            return PlainTextResponse(str(error), status_code=404 if isinstance(error, InputError) else 500)

    return endpoint
