"""What the built site has; `make test-docs` builds it first."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from markdown_it import MarkdownIt

from fondly.docs import SITES
from tests.support.setting_names import PROCESSES, variables

ROOT = Path(__file__).parents[4]
SITE, PAGES = SITES[1], ROOT / "out/pages"
LOADED = {("link", "href"), ("script", "src"), ("img", "src"), ("source", "srcset"), ("iframe", "src")}
COUNTED = ("li", "td", "th", "pre", "code", "h2", "h3", "strong", "ul", "ol", "table", "img", "blockquote")
SPECIFICATION = ROOT / "lab/checks/node_modules/@asyncapi/specs/schemas/3.0.0.json"

pytestmark = pytest.mark.usefixtures("address")


class Assets(HTMLParser):
    """Collects what a page loads from elsewhere."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found = list[str]()
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note addresses of other hosts; a link to a page loads nothing."""
        self.found += [
            value
            for name, value in attrs
            if (tag, name) in LOADED and re.match("(https?:)?//", value or "") and value
        ]


def test_nothing_is_loaded_from_elsewhere() -> None:
    """No script, style, font or picture: the site is read without a network, and tells nobody who does."""
    pages = list(SITE.rglob("*.html"))
    assert len(pages) > 150
    found = {str(path): assets for path in pages if (assets := Assets(path).found)}
    styles = {
        str(path): url
        for path in SITE.rglob("*.css")
        for url in re.findall(r"url\(.?https?:[^)]*", path.read_text())
    }
    assert found | styles == {}


@pytest.mark.parametrize("source", sorted(str(path.relative_to(PAGES)) for path in PAGES.rglob("*.md")))
def test_a_page_shows_what_github_shows(source: str) -> None:
    """As many entries of lists, cells and blocks of code: both read Markdown in their own way."""
    page = SITE / source.replace("README.md", "index.md").replace(".md", ".html")
    built = page.read_text("utf-8").partition("<article")[2].partition("</article>")[0]
    text = (PAGES / source).read_text("utf-8")
    read = MarkdownIt("commonmark").enable("table").render(text)
    expected, shown = (Counter(re.findall(r"<([a-z]+\d?)[ >]", html)) for html in (read, built))
    assert {tag: shown[tag] for tag in COUNTED} == {tag: expected[tag] for tag in COUNTED}


def test_the_events_are_asyncapi() -> None:
    """By the JSON Schema of the specification's own project."""
    made = json.loads((SITE / "reference/asyncapi.json").read_text("utf-8"))
    schema = json.loads(SPECIFICATION.read_text("utf-8"))
    assert [error.message for error in Draft7Validator(schema).iter_errors(made)] == []


def test_every_setting_is_explained() -> None:
    """All that a process reads, as Terraform knows it."""
    text = (PAGES / "reference/settings.md").read_text("utf-8")
    names = {name for kind in PROCESSES.values() for name in variables(kind)}
    assert {name for name in names if f"`{name}`" not in text} == set()
    rows = [line.split(" | ") for line in text.splitlines() if re.match(r"\| `(FONDLY|UNDERSTUDY)_", line)]
    assert [row[0] for row in rows if not row[-1].strip(" |")] == []


def test_a_release_is_deployed_to_a_folder_of_its_own(tmp_path: Path) -> None:
    """By mike, to a branch; readers choose from its list of versions."""
    for command in (
        "init -q",
        "config user.name F",
        "config user.email f@shop.example",
        "commit -qm 1 --allow-empty",
    ):
        git(tmp_path, *command.split())
    tools = Path(sys.executable).parent
    mike = [f"{tools}/mike", "deploy", "-F", f"{ROOT}/out/mkdocs.yml", "--update-aliases", "0.2", "latest"]
    path = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
    subprocess.run(mike, cwd=tmp_path, env=path, check=True, capture_output=True)  # noqa: S603 - our own
    assert [each["version"] for each in json.loads(git(tmp_path, "show", "gh-pages:versions.json"))] == [
        "0.2"
    ]
    assert "Fondly" in git(tmp_path, "show", "gh-pages:0.2/index.html")


def git(folder: Path, *arguments: str) -> str:
    """Return what git prints in a folder."""
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - ours
