"""Printing events as they come."""

import asyncio
import json as json_text
from collections.abc import Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass

from pydantic import JsonValue

from fondly.cli.output import console, print_json, say
from fondly.cli.tables import cell
from fondly.contracts.clock import utc_now
from fondly.operations.environment import Environment
from fondly.operations.events import ReceivedEvent, listening
from fondly.operations.formatting import UNKNOWN


@dataclass(frozen=True)
class Tail:
    """Prints the events of some topics (all if none is named) and of runs whose id begins with `of_run`."""

    environment: Environment
    topics: Sequence[str]
    of_run: str
    limit: int | None
    json: bool

    async def run(self, timeout_s: float | None) -> None:
        """Print until `limit` events or `timeout_s`; raise `OperationError` for an unknown topic."""
        with suppress(TimeoutError):
            async with (
                asyncio.timeout(timeout_s),
                listening(self.environment, self.topics) as listener,
                aclosing(listener.events(self.of_run)) as events,
            ):
                say(f"listening to {', '.join(listener.topics)}; stop with Ctrl-C")
                shown = 0
                async for event in events:
                    self._print(event)
                    shown += 1
                    if shown == self.limit:
                        return

    def _print(self, event: ReceivedEvent) -> None:
        if self.json:
            print_json(event, lines=True)
            return
        kind = (event.type or UNKNOWN).removeprefix("fondly.").partition(".")[0]
        line = cell(f"{utc_now():%H:%M:%S} ", "dim")
        line.append_text(cell(f"{kind:<22} ", "bold"))
        line.append_text(cell(f"{event.subject or UNKNOWN} ", "cyan"))
        line.append_text(cell(_summary(event)))
        console().print(line, soft_wrap=True)


def _summary(event: ReceivedEvent) -> str:
    """The event's data in short; keys without the run's folder."""
    if event.data is None:
        return event.body or ""
    folder = f"runs/{event.subject}/"
    values = {name: _short(value).removeprefix(folder) for name, value in event.data.items()}
    return " ".join(f"{name}={value}" for name, value in values.items())


def _short(value: JsonValue) -> str:
    return value if isinstance(value, str) else json_text.dumps(value, ensure_ascii=False)
