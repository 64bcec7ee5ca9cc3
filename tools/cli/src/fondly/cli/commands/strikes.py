"""`fondly run strike` and `revisions`: taking back what finished emails say or show, before they go out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.answer import Answer
from fondly.cli.commands.delivery import Grounds
from fondly.cli.execution import in_environment
from fondly.cli.interrupts import confirm
from fondly.cli.options import RunId, Yes, run_chosen
from fondly.cli.output import say

if TYPE_CHECKING:
    from fondly.contracts.revisions import RunRevisions
    from fondly.operations.environment import Environment


@dataclass(frozen=True)
class StrikeOptions:
    """What is struck: one of these, or a product of one customer's email."""

    wording: Annotated[str, typer.Option(metavar="DIGEST", help="A wording, by the digest in lists.")] = ""
    product: Annotated[str, typer.Option(metavar="ID", help="A product, of all emails.")] = ""
    email: Annotated[
        str, typer.Option(metavar="CUSTOMER", help="A customer's email; with --product, that alone.")
    ] = ""
    instead: Annotated[str, typer.Option("--with", metavar="TEXT", help="Stands in the wording's place.")] = (
        ""
    )


@in_environment
async def strike(
    environment: "Environment", run_id: RunId, *, options: StrikeOptions, grounds: Grounds, yes: Yes = False
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

    why, who = reason_given(grounds.why), await decider(environment, grounds.by)
    striking = await Striking.of(environment, await run_chosen(environment, run_id, to_decide(Act.HOLD)))
    wanted = await striking.named(
        wording=options.wording, product=options.product, customer_id=options.email, instead=options.instead
    )
    line = f"Struck for good: {struck(wanted)}"
    if yes:
        say(line)
    else:
        confirm(f"{line}\n", "strike", otherwise="nothing struck")
    return _answer(await striking.strike(wanted, by=who, why=why))


@in_environment
async def revisions(environment: "Environment", run_id: RunId) -> Answer:
    """Show what has been struck of a run's emails, and whether they are rendered anew."""
    from fondly.operations.delivery.striking import Striking
    from fondly.operations.runs.choosing import WITH_EMAILS

    chosen = await run_chosen(environment, run_id, WITH_EMAILS)
    return _answer(await (await Striking.of(environment, chosen)).known())


def _answer(found: "RunRevisions") -> Answer:
    from fondly.cli.tables.declaration import Remark, Table
    from fondly.cli.tables.delivery import REVISIONS
    from fondly.operations.formatting import counted

    now = f"{counted(found.rendering, 'part')} being rendered anew" if found.rendering else "all is rendered"
    return Answer(found, [Table(REVISIONS, found.revisions), Remark(f"revision {found.number}: {now}")])
