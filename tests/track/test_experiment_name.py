"""The name of an experiment: the seed's form for one load, the spec for several, or a template."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tasks.config.trackers import SwanLab
from tasks.record.results import RecordedPoint
from tasks.track.experiment_name import experiment_name
from tests.record import made_up

RUN = made_up.run()
ONE = (made_up.recorded(made_up.point(concurrency=4, requests=20)),)
REPEATED = tuple(
    made_up.recorded(made_up.point(concurrency=4, requests=20, repeat=repeat)) for repeat in (1, 2)
)
SEVERAL = (*ONE, made_up.recorded(made_up.point(concurrency=8)))
OPEN = (made_up.recorded(made_up.open_point(made_up.point(), 2.5)),)


@pytest.mark.parametrize(
    ("template", "points", "name"),
    [
        (None, ONE, "made-up-model-number20-parallel4"),
        (None, REPEATED, "made-up-model-number20-parallel4"),
        (None, SEVERAL, "made-up-model-made-up"),
        (None, (), "made-up-model-made-up"),
        (None, OPEN, "made-up-model-number20-parallelrate2.5"),
        ("{spec}/{sweep}/{load}", ONE, "made-up/throughput/c4"),
        ("{run_id} {sweep} {requests}", SEVERAL, "run-1 several several"),
        ("nightly", SEVERAL, "nightly"),
    ],
)
def test_a_name(template: str | None, points: tuple[RecordedPoint, ...], name: str) -> None:
    assert experiment_name(template, RUN, points) == name


@pytest.mark.parametrize("model", ["openai/gpt-oss-20b", "/models/gpt-oss-20b", "/models/gpt-oss-20b/"])
def test_a_model_is_called_by_its_last_part(model: str) -> None:
    run = RUN.model_copy(update={"manifest": RUN.manifest.model_copy(update={"model": model})})
    assert experiment_name("{model}", run, ()) == "gpt-oss-20b"


@pytest.mark.parametrize("template", ["{nosuch}", "{model", "{0}", "{model.x}", "{model[}"])
def test_a_template_that_cannot_be_filled_in_is_refused(template: str) -> None:
    with pytest.raises(ValidationError, match=r"cannot be filled in|allowed in braces"):
        SwanLab(name=template)
