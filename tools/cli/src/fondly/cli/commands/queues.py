"""`fondly queues` and `fondly dlq`: what waits in queues; show, redrive and discard dead letters."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from fondly.cli.answer import Answer
from fondly.cli.execution import Environment, in_environment
from fondly.cli.interrupts import ask
from fondly.cli.options import AsJson, By, Limit, OfRun, Yes, decider
from fondly.cli.output import print_json, say
from fondly.operations.errors import NoSuchDeadLetterError, OperationError

app = typer.Typer(no_args_is_help=True, help="Dead letters: messages that the services gave up.")

QueueName = Annotated[str, typer.Argument(metavar="QUEUE", help="A queue's name in the topology: mailer.")]
OfMessage = Annotated[str | None, typer.Option(help="Only the one with this message id.")]
WithBody = Annotated[bool, typer.Option("--body", help="Show the messages' bodies as well.")]
OutFile = Annotated[
    Path | None, typer.Option("--out", dir_okay=False, help="Append the discarded dead letters to this file.")
]


@app.command("list")
@in_environment
async def list_(environment: Environment) -> Answer:
    """Show how many dead letters each queue has."""
    from fondly.cli.tables.declaration import Table
    from fondly.cli.tables.queues import DEAD_LETTERS
    from fondly.operations.dead_letters.received import count_dead_letters

    counts = await count_dead_letters(environment)
    return Answer(counts, [Table(DEAD_LETTERS, counts)])


@app.command()
@in_environment
async def show(
    environment: Environment,
    queue: QueueName,
    *,
    run: OfRun = None,
    message_id: OfMessage = None,
    limit: Limit = 50,
    body: WithBody = False,
) -> Answer:
    """Show a queue's dead letters and their reasons.

    They stay in the dead-letter queue.
    """
    from fondly.cli.tables.queues import dead_letters
    from fondly.operations.dead_letters.dead_letter import Selection
    from fondly.operations.dead_letters.received import receive_dead_letters

    selection = Selection(run, [message_id] if message_id else None)
    fetched = limit if selection.everything else None
    async with receive_dead_letters(environment, environment.known_queue(queue), limit=fetched) as received:
        selected = selection.of(received.dead_letters)[:limit]
    return Answer(selected, dead_letters(selected, of=received.total, with_body=body))


@app.command()
@in_environment
async def redrive(
    environment: Environment,
    queue: QueueName,
    *,
    run: OfRun = None,
    message_id: OfMessage = None,
    by: By = None,
) -> Answer:
    """Send dead letters back to their queue."""
    from fondly.cli.tables.declaration import Line
    from fondly.operations.dead_letters.dead_letter import Selection
    from fondly.operations.dead_letters.redrive import redrive as redrive_dead_letters

    selection, name = Selection(run, [message_id] if message_id else None), environment.known_queue(queue)
    who = await decider(environment, by)
    done = await redrive_dead_letters(
        environment, name, selection, lambda moved: say(f"{moved} moved"), by=who
    )
    missing = [] if done.moved or selection.everything else [str(NoSuchDeadLetterError(name))]
    told = Line(f"{done.moved} dead letters sent back to {done.queue}")
    return Answer(done, [told], missing, is_wrong=bool(missing))


@app.command()
@in_environment
async def discard(
    environment: Environment,
    queue: QueueName,
    *,
    run: OfRun = None,
    message_id: OfMessage = None,
    yes: Yes = False,
    out_file: OutFile = None,
    by: By = None,
    json: AsJson = False,
) -> None:
    """Delete dead letters for good.

    They are written as JSON lines to `--out` or standard output before.
    """
    from fondly.operations.dead_letters.dead_letter import Discarded, Selection
    from fondly.operations.dead_letters.received import discarding

    selection, who = Selection(run, [message_id] if message_id else None), await decider(environment, by)
    async with discarding(environment, queue, selection) as found:
        selected = len(found.selected)
        if selected and not (yes or _confirmed(selected, found.queue)):
            raise OperationError("nothing discarded")
        _write(found.lines, out_file)
        discarded = await found.delete(by=who)
    if json and out_file:
        print_json(Discarded(queue=found.queue, discarded=discarded, written_to=str(out_file)))
    say(f"{discarded} dead letters of {found.queue} discarded")
    if kept := selected - discarded:
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


@in_environment
async def queues(environment: Environment) -> Answer:
    """Show how many messages and dead letters every queue has.

    Exits with 1 if there are dead letters.
    """
    from fondly.cli.tables.declaration import Table
    from fondly.cli.tables.queues import QUEUES
    from fondly.operations.queues import queue_states

    states = await queue_states(environment)
    dead = [state.name for state in states if state.dead_letters]
    remarks = [f"dead letters in {', '.join(dead)}: see `fondly dlq show {dead[0]}`"] if dead else []
    return Answer(states, [Table(QUEUES, states)], remarks, is_wrong=bool(dead))
