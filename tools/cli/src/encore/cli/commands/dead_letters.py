"""`encore-ops dlq`: dead letters, why they died, and what becomes of them."""

import json as json_text
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel

from encore.cli.command import AsJson, at_a_stage
from encore.cli.dead_letter_states import dead_letter_states
from encore.cli.dead_letters import HOLD_S, held
from encore.cli.domain.letters import DeadLetter, Filter
from encore.cli.errors import OpsError
from encore.cli.place import Place
from encore.cli.redrive import redrive as redrive_letters
from encore.cli.show import age, as_json, cell, out, say, since, table

NONE_MEANT = "no dead letter there is of that run or id"
app = typer.Typer(no_args_is_help=True, help="Dead letters: messages that were given up.")

QueueName = Annotated[str, typer.Argument(metavar="QUEUE", help="A queue's name in the topology: mailer.")]
OfRun = Annotated[str | None, typer.Option("--run", help="Only this run's, by its id or its beginning.")]
OfMessage = Annotated[str | None, typer.Option("--message-id", help="Only this one.")]
Limit = Annotated[int, typer.Option(min=1, help="At most so many.")]
WithBody = Annotated[bool, typer.Option("--body", help="Show the messages themselves as well.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
OutFile = Annotated[
    Path | None, typer.Option("--out", dir_okay=False, help="Append the discarded letters to this file.")
]


class Discarded(BaseModel):
    """How many dead letters were deleted, and where they were written first; None for standard output."""

    queue: str
    discarded: int
    written_to: str | None


@app.command("list")
@at_a_stage
async def list_(place: Place, *, json: AsJson = False) -> None:
    """Show how many dead letters each queue has, and the age of the oldest."""
    states = await dead_letter_states(place)
    if json:
        as_json(states)
        return
    shown = table("queue", "dead letters", "oldest", right=("dead letters", "oldest"))
    for state in states:
        style = "bold red" if state.letters else ""
        shown.add_row(cell(state.queue), cell(state.letters, style), cell(age(state.oldest_age_s)))
    out().print(shown)


@app.command()
@at_a_stage
async def show(
    place: Place,
    queue: QueueName,
    *,
    run: OfRun = None,
    message_id: OfMessage = None,
    limit: Limit = 50,
    body: WithBody = False,
    json: AsJson = False,
) -> None:
    """Show a queue's dead letters and why they died; they stay where they are."""
    which = Filter(run_id=run, message_id=message_id)
    async with held(place, place.known_queue(queue), limit=limit if which.is_open else None) as hand:
        letters = [letter for letter in hand.letters if which.takes(letter)][:limit]
    if json:
        as_json(letters)
        return
    for letter in letters:
        _show_letter(letter, with_body=body)
    say(f"{len(letters)} of {hand.there} dead letters")


@app.command()
@at_a_stage
async def redrive(
    place: Place,
    queue: QueueName,
    *,
    run: OfRun = None,
    message_id: OfMessage = None,
    json: AsJson = False,
) -> None:
    """Send dead letters back to their queue, once the cause is mended."""
    which = Filter(run_id=run, message_id=message_id)
    done = await redrive_letters(place, place.known_queue(queue), which, _tell_moved)
    if json:
        as_json(done)
    else:
        out().print(cell(f"{done.moved} dead letters went back to {done.queue}"))
    if not (done.moved or which.is_open):
        raise OpsError(NONE_MEANT)


@app.command()
@at_a_stage
async def discard(
    place: Place,
    queue: QueueName,
    *,
    run: OfRun = None,
    message_id: OfMessage = None,
    yes: Yes = False,
    out_file: OutFile = None,
    json: AsJson = False,
) -> None:
    """Delete dead letters, after writing them as JSON lines to `--out` or standard output."""
    name, which = place.known_queue(queue), Filter(run_id=run, message_id=message_id)
    async with held(place, name) as hand:
        letters = [letter for letter in hand.letters if which.takes(letter)]
        if not (letters or which.is_open):
            raise OpsError(NONE_MEANT)
        if letters and not yes:
            _confirm(len(letters), name)
        _write(letters, out_file)
        discarded = await hand.delete(letters)
    if json and out_file:
        as_json(Discarded(queue=name, discarded=discarded, written_to=str(out_file)))
    say(f"{discarded} dead letters of {name} discarded")
    if discarded < len(letters):
        raise OpsError(
            f"{len(letters) - discarded} could not be deleted and stay: they were in hand too long"
        )


def _confirm(count: int, queue: str) -> None:
    """Ask on standard error: standard output is for the letters."""
    sys.stderr.write(f"Discard {count} dead letters of {queue}? Answer within {HOLD_S} s [y/N]: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() not in {"y", "yes"}:
        raise OpsError("nothing discarded")


def _write(letters: Sequence[DeadLetter], out_file: Path | None) -> None:
    """Write letters a line each, on disk before anything is deleted."""
    lines = "".join(
        json_text.dumps(letter.model_dump(mode="json") | {"attributes": letter.attributes}, default=repr)
        + "\n"
        for letter in letters
    )
    if out_file:
        with out_file.open("a", encoding="ascii") as file:
            file.write(lines)
    else:
        sys.stdout.write(lines)
        sys.stdout.flush()


def _tell_moved(moved: int) -> None:
    say(f"{moved} moved")


def _show_letter(letter: DeadLetter, *, with_body: bool) -> None:
    console = out()
    head = cell(letter.about, "bold")
    head.append_text(cell(f"  {letter.run_id or ''}", "cyan"))
    console.print(head, soft_wrap=True)
    rows = table("", "", fold="")
    rows.show_header = False
    for name, value in _facts(letter).items():
        rows.add_row(cell(f"  {name}", "dim"), cell(value))
    console.print(rows)
    if with_body:
        console.print(cell(f"  {letter.body}"), soft_wrap=True)


def _facts(letter: DeadLetter) -> dict[str, str | None]:
    first = letter.first_received_at or letter.sent_at
    return {
        "reason": letter.reason,
        "exception": letter.exception,
        "handler": letter.handler,
        "first seen": f"{first:%Y-%m-%d %H:%M:%S} UTC, {age(since(first))} ago" if first else None,
        "receives": str(letter.receives),
        "message id": letter.message_id,
    }
