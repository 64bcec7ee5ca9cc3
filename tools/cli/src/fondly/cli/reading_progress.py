"""A progress bar for files that take longer than a glance."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

PASSES = 2
"""Every file is looked through, then read."""
BAR_FROM_BYTES = 10_000_000


@contextmanager
def reading(
    paths: Sequence[Path], console: Console, *, doing: str = "reading", passes: int = PASSES
) -> Iterator[Callable[[int], None]]:
    """Yield what is to be told of bytes read; on a terminal large files get a bar."""
    total = passes * sum(each.stat().st_size for path in paths for each in _files(path))
    if total < passes * BAR_FROM_BYTES or not console.is_terminal:
        yield lambda _: None
        return
    columns = (TextColumn(doing), BarColumn(), TextColumn("{task.percentage:.0f} %"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(doing, total=total)
        yield lambda read: progress.advance(task, read)


def _files(path: Path) -> Iterator[Path]:
    yield from (each for each in path.iterdir() if each.is_file()) if path.is_dir() else [path]
