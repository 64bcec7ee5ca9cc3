"""Printing events as they come."""

import asyncio
import json as json_text
from collections.abc import Sequence
from contextlib import aclosing, suppress

from pydantic import JsonValue

from fondly.cli.output import console, print_json, say
from fondly.cli.tables.declaration import Line
from fondly.cli.tables.drawing import draw
from fondly.contracts.clock import utc_now
from fondly.operations.environment import Environment
from fondly.operations.events import ReceivedEvent, listening
from fondly.operations.formatting import UNKNOWN


async def print_events(
    environment: Environment,
    topics: Sequence[str],
    of_run: str,
    *,
    limit: int | None,
    timeout_s: float | None,
    json: bool,
) -> None:
    """Print the events of topics, by default all, and of runs whose ids begin so, until one limit is reached.

    Raises `OperationError` for an unknown topic.
    """
    with suppress(TimeoutError):
        async with (
            asyncio.timeout(timeout_s),
            listening(environment, topics) as listener,
            aclosing(listener.events(of_run)) as events,
        ):
            say(f"listening to {', '.join(listener.topics)}; stop with Ctrl-C")
            shown = 0
            async for event in events:
                print_json(event, lines=True) if json else draw([_line(event)], console())
                shown += 1
                if shown == limit:
                    return


def _line(event: ReceivedEvent) -> Line:
    kind = (event.type or UNKNOWN).removeprefix("fondly.").partition(".")[0]
    about = Line(f"{event.subject or UNKNOWN} ", "cyan", Line(_summary(event)))
    return Line(f"{utc_now():%H:%M:%S} ", "dim", Line(f"{kind:<22} ", "bold", about))


def _summary(event: ReceivedEvent) -> str:
    """The event's data in short; keys without the run's folder."""
    if event.data is None:
        return event.body or ""
    folder = f"runs/{event.subject}/"
    values = {name: _short(value).removeprefix(folder) for name, value in event.data.items()}
    return " ".join(f"{name}={value}" for name, value in values.items())


def _short(value: JsonValue) -> str:
    return value if isinstance(value, str) else json_text.dumps(value, ensure_ascii=False)
