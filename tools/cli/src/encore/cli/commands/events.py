"""`encore-ops events tail`."""

import asyncio
import json as json_text
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Annotated

import typer
from pydantic import JsonValue

from encore.cli.command import AsJson, at_a_stage
from encore.cli.errors import OpsError
from encore.cli.place import Place
from encore.cli.show import UNKNOWN, as_json, cell, out, say
from encore.cli.tail import Heard, listening

app = typer.Typer(no_args_is_help=True, help="What the services tell one another.")

Topics = Annotated[list[str] | None, typer.Option("--topic", help="Only this topic; may be repeated.")]
OfRun = Annotated[str | None, typer.Option("--run", help="Only this run, or the beginning of its id.")]
Limit = Annotated[int | None, typer.Option(min=1, help="End after so many events.")]
Lasting = Annotated[float | None, typer.Option(min=0, help="End after so many seconds.")]


@app.command()
@at_a_stage
async def tail(
    place: Place,
    *,
    topic: Topics = None,
    run: OfRun = None,
    limit: Limit = None,
    timeout_s: Lasting = None,
    json: AsJson = False,
) -> None:
    """Print events as they come, until Ctrl-C; `--json` prints one a line."""
    topics = topic or list(place.topology.topics)
    if unknown := set(topics) - set(place.topology.topics):
        raise OpsError(f"the topology has no topic {unknown.pop()}, but {', '.join(place.topology.topics)}")
    try:
        async with (
            asyncio.timeout(timeout_s),
            listening(place, topics) as listener,
            aclosing(listener.events()) as events,
        ):
            say(f"listening to {', '.join(topics)}; Ctrl-C ends it")
            await _show_all(events, of_run=run or "", limit=limit, json=json)
    except TimeoutError:
        return


async def _show_all(events: AsyncIterator[Heard], *, of_run: str, limit: int | None, json: bool) -> None:
    shown = 0
    async for heard in events:
        if (heard.subject or "").startswith(of_run):
            _show(heard, json=json)
            shown += 1
        if shown == limit:
            return


def _show(heard: Heard, *, json: bool) -> None:
    if json:
        as_json(heard, lines=True)
        return
    kind = (heard.type or UNKNOWN).removeprefix("encore.").partition(".")[0]
    line = cell(f"{datetime.now(UTC):%H:%M:%S} ", "dim")
    line.append_text(cell(f"{kind:<22} ", "bold"))
    line.append_text(cell(f"{heard.subject or UNKNOWN} ", "cyan"))
    line.append_text(cell(_told(heard)))
    out().print(line, soft_wrap=True)


def _told(heard: Heard) -> str:
    """The event's data in short; keys without their folder, which is the run's."""
    if heard.data is None:
        return heard.body or ""
    folder = f"runs/{heard.subject}/"
    values = {name: _short(value).removeprefix(folder) for name, value in heard.data.items()}
    return " ".join(f"{name}={value}" for name, value in values.items())


def _short(value: JsonValue) -> str:
    return value if isinstance(value, str) else json_text.dumps(value, ensure_ascii=False)
