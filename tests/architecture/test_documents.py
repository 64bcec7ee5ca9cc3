"""Documents say each thing once, and their links lead somewhere."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from fondly.checks.screenshots import PICTURES

ROOT = Path(__file__).parents[2]
PLACES = (
    *("*.md", "docs", "infra", "lab/*/README.md", "examples", "tests"),
    *("s*/*/README.md", "tools/*/README.md", "understudy/README.md", "understudy/docs"),
)
MAX_WORDS = 80_000
LONG = 60
"""Shorter lines may be alike by chance, such as commands."""


def documents() -> Iterator[Path]:
    """Every document that people read; texts that programs read are none."""
    for place in PLACES:
        for path in sorted(ROOT.glob(place)):
            yield from sorted(path.rglob("*.md")) if path.is_dir() else [path]


DOCUMENTS = {str(path.relative_to(ROOT)): path for path in documents()}


@cache
def parsed(path: Path) -> list[Token]:
    """The document's tokens, those within lines among them."""
    tokens = MarkdownIt("commonmark").enable("table").parse(path.read_text(encoding="utf-8"))
    return [one for token in tokens for one in (token, *(token.children or ()))]


@cache
def anchors(path: Path) -> set[str]:
    """What links may name within a document: its headings as GitHub makes anchors of them."""
    tokens = parsed(path)
    headings = [tokens[index + 1].content for index, each in enumerate(tokens) if each.type == "heading_open"]
    plain = [re.sub(r"[^\w\- ]", "", re.sub(r"\]\([^)]*\)", "", text).lower()) for text in headings]
    seen: Counter[str] = Counter()
    found = set()
    for text in plain:
        slug = text.replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def test_there_are_documents() -> None:
    """Those that newcomers begin with are among them."""
    assert {"README.md", "CHANGELOG.md", "docs/architecture.md", "services/sender/README.md"} <= set(
        DOCUMENTS
    )


def test_links_lead_somewhere() -> None:
    """To a file or folder of the project, and to a heading that it has."""
    assert {name: lost for name, path in DOCUMENTS.items() if (lost := lost_links(path))} == {}


def lost_links(path: Path) -> list[str]:
    """The links of a document that lead nowhere."""
    named = (each.attrGet("href") or each.attrGet("src") for each in parsed(path))
    targets = [str(each) for each in named if each]
    lost = []
    for target in targets:
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        to = (path.parent / file).resolve() if file else path
        if not to.exists() or (anchor and to.suffix == ".md" and anchor not in anchors(to)):
            lost.append(target)
    return lost


def test_nothing_is_said_twice() -> None:
    """No long line outside of examples, and no row of a table: both would be left by a careless merge."""
    assert {name: twice for name, path in DOCUMENTS.items() if (twice := list(said_twice(path)))} == {}


def said_twice(path: Path) -> Iterator[str]:
    """The long lines, and the first two cells of rows, that a document has more than once."""
    text = re.sub(r"^( *)```.*?^\1```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    lines = Counter(line.strip() for line in text.splitlines() if len(line) >= LONG and line[0] != "|")
    yield from (line for line, times in lines.items() if times > 1)
    for table in re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE):
        rows = Counter(tuple(row.split("|")[1:3]) for row in table.splitlines()[2:])
        yield from ("|".join(row) for row, times in rows.items() if times > 1 and row[0].strip())


def test_every_picture_is_taken_by_make_screenshots() -> None:
    """Nobody has to remember how one was made, and all show the same release."""
    shown = {
        (path.parent / str(each.attrGet("src"))).resolve()
        for path in DOCUMENTS.values()
        for each in parsed(path)
        if each.type == "image"
    }
    pictures = {ROOT / f"docs/images/{name}.png" for name in PICTURES}
    assert shown <= pictures
    assert set((ROOT / "docs/images").iterdir()) == pictures


def test_all_texts_can_be_read_by_one_person() -> None:
    """What is added makes something else shorter."""
    command = ["git", "ls-files", "-z", "*.md"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603 - ours
    paths = (ROOT / name for name in listed.split("\0") if name)
    assert sum(len(path.read_text("utf-8").split()) for path in paths if path.exists()) <= MAX_WORDS
