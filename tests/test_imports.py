"""The import order of CONTRIBUTING.md, enforced: which package may import which."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import pytest

from tasks.config.home import checkout

PACKAGES = ("tasks", "blocks", "operate", "flows", "cli")
"""From the lowest to the highest: a package imports itself and those before it."""
STAGES = (
    "config",
    "provision",
    "serve",
    "probe",
    "plan",
    "measure",
    "audit",
    "record",
    "exchange",
    "track",
    "report",
)
"""The packages of tasks/, in the order data flows through them; the same rule."""
SHARED = ("errors", "quick_imports", "stats", "text")
"""Modules of tasks/ that every stage may import, and that import no stage."""
BLOCKS_MAY_IMPORT = ("config", "errors")
"""Of tasks/: a block holds configuration and runs nothing."""
STUB = "stub"
"""The server that load generators are held against: it imports SHARED alone, and only cli/ imports it."""

Owner = Callable[[Path], bool]
TABLES = ("record", "report")
OWNERS: dict[str, Owner] = {
    "prefect": lambda path: path.parts[0] in {"blocks", "operate", "flows"},
    "evalscope": lambda path: path.parts[:2] == ("tasks", "measure") and path.name.endswith("_worker.py"),
    "swanlab": lambda path: path.parts[:2] == ("tasks", "track"),
    "polars": lambda path: path.parts[:1] == ("tasks",) and path.parts[1] in TABLES,
    "pyarrow": lambda path: (
        (path.parts[:1] == ("tasks",) and path.parts[1] in TABLES)
        or path == Path("tasks/plan/traffic_file.py")
    ),
    "vllm": lambda path: False,
}
"""Which files may import a library that only one part of the project may know."""

ROOT = checkout()
SOURCES = sorted(path.relative_to(ROOT) for top in (*PACKAGES, STUB) for path in (ROOT / top).rglob("*.py"))


def imported(text: str) -> Iterator[str]:
    """Dotted names of everything that a module's text imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, "relative import"
            yield from names_of(node.module, [alias.name for alias in node.names])


def names_of(module: str, names: list[str]) -> Iterator[str]:
    """`from tasks import record` imports tasks.record; of any other module its own name is enough."""
    if module in (*PACKAGES, STUB):
        for name in names:
            yield f"{module}.{name}"
    else:
        yield module


def violations(path: Path, text: str) -> list[str]:
    """What the file at `path`, relative to the checkout, imports against the order."""
    return [name for name in imported(text) if forbidden(path, name)]


def forbidden(path: Path, name: str) -> bool:
    """Whether the file at `path` must not import the module `name`."""
    top, *rest = name.split(".")
    if top in OWNERS:
        return not OWNERS[top](path)
    own = path.parts[0]
    if STUB in (top, own):
        return against_the_stub(own, top, rest)
    if top not in PACKAGES:
        return False
    if PACKAGES.index(top) > PACKAGES.index(own):
        return True
    if top != "tasks" or not rest:
        return False
    if own == "blocks":
        return rest[0] not in BLOCKS_MAY_IMPORT
    return own == "tasks" and is_later(path, rest[0])


def against_the_stub(own: str, top: str, rest: list[str]) -> bool:
    """Whether an import from or into the stub is forbidden."""
    if top == STUB:
        return own not in (STUB, "cli")
    return top in PACKAGES and (top != "tasks" or (bool(rest) and rest[0] not in SHARED))


def is_later(path: Path, imported_part: str) -> bool:
    """Whether a part of tasks/ comes after the one that `path` belongs to."""
    if imported_part not in STAGES:
        return False
    part = path.parts[1].removesuffix(".py")
    return part in SHARED or STAGES.index(imported_part) > STAGES.index(part)


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_imports_go_one_way(path: Path) -> None:
    assert violations(path, (ROOT / path).read_text(encoding="utf-8")) == []


def test_every_part_of_the_tasks_has_its_place_in_the_order() -> None:
    parts = {path.parts[1].removesuffix(".py") for path in SOURCES if path.parts[0] == "tasks"}
    assert parts - {"__init__"} == {*STAGES, *SHARED}


@pytest.mark.parametrize(("low", "high"), list(combinations(PACKAGES, 2)))
def test_a_lower_package_that_imports_a_higher_one_is_seen(low: str, high: str) -> None:
    path = Path(low, *(["plan"] if low == "tasks" else []), "wrong.py")
    for text in (
        f"import {high}.module\n",
        f"from {high}.module import name\n",
        f"from {high} import name\n",
    ):
        assert violations(path, text), text
    assert not violations(Path(high, "right.py"), f"from {low}.config import name\n")


@pytest.mark.parametrize(("early", "late"), list(combinations(STAGES, 2)))
def test_a_stage_that_imports_a_later_one_is_seen(early: str, late: str) -> None:
    path = Path("tasks", early, "wrong.py")
    for text in (f"from tasks.{late}.module import name\n", f"def f():\n    from tasks import {late}\n"):
        assert violations(path, text), text
    assert not violations(Path("tasks", late, "right.py"), f"from tasks.{early}.module import name\n")


@pytest.mark.parametrize("shared", SHARED)
def test_a_shared_module_that_imports_a_stage_is_seen(shared: str) -> None:
    assert violations(Path("tasks", f"{shared}.py"), "from tasks.config.base import Frozen\n")


@pytest.mark.parametrize("library", OWNERS)
def test_a_library_in_the_wrong_place_is_seen(library: str) -> None:
    wrong = {"prefect": "cli/wrong.py"}.get(library, "flows/wrong.py")
    assert violations(Path(wrong), f"import {library}\n") == [library]


@pytest.mark.parametrize("package", PACKAGES)
def test_the_stub_shares_no_code_with_what_it_tests(package: str) -> None:
    assert violations(Path("stub/wrong.py"), f"from {package}.config import name\n")
    importing = violations(Path(package, "plan", "module.py"), "from stub.app import name\n")
    assert bool(importing) == (package != "cli")
    assert not violations(Path("stub/right.py"), "from stub.app import name\nfrom tasks.stats import name\n")


def test_a_block_that_runs_something_is_seen() -> None:
    assert violations(Path("blocks/wrong.py"), "from tasks.measure.jobs import PointJob\n")
    assert not violations(Path("blocks/right.py"), "from tasks.config.server import ManagedServer\n")
