"""A run's progress in the terminal, stage by stage."""

import re
import time
from collections.abc import Callable, Iterable
from typing import Self

from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from fondly.operations.formatting import count, seconds
from fondly.operations.runs.follow import StageSnapshot

_BAR_COLUMNS = 32
_FRAMES_PER_SECOND = 8


class RunProgress:
    """Shows the latest snapshots: live bars on a terminal, else a line when more changes than numbers."""

    def __init__(self, console: Console, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._rows: dict[str, _StageRow] = {}
        self._clock = clock
        self._console = console
        self._live = (
            Live(console=console, get_renderable=self._table, refresh_per_second=_FRAMES_PER_SECOND)
            if console.is_terminal
            else None
        )

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def update(self, snapshots: Iterable[StageSnapshot]) -> None:
        """Show these snapshots; stages appear in the order in which they were first seen."""
        for snapshot in snapshots:
            row = self._rows.setdefault(snapshot.stage, _StageRow(snapshot))
            news = row.update(snapshot, now=self._clock())
            if news and not self._live:
                self._console.print(row.line(), highlight=False, markup=False)

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for row in self._rows.values():
            table.add_row(*row.cells(now=self._clock()))
        return table


class _StageRow:
    """One stage's latest snapshot, and when it started and finished."""

    def __init__(self, snapshot: StageSnapshot) -> None:
        self._snapshot = snapshot
        self._state: tuple[object, ...] = (False, False, "")
        self._started_at: float | None = None
        self._finished_at: float | None = None
        self._spinner = Spinner("dots", style="cyan")

    def update(self, snapshot: StageSnapshot, *, now: float) -> bool:
        """Replace the snapshot; return whether more has changed than its numbers."""
        self._snapshot = snapshot
        if snapshot.started and self._started_at is None:
            self._started_at = now
        if not snapshot.finished:
            self._finished_at = None  # its total may have grown
        elif self._finished_at is None:
            self._finished_at = now
        wording = re.sub(r"[\d.,]+", "", snapshot.detail)
        known, self._state = self._state, (snapshot.started, snapshot.finished, wording)
        return known != self._state

    def line(self) -> str:
        words = [self._snapshot.stage, self._amount(), self._snapshot.detail]
        if self._finished_at is not None:
            seen_working = self._finished_at != self._started_at
            words.append(f"finished in {self._elapsed(self._finished_at)}" if seen_working else "finished")
        return "  ".join(filter(None, words))

    def cells(self, *, now: float) -> tuple[RenderableType, ...]:
        snapshot = self._snapshot
        return (
            self._mark(),
            Text(snapshot.stage, style="bold" if snapshot.started else "dim"),
            self._bar(now),
            Text(self._amount(), justify="right"),
            Text(self._elapsed(now), style="dim", justify="right"),
            Text(snapshot.detail, style="dim", no_wrap=True, overflow="ellipsis"),
        )

    def _mark(self) -> RenderableType:
        if self._snapshot.finished:
            return Text("✓", style="green")
        return self._spinner if self._snapshot.started else Text("·", style="dim")

    def _bar(self, now: float) -> ProgressBar:
        snapshot = self._snapshot
        return ProgressBar(
            total=snapshot.total or 1,
            completed=snapshot.done if snapshot.total else 0,
            pulse=snapshot.started and not snapshot.total,
            width=_BAR_COLUMNS,
            animation_time=now,
            complete_style="cyan",
            finished_style="green",
        )

    def _amount(self) -> str:
        done, total = self._snapshot.done, self._snapshot.total
        if total:
            return f"{count(done)}/{count(total)}"
        return count(done) if done else ""

    def _elapsed(self, now: float) -> str:
        if self._started_at is None:
            return ""
        return seconds((self._finished_at or now) - self._started_at)
