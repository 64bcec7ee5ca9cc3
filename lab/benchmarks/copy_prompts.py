"""How many prompts for copy a run came to as its emails grew in number, and what they cost in tokens.

Reads the folder of a run, as `fondly demo` writes it. The more emails there are for each product, the more of
them share a prompt. The last lines are those of a run in
`tools/operations/src/fondly/operations/cost/measured.toml`.
"""

import argparse
import base64
import json
import re
import sys
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console
from rich.table import Table

HALVINGS = 6
TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens")


def main() -> int:
    """Print the table and the lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="the run's folder, such as out/run-0123456789abcdef")
    folder: Path = parser.parse_args().run
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    used: dict[str, int] = _contents(folder / "gallery" / "list.js")["prompts"]
    emails = [each["prompts"] for each in _known(folder)]
    Random(1).shuffle(emails)  # noqa: S311 - customers of a part are alike: any half is to be as good as another
    sizes = [len(emails) >> halving for halving in range(HALVINGS, -1, -1)]
    rows = [(size, *_distinct(emails[:size])) for size in sizes if size]
    Console().print(_table(rows))
    tokens = ", ".join(f"{kind} = {used[kind]}" for kind in TOKENS)
    (_, *half), _ = rows[-2:]
    for line in (
        f"copy_prompts = {summary['copy_prompts']}",
        f"copy_prompts_of_half = {sum(half)}",
        f"copy_calls = {summary['copy_calls']}",
        f"copy_tokens = {{ {tokens} }}",
    ):
        sys.stdout.write(line + "\n")
    return 0


def _distinct(emails: Sequence[Sequence[int]]) -> tuple[int, int]:
    """Return how many frames and how many products' prompts these emails come from."""
    return len({frame for frame, *_ in emails}), len({each for _, *products in emails for each in products})


def _known(folder: Path) -> Iterator[dict[str, Any]]:
    for path in (folder / "gallery").glob("bodies-*.js"):
        yield from _contents(path)["known"]


def _contents(path: Path) -> Any:  # noqa: ANN401 - whatever the file has
    packed = re.search(r'", "([A-Za-z0-9+/=]*)"\);', path.read_text("ascii"))
    if not packed:
        raise ValueError(path)
    return json.loads(zlib.decompress(base64.b64decode(packed[1])))


def _table(rows: Sequence[tuple[int, int, int]]) -> Table:
    table = Table("emails", "frames", "prompts about products", "prompts an email")
    for emails, frames, products in rows:
        table.add_row(f"{emails:,}", f"{frames:,}", f"{products:,}", f"{(frames + products) / emails:.2f}")
    return table


if __name__ == "__main__":
    sys.exit(main())
