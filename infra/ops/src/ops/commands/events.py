"""`encore-ops events tail`."""

import asyncio
import json as json_text
from datetime import UTC, datetime
from typing import Annotated

import typer

from ops.command import AsJson, at_a_stage
from ops.errors import OpsError
from ops.place import Place
from ops.show import UNKNOWN, as_json, cell, out, say
from ops.tail import Heard, listening

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
        async with asyncio.timeout(timeout_s), listening(place, topics) as listener:
            say(f"listening to {', '.join(topics)}; Ctrl-C ends it")
            shown = 0
            async for heard in listener.events():
                if (heard.subject or "").startswith(run or ""):
                    _show(heard, json=json)
                    shown += 1
                if shown == limit:
                    return
    except TimeoutError:
        return


def _show(heard: Heard, *, json: bool) -> None:
    if json:
        as_json(heard, lines=True)
        return
    kind = (heard.type or UNKNOWN).removeprefix("encore.")
    told = heard.body if heard.data is None else json_text.dumps(heard.data, ensure_ascii=False)
    line = cell(f"{datetime.now(UTC):%H:%M:%S} ", "dim")
    line.append_text(cell(f"{kind:<28} ", "bold"))
    line.append_text(cell(f"{heard.subject or UNKNOWN} ", "cyan"))
    line.append_text(cell(told))
    out().print(line, soft_wrap=True)
