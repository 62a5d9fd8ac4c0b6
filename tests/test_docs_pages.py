"""The pages for users: links that lead somewhere, commands that exist, two READMEs that say the same."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer

from cli.main import app

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
MAX_README_LINES = 150


def _names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def _prose(page: Path) -> str:
    return FENCE.sub("", page.read_text())


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", _prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def _commands(page: Path) -> list[str]:
    """Return the `servegauge …` lines of a page's shell blocks, without comments."""
    blocks = [text for language, text in FENCE.findall(page.read_text()) if language in ("bash", "sh")]
    lines = re.split(r"\n|&&", "\n".join(blocks))
    found = [re.sub(r"^\S*servegauge\b", "servegauge", line.strip()) for line in lines]
    return [line for line in found if line.startswith("servegauge ")]


def test_both_readmes_have_the_same_code_blocks() -> None:
    english, chinese = ROOT / "README.md", ROOT / "README.zh-CN.md"
    blocks = FENCE.findall(english.read_text())
    assert len(blocks) >= 4
    assert FENCE.findall(chinese.read_text()) == blocks


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_a_readme_is_short(name: str) -> None:
    assert len((ROOT / name).read_text().splitlines()) < MAX_README_LINES


@pytest.mark.parametrize("page", PAGES, ids=_names(PAGES))
def test_every_link_leads_to_a_page_and_heading(page: Path) -> None:
    for link in LINK.findall(_prose(page)):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name} links to {link}, which does not exist"
        if anchor:
            assert anchor in _anchors(target), f"{page.name} links to {link}, which has no such heading"


@pytest.mark.parametrize("page", PAGES, ids=_names(PAGES))
def test_every_command_of_a_page_exists_with_its_options(page: Path) -> None:
    group = typer.main.get_command(app)
    for line in _commands(page):
        words = shlex.split(line, comments=True)
        command = group.commands.get(words[1])  # type: ignore[attr-defined]  # the app is a group of commands
        assert command, f"{page.name}: {line}: no such command"
        options = {name for parameter in command.params for name in parameter.opts}
        subcommands = getattr(command, "commands", {})
        used = {word.partition("=")[0] for word in words[2:] if word.startswith("--")}
        assert subcommands or used <= options | {"--help"}, f"{page.name}: {line}: no option {used - options}"


def test_the_documentation_index_names_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text()
    for page in ROOT.glob("docs/*.md"):
        assert page.name == "README.md" or f"({page.name})" in index, f"{page.name} is not in the index"


def test_the_first_questions_of_a_user_are_answered_within_two_clicks() -> None:
    """README links the index, and the index links the answers; the link test above follows each of them."""
    assert "(docs/README.md)" in (ROOT / "README.md").read_text()
    questions = (ROOT / "docs" / "README.md").read_text().partition("Ten questions")[2]
    assert len([line for line in questions.splitlines() if "](" in line]) == 10
