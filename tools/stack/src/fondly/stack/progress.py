"""A run's progress in the terminal, stage by stage."""

import re
import time
from collections.abc import Callable, Iterable
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Column

from fondly.operations.formatting import count, seconds
from fondly.operations.runs.follow import StageSnapshot

_BAR_COLUMNS = 32
_CUT = Column(no_wrap=True, overflow="ellipsis")


class RunProgress:
    """Shows the latest snapshots: live bars on a terminal, else a line when more changes than numbers."""

    def __init__(self, console: Console, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._rows: dict[str, _StageRow] = {}
        self._tasks: dict[str, TaskID] = {}
        self._clock = clock
        self._console = console
        self._bars = Progress(
            TextColumn("{task.fields[mark]}"),
            TextColumn("{task.description}"),
            BarColumn(_BAR_COLUMNS, complete_style="cyan", finished_style="green"),
            TextColumn("{task.fields[amount]}", justify="right"),
            TextColumn("{task.fields[elapsed]}", style="dim", justify="right"),
            TextColumn("{task.fields[detail]}", style="dim", markup=False, table_column=_CUT),
            console=console,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def update(self, snapshots: Iterable[StageSnapshot]) -> None:
        """Show these snapshots; stages appear in the order in which they were first seen."""
        for snapshot in snapshots:
            row, now = self._rows.setdefault(snapshot.stage, _StageRow(snapshot)), self._clock()
            news = row.update(snapshot, now=now)
            if news and self._bars.disable:
                self._console.print(row.line(), highlight=False, markup=False)
            if snapshot.stage not in self._tasks:
                self._tasks[snapshot.stage] = self._bars.add_task(snapshot.stage, **row.cells(now))
            total = snapshot.total or (None if snapshot.started else 1)
            done = snapshot.done if snapshot.total else 0
            self._bars.update(self._tasks[snapshot.stage], total=total, completed=done, **row.cells(now))


class _StageRow:
    """One stage's latest snapshot, and when it started and finished."""

    def __init__(self, snapshot: StageSnapshot) -> None:
        self._snapshot = snapshot
        self._state: tuple[object, ...] = (False, False, "")
        self._started_at: float | None = None
        self._finished_at: float | None = None

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

    def cells(self, now: float) -> dict[str, Any]:
        snapshot = self._snapshot
        mark = "[green]✓" if snapshot.finished else "[cyan]…" if snapshot.started else "[dim]·"
        return {
            "mark": mark,
            "amount": self._amount(),
            "elapsed": self._elapsed(now),
            "detail": snapshot.detail,
        }

    def _amount(self) -> str:
        done, total = self._snapshot.done, self._snapshot.total
        if total:
            return f"{count(done)}/{count(total)}"
        return count(done) if done else ""

    def _elapsed(self, now: float) -> str:
        if self._started_at is None:
            return ""
        return seconds((self._finished_at or now) - self._started_at)
