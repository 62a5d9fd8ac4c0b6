"""The house's plan, enforced: who may import whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
STAGES = ("config", "plan", "provision", "serve", "probe", "measure", "audit", "record", "track", "report")
SOURCES = sorted(path for top in ("tasks", "flows", "blocks") for path in (ROOT / top).rglob("*.py"))
UPPER = {"tasks": {"flows", "blocks"}, "blocks": {"flows"}, "flows": set()}
OWNERS = {
    "prefect": lambda path: path.parts[0] in {"flows", "blocks"} or path.name == "task.py",
    "evalscope": lambda path: path.parts[:2] == ("tasks", "measure") and path.name.endswith("_worker.py"),
    "swanlab": lambda path: path.parts[:2] == ("tasks", "track"),
    "polars": lambda path: path.parts[:2] in {("tasks", "record"), ("tasks", "report")},
    "pyarrow": lambda path: path.parts[:2] in {("tasks", "record"), ("tasks", "report")},
    "vllm": lambda path: False,
}


def imported(path: Path) -> Iterator[str]:
    """Dotted names of everything a file imports, lazily or not."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path} has a relative import"
            yield node.module


def violations(path: Path) -> list[str]:
    """What a file imports though the plan says that it must not."""
    own = path.relative_to(ROOT)
    found = []
    for name in imported(path):
        top, *rest = name.split(".")
        if top in OWNERS and not OWNERS[top](own):
            found.append(name)
        if own.parts[0] in {"tasks", "blocks"} and top in {"flows"} | (
            {"blocks"} if own.parts[0] == "tasks" else set()
        ):
            found.append(name)
        if own.parts[0] == "blocks" and top == "tasks" and rest[:1] not in (["config"], ["errors"]):
            found.append(name)
        if own.parts[0] == top == "tasks" and is_later(rest, own.parts[1]):
            found.append(name)
    return found


def is_later(imported: list[str], own: str) -> bool:
    """Whether the imported stage comes after the importing one."""
    known = own in STAGES and bool(imported) and imported[0] in STAGES
    return known and STAGES.index(imported[0]) > STAGES.index(own)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    assert violations(path) == []


def test_the_check_sees_a_violation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.test_imports.ROOT", tmp_path)
    wrong = tmp_path / "tasks" / "plan" / "wrong.py"
    wrong.parent.mkdir(parents=True)
    wrong.write_text(
        "import prefect\nfrom tasks.record.store import Store\nfrom flows import run\nimport polars as pl\n"
    )
    assert violations(wrong) == ["prefect", "tasks.record.store", "flows", "polars"]
