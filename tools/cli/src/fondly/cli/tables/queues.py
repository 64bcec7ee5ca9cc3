"""Queues and their dead letters."""

from collections.abc import Iterator, Sequence

from fondly.cli.tables.declaration import Column, Columns, Line, Remark, Shown, sheet
from fondly.operations.dead_letters.dead_letter import DeadLetter
from fondly.operations.dead_letters.received import DeadLetterCount
from fondly.operations.formatting import age, since
from fondly.operations.queues import QueueState


def _alarm(queue: QueueState | DeadLetterCount) -> str:
    return "bold red" if queue.dead_letters else ""


QUEUES: Columns[QueueState] = (
    Column("queue", lambda queue: queue.name),
    Column("visible", lambda queue: queue.visible, right=True),
    Column("in flight", lambda queue: queue.in_flight, right=True),
    Column("delayed", lambda queue: queue.delayed, right=True),
    Column("oldest", lambda queue: age(queue.oldest_age_s), right=True),
    Column("dead letters", lambda queue: queue.dead_letters, _alarm, right=True),
)
DEAD_LETTERS: Columns[DeadLetterCount] = (
    Column("queue", lambda queue: queue.queue),
    Column("dead letters", lambda queue: queue.dead_letters, _alarm, right=True),
    Column("oldest", lambda queue: age(queue.oldest_age_s), right=True),
)


def dead_letters(found: Sequence[DeadLetter], *, of: int, with_body: bool) -> Iterator[Shown]:
    """Yield what each is about, why it was given up, and its body if wanted; then how many there are."""
    for each in found:
        yield from _dead_letter(each, with_body=with_body)
    yield Remark(f"{len(found)} of {of} dead letters")


def _dead_letter(found: DeadLetter, *, with_body: bool) -> Iterator[Shown]:
    yield Line(found.about, "bold", Line(f"  {found.run_id}", "cyan") if found.run_id else None)
    first = found.first_received_at or found.sent_at
    facts = {
        "reason": found.reason,
        "cause": found.cause.words,
        "then": found.cause.remedy,
        "exception": found.exception,
        "handler": found.handler,
        "first seen": f"{first:%Y-%m-%d %H:%M:%S} UTC, {age(since(first))} ago" if first else None,
        "receives": found.receives,
        "message id": found.message_id,
    }
    yield sheet(facts.items(), name_style="dim", indent=2)
    if with_body:
        yield Line(f"  {found.body}")
