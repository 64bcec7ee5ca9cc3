"""What a pass of a connector has done."""

from collections.abc import Iterator

from fondly.cli.answer import Answer
from fondly.cli.tables.cleanup import deleted_table
from fondly.cli.tables.customers import proof_sections
from fondly.cli.tables.declaration import Remark, Shown, sheet
from fondly.operations.connect.run import Connected
from fondly.operations.formatting import count

WHY = "without a price, or about a product that is not in the shop any more"
LEAVING = "the shop asks to delete everything that is known of it: fondly cleanup --all"


def answer_of(done: Connected) -> Answer:
    """Return the answer to a pass: wrong if somebody could not be forgotten, or a person has to act."""
    forgotten = done.forgotten
    failed = forgotten is not None and not (forgotten.proof and forgotten.proof.is_clean)
    exports = [f"asks for what is known of them: fondly customer export {each}" for each in done.exports]
    remarks = [*exports, *([LEAVING] if done.leaving else [])]
    return Answer(done, _shown(done), remarks, is_wrong=failed or bool(remarks))


def _shown(done: Connected) -> Iterator[Shown]:
    facts = [(kind, count(number)) for kind, number in done.objects.items() if number]
    uploaded = ", ".join(done.uploaded) or "nothing: the files are those of the last time"
    yield sheet([*facts, ("new, changed or gone", count(done.changed)), ("uploaded", uploaded)])
    yield from (
        Remark(f"{count(left)} rows of {kind} left out: {WHY}") for kind, left in done.left_out.items()
    )
    if done.forgotten:
        yield deleted_table(done.forgotten.rows, dry_run=False)
        if done.forgotten.proof:
            yield from proof_sections(done.forgotten.proof)
