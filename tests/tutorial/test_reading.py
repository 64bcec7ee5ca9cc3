"""A newcomer reads little on the way to AWS, in order, and knows by then what it costs."""

import re
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial"
PATH = [
    *(ROOT / "README.md", ROOT / "docs" / "start.md", *sorted(TUTORIAL.glob("[0-9]-*.md"))),
    ROOT / "docs" / "deploy.md",
]
"""What a newcomer reads, in this order."""
LONGEST = 5_000
"""Words, of commands and output too."""


def test_the_way_to_aws_is_short() -> None:
    """From the first page to emails on AWS."""
    words = {page.name: len(page.read_text("utf-8").split()) for page in PATH}
    assert sum(words.values()) <= LONGEST, words


def test_each_page_leads_to_the_next() -> None:
    """Nobody has to look for it."""
    lost = [
        each.name
        for each, following in pairwise(PATH)
        if following not in {(each.parent / link).resolve() for link in links(each)}
    ]
    assert lost == []


def links(page: Path) -> list[str]:
    """The files that a page leads to."""
    return re.findall(r"\]\(([^)#:]+\.md)", page.read_text("utf-8"))


def test_what_aws_costs_by_the_month_is_that_of_the_estimate() -> None:
    """The tutorial rounds what docs/cost.md computes from list prices."""
    cost = (ROOT / "docs" / "cost.md").read_text("utf-8")
    months = dict(re.findall(r"^\| a month of `(\w+)` without uploads \| \$([\d.]+)", cost, re.MULTILINE))
    told = re.findall(r"\$(\d+)\D+?`(\w+)`", (TUTORIAL / "4-clean-up.md").read_text("utf-8"))
    assert {size: int(dollars) for dollars, size in told} == {
        size: 5 * round(float(months[size]) / 5) for size in ("dev", "prod")
    }
