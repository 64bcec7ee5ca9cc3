"""`fondly run strike` and `revisions`: taking back what finished emails say or show, before they go out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.answer import Answer
from fondly.cli.execution import in_environment
from fondly.cli.interrupts import confirm
from fondly.cli.options import By, RunId, Yes, run_chosen
from fondly.cli.output import say
from fondly.operations.errors import OperationError

if TYPE_CHECKING:
    from fondly.contracts.revisions import RunRevisions, Strike
    from fondly.operations.delivery.striking import Striking
    from fondly.operations.environment import Environment


@dataclass(frozen=True)
class StrikeOptions:
    """What is struck: one of these, or a product of one customer's email."""

    wording: Annotated[
        str | None, typer.Option(metavar="DIGEST", help="A wording, by the digest that lists show.")
    ] = None
    product: Annotated[str | None, typer.Option(metavar="ID", help="A product, of all emails.")] = None
    email: Annotated[
        str | None, typer.Option(metavar="CUSTOMER", help="A customer's email; with --product, that alone.")
    ] = None
    instead: Annotated[
        str | None, typer.Option("--with", metavar="TEXT", help="What is to stand in the wording's place.")
    ] = None
    why: Annotated[str | None, typer.Option(metavar="TEXT", help="Why; it is kept.")] = None


@in_environment
async def strike(
    environment: "Environment", run_id: RunId, *, options: StrikeOptions, by: By = None, yes: Yes = False
) -> Answer:
    """Strike a wording, a product or an email; the emails concerned are rendered anew, and nothing is paid.

    An approval is taken back. What has been handed over stays as it was sent.
    """
    from fondly.operations.delivery.approval import struck
    from fondly.operations.delivery.approving import reason_given
    from fondly.operations.delivery.given import decider
    from fondly.operations.delivery.striking import Striking
    from fondly.operations.runs.choosing import to_decide
    from fondly.runtime.runs.delivery import Act

    why, who = reason_given(options.why), await decider(environment, by)
    striking = await Striking.of(environment, await run_chosen(environment, run_id, to_decide(Act.HOLD)))
    wanted = await _strike(striking, options)
    line = f"Struck for good: {struck(wanted)}"
    if yes:
        say(line)
    else:
        confirm(f"{line}\n", "strike", otherwise="nothing struck")
    return _answer(await striking.strike([wanted], by=who, why=why))


@in_environment
async def revisions(environment: "Environment", run_id: RunId) -> Answer:
    """Show what has been struck of a run's emails, and whether they are rendered anew."""
    from fondly.operations.delivery.striking import Striking
    from fondly.operations.runs.choosing import WITH_EMAILS

    striking = await Striking.of(environment, await run_chosen(environment, run_id, WITH_EMAILS))
    return _answer(await striking.known())


async def _strike(striking: "Striking", options: StrikeOptions) -> "Strike":
    from fondly.contracts.revisions import Strike

    if options.wording and not (options.product or options.email):
        return await striking.of_wording(options.wording, options.instead or "")
    if options.wording or options.instead is not None:
        raise OperationError("--with is about a --wording, and that is struck of all emails: give it alone")
    if options.email:
        return await striking.of_customer(options.email, options.product or "")
    if options.product:
        return Strike(product_id=options.product)
    raise OperationError("nothing to strike: give --wording, --product or --email")


def _answer(found: "RunRevisions") -> Answer:
    from fondly.cli.tables.declaration import Remark, Table
    from fondly.cli.tables.strikes import REVISIONS, rendered

    shown = [Table(REVISIONS, found.revisions)] if found.revisions else []
    return Answer(found, [*shown, Remark(rendered(found))])
