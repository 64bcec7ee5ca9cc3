"""The coverage as text: a table in Markdown for the README, and a short one for a terminal."""

from __future__ import annotations

import re
from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from understudy.coverage.coverage import ServiceCoverage

BEGIN = "<!-- begin of what `understudy coverage` prints -->"
END = "<!-- end of what `understudy coverage` prints -->"
MARKDOWN_COLUMNS = 118
TERMINAL_COLUMNS = 80
_VERB = re.compile(r"(Batch)?[A-Z][a-z]+(?=[A-Z])")
_WORD_BREAK = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def markdown(coverage: Sequence[ServiceCoverage]) -> str:
    """Return a table of what is answered, and lists of what is not, folded up."""
    rows = (
        f"| {each.title} (`{each.name}`) | {len(each.answered)} of {each.total} | "
        f"{', '.join(f'`{name}`' for name in each.answered)} |"
        for each in coverage
    )
    head = ("| service | operations | answered |", "| --- | --- | --- |")
    return "\n".join([*head, *rows, "", *_refused(coverage)]) + "\n"


def with_coverage(text: str, table: str) -> str:
    """Return a document with the table between the two marks; raise ValueError for one without them."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the lines {BEGIN!r} and {END!r} are missing")
    return f"{before}{BEGIN}\n\n{table}\n{END}{after}"


def banner(coverage: Sequence[ServiceCoverage], *, version: str, url: str) -> str:
    """Return what a person sees at the start: each service with how much of it is answered.

    Operations are summed up by what they are about, in lines of 80 columns.
    """
    width = max(len(each.name) for each in coverage)
    lines = [f"understudy {version}   {url}", ""]
    for each in coverage:
        count = f"{len(each.answered)} of {each.total}"
        indent = f"  {'':{width}}  {'':>10}  "
        first = f"  {each.name:{width}}  {count:>10}  "
        lines += wrap(_nouns(each.answered), TERMINAL_COLUMNS, initial_indent=first, subsequent_indent=indent)
    return "\n".join([*lines, "", "Every other operation is refused by name; the page above lists them.", ""])


def _refused(coverage: Iterable[ServiceCoverage]) -> Iterator[str]:
    for each in coverage:
        if each.unanswered:
            names = ", ".join(f"`{name}`" for name in each.unanswered)
            lines = wrap(f"{names}.", MARKDOWN_COLUMNS, break_long_words=False, break_on_hyphens=False)
            yield from ("<details>", f"<summary>{each.title}: the other {len(each.unanswered)}</summary>", "")
            yield from (*lines, "", "</details>", "")


def _nouns(operations: Iterable[str]) -> str:
    """Return what operations are about, each once: `DescribeFilter` and `ListFilters` are about filters.

    An operation that is a single word stands for itself.
    """
    nouns = {_WORD_BREAK.sub(" ", _VERB.sub("", name, count=1)).lower() for name in operations}
    return ", ".join(sorted(noun for noun in nouns if noun.removesuffix("s") not in nouns - {noun}))
