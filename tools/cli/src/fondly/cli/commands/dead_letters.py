"""`fondly dlq`: show, redrive and discard dead letters."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.commands.options import AsJson
from fondly.cli.execution import ask, in_environment

if TYPE_CHECKING:
    from fondly.operations.environment import Environment

app = typer.Typer(no_args_is_help=True, help="Dead letters: messages that the services gave up.")

QueueName = Annotated[str, typer.Argument(metavar="QUEUE", help="A queue's name in the topology: mailer.")]
OfRun = Annotated[str | None, typer.Option("--run", help="Only this run's; the beginning of its id will do.")]
OfMessage = Annotated[str | None, typer.Option("--message-id", help="Only the one with this message id.")]
Limit = Annotated[int, typer.Option(min=1, help="Show at most this many.")]
WithBody = Annotated[bool, typer.Option("--body", help="Show the messages' bodies as well.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
OutFile = Annotated[
    Path | None, typer.Option("--out", dir_okay=False, help="Append the discarded dead letters to this file.")
]


@app.command("list")
@in_environment
async def list_(environment: "Environment", *, json: AsJson = False) -> None:
    """Show how many dead letters each queue has."""
    from fondly.cli.dead_letters.table import count_table
    from fondly.cli.output import console, print_json
    from fondly.operations.dead_letters.received import count_dead_letters

    counts = await count_dead_letters(environment)
    if json:
        print_json(counts)
    else:
        console().print(count_table(counts))


@app.command()
@in_environment
async def show(
    environment: "Environment",
    queue: QueueName,
    *,
    run: OfRun = None,
    message_id: OfMessage = None,
    limit: Limit = 50,
    body: WithBody = False,
    json: AsJson = False,
) -> None:
    """Show a queue's dead letters and their reasons.

    They stay in the dead-letter queue.
    """
    from fondly.cli.dead_letters.table import show_dead_letter
    from fondly.cli.output import console, print_json, say
    from fondly.operations.dead_letters.dead_letter import Selection
    from fondly.operations.dead_letters.received import receive_dead_letters

    selection = Selection(run_id=run, message_id=message_id)
    fetched = limit if selection.everything else None
    async with receive_dead_letters(environment, environment.known_queue(queue), limit=fetched) as received:
        selected = selection.of(received.dead_letters)[:limit]
    if json:
        print_json(selected)
        return
    for dead_letter in selected:
        show_dead_letter(dead_letter, console(), with_body=body)
    say(f"{len(selected)} of {received.total} dead letters")


@app.command()
@in_environment
async def redrive(
    environment: "Environment",
    queue: QueueName,
    *,
    run: OfRun = None,
    message_id: OfMessage = None,
    json: AsJson = False,
) -> None:
    """Send dead letters back to their queue."""
    from fondly.cli.output import console, print_json, say
    from fondly.cli.tables import cell
    from fondly.operations.dead_letters.dead_letter import Selection
    from fondly.operations.dead_letters.redrive import redrive as redrive_dead_letters
    from fondly.operations.errors import NoSuchDeadLetterError

    selection, name = Selection(run_id=run, message_id=message_id), environment.known_queue(queue)
    done = await redrive_dead_letters(environment, name, selection, lambda moved: say(f"{moved} moved"))
    if json:
        print_json(done)
    else:
        console().print(cell(f"{done.moved} dead letters sent back to {done.queue}"))
    if not (done.moved or selection.everything):
        raise NoSuchDeadLetterError(name)


@app.command()
@in_environment
async def discard(
    environment: "Environment",
    queue: QueueName,
    *,
    run: OfRun = None,
    message_id: OfMessage = None,
    yes: Yes = False,
    out_file: OutFile = None,
    json: AsJson = False,
) -> None:
    """Delete dead letters for good.

    They are written as JSON lines to `--out` or standard output before.
    """
    from fondly.cli.output import print_json, say
    from fondly.operations.dead_letters.dead_letter import Discarded, Selection
    from fondly.operations.dead_letters.received import discarding
    from fondly.operations.errors import OperationError

    selection = Selection(run_id=run, message_id=message_id)
    async with discarding(environment, queue, selection) as found:
        if found.selected and not (yes or _confirmed(len(found.selected), found.queue)):
            raise OperationError("nothing discarded")
        _write(found.lines, out_file)
        discarded = await found.delete()
    if json and out_file:
        print_json(Discarded(queue=found.queue, discarded=discarded, written_to=str(out_file)))
    say(f"{discarded} dead letters of {found.queue} discarded")
    if kept := len(found.selected) - discarded:
        raise OperationError(f"{kept} could not be deleted and stay in the queue: the answer took too long")


def _confirmed(count: int, queue: str) -> bool:
    from fondly.operations.dead_letters.received import HIDDEN_S

    answer = ask(f"Discard {count} dead letters of {queue}? Answer within {HIDDEN_S} s [y/N]: ")
    return answer.strip().casefold() in {"y", "yes"}


def _write(lines: str, out_file: Path | None) -> None:
    """Write dead letters, one per line; they are on disk before anything is deleted."""
    if out_file:
        with out_file.open("a", encoding="ascii") as file:
            file.write(lines)
    else:
        sys.stdout.write(lines)
        sys.stdout.flush()
