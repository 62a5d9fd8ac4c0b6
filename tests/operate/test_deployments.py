"""The deployments other than `benchmark` do what their descriptions say."""

from __future__ import annotations

from pathlib import Path

from tasks.record.store import Store
from tests.operate.upper import Upped

TALK = "name: talk, endpoint: chat, dataset: openqa, load: [{concurrency: 1, requests: 1}]"


def test_one_concurrency_then_its_comparison(up: Upped, quick: str, tmp_path: Path) -> None:
    chat = tmp_path / "chatty.yaml"
    chat.write_text(Path(quick).read_text().replace("sweeps:", f"sweeps:\n  - {{{TALK}}}"))
    ended = []
    for refresh in (False, True):
        parameters = {"spec": str(chat), "concurrency": 3, "requests": 9, "refresh": refresh}
        run = up.start(parameters, of="concurrency-test", flow="concurrency-test")
        assert up.ended(run) == "COMPLETED", up.logs(run)
        assert " c3 · " in up.run(run)["name"]
        ended.append(str(up.run(run)["labels"]["servegauge.run"]))
    points = Store(up.results).read("points", ended[0])
    assert points.select("sweep", "concurrency", "requests").rows() == [("talk", 3, 9)]

    run = up.start({"runs": ended}, of="compare", flow="compare")
    assert up.ended(run) == "COMPLETED", up.logs(run)
    assert '"talk"' in up.artifacts(run)["comparison-speed"]["data"]


def test_halves_of_a_spec_have_deployments_of_their_own(up: Upped, quick: str) -> None:
    for half, (points, scores) in {"sweep": (2, 0), "accuracy": (0, 1)}.items():
        run = up.start({"spec": quick}, of=half)
        assert up.ended(run) == "COMPLETED", up.logs(run)
        store, run_id = Store(up.results), str(up.run(run)["labels"]["servegauge.run"])
        assert store.read("points", run_id).height == points
        assert bool(store.read("scores", run_id).height) == bool(scores)
