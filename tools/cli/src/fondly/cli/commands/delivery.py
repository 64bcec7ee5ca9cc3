"""`fondly run approve`, `reject`, `hold`, `pause`, `strike`: whether, when and how a run's emails go out."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.answer import Answer
from fondly.cli.execution import Environment, in_environment
from fondly.cli.interrupts import confirm
from fondly.cli.options import By, DryRun, RunId, Yes, decider, run_chosen
from fondly.cli.output import fitted, plain, say

if TYPE_CHECKING:
    from fondly.contracts.revisions import RunRevisions
    from fondly.operations.delivery.approving import Approving
    from fondly.operations.delivery.views import DeliveryView
    from fondly.runtime.runs.delivery import Act

Reason = Annotated[str, typer.Option("--why", metavar="TEXT", help="Why; it is kept.")]


@dataclass(frozen=True)
class Grounds:
    """Who decides, and why."""

    why: Annotated[str | None, typer.Option(metavar="TEXT", help="Why; it is kept.")] = None
    by: By = None


@dataclass(frozen=True)
class TermOptions:
    """What is approved."""

    sample: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Only the first N emails; the others wait.")
    ] = None
    seeds: Annotated[
        str | None,
        typer.Option(
            metavar="LIST|FILE",
            help="Who gets the sample's emails instead of customers: a@x.example,b@x.example, or a file.",
        ),
    ] = None
    at: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            show_default="now",
            help="Not before: 09:00, `2026-11-30 09:00`, `09:00 Europe/Berlin`.",
        ),
    ] = None
    per_hour: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            show_default="FONDLY_SENDER_PER_HOUR",
            help="At most N of the run's emails an hour.",
        ),
    ] = None


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
async def approve(
    environment: Environment, run_id: RunId, *, terms: TermOptions, grounds: Grounds, yes: Yes = False
) -> Answer:
    """Let a run's emails go out, all or a sample first.

    Says in one line who gets an email, when and by what, and asks. Approving again replaces time and pace.
    """
    from fondly.operations.delivery import approval
    from fondly.operations.delivery.terms import Terms
    from fondly.runtime.runs.delivery import Act

    approved = Terms.of(
        sample=terms.sample, seeds=terms.seeds, at=terms.at, per_hour=terms.per_hour, files=True
    )
    who, reason, approving = await _deciding(environment, run_id, Act.APPROVE, grounds)
    view = await approving.view(approved.act)
    plan = await approving.plan(view, approved)
    for notice in await approving.notices():
        say(f"! {notice}")
    if (second := approval.second_of(view, who)) and not approved.seeds:
        say(f"! {second}")
    _confirm(approved.act, plan.line(), yes=yes)
    return _answer(await approval.take(approving, approved, by=who, seen=approval.seen(view), why=reason))


@in_environment
async def reject(
    environment: Environment, run_id: RunId, *, why: Reason, by: By = None, yes: Yes = False
) -> Answer:
    """End a delivery: nothing more of it ever goes out."""
    from fondly.operations.delivery.approving import rejection
    from fondly.runtime.runs.delivery import Act

    who, reason, approving = await _deciding(environment, run_id, Act.REJECT, Grounds(why, by))
    _confirm(Act.REJECT, rejection(await approving.view(Act.REJECT)), yes=yes)
    return _answer(await approving.decide(Act.REJECT, by=who, note=reason))


@in_environment
async def pause(environment: Environment, run_id: RunId, *, grounds: Grounds) -> Answer:
    """Stop a delivery at once; `resume` goes on with it.

    Emails that are being handed over at this moment still go out.
    """
    from fondly.runtime.runs.delivery import Act

    who, reason, approving = await _deciding(environment, run_id, Act.PAUSE, grounds)
    return _answer(await approving.decide(Act.PAUSE, by=who, note=reason))


@in_environment
async def hold(environment: Environment, run_id: RunId, *, grounds: Grounds) -> Answer:
    """Take an approval back, or hold a run before it has finished.

    Nothing goes out until somebody approves it, whatever the settings say.
    """
    from fondly.runtime.runs.delivery import Act

    who, reason, approving = await _deciding(environment, run_id, Act.HOLD, grounds)
    return _answer(await approving.decide(Act.HOLD, by=who, note=reason))


@in_environment
async def strike(
    environment: Environment, run_id: RunId, *, options: StrikeOptions, grounds: Grounds, yes: Yes = False
) -> Answer:
    """Strike a wording, a product or an email; the emails concerned are rendered anew, and nothing is paid.

    An approval is taken back. What has been handed over stays as it was sent.
    """
    from fondly.operations.delivery.approval import struck
    from fondly.operations.delivery.striking import Striking
    from fondly.runtime.runs.delivery import Act

    who, reason, approving = await _deciding(environment, run_id, Act.HOLD, grounds)
    striking = await Striking.of(approving)
    wanted = await striking.named(**vars(options))
    _confirm("strike", f"Struck for good: {struck(wanted)}", yes=yes)
    return _revised(await striking.strike(wanted, by=who, why=reason))


@in_environment
async def revisions(environment: Environment, run_id: RunId) -> Answer:
    """Show what has been struck of a run's emails, and whether they are rendered anew."""
    from fondly.operations.delivery.approving import Approving
    from fondly.operations.delivery.striking import Striking
    from fondly.operations.runs.choosing import WITH_EMAILS

    approving = await Approving.of(environment, await run_chosen(environment, run_id, WITH_EMAILS))
    return _revised(await (await Striking.of(approving)).known())


@in_environment
async def reconcile(
    environment: Environment,
    run_id: RunId,
    *,
    log: Annotated[
        list[Path], typer.Option(help="A log of the mail server, Postfix's or Exim's; repeat, oldest first.")
    ],
    dry_run: DryRun = False,
    by: By = None,
) -> Answer:
    """Settle emails in doubt by the mail server's log: what it has accepted counts as sent.

    What it surely has not is tried again. Emails by SES settle by themselves.
    """
    from fondly.cli.tables.declaration import Number, numbers
    from fondly.operations.delivery.reconciling import reconcile
    from fondly.operations.runs.choosing import DELIVERED

    run_id = await run_chosen(environment, run_id, DELIVERED)
    found = await reconcile(environment, run_id, log, by=await decider(environment, by), dry_run=dry_run)
    told = {"accepted": "count as sent", "refuted": "tried again", "undecided": "the logs do not say"}
    rows = [Number(name, len(getattr(found, name)), why) for name, why in told.items()]
    return Answer(found, [numbers("in doubt", rows)])


async def resume_delivery(environment: Environment, run_id: str, grounds: Grounds, *, yes: bool) -> Answer:
    """Go on with a delivery that is paused, as it was before; ask first, as approving does."""
    from fondly.runtime.runs.delivery import Act

    who, reason, approving = await _deciding(environment, run_id, Act.RESUME, grounds)
    view = await approving.view(Act.RESUME)
    if view.delivery.reason:
        say(f"! paused because: {view.delivery.reason}")
    _confirm(Act.RESUME, approving.plan_of_rest(view).line(), yes=yes)
    return _answer(await approving.decide(Act.RESUME, by=who, note=reason))


async def _deciding(
    environment: Environment, run_id: str, act: "Act", grounds: Grounds
) -> "tuple[str, str, Approving]":
    """Return who decides, why, and about what."""
    from fondly.operations.delivery.approving import Approving, reason_given
    from fondly.operations.runs.choosing import to_decide

    reason = reason_given(grounds.why)
    who = await decider(environment, grounds.by)
    return who, reason, await Approving.of(environment, await run_chosen(environment, run_id, to_decide(act)))


def _confirm(act: str, line: str, *, yes: bool) -> None:
    """Say what a decision leads to, and ask for its name."""
    if yes:
        say(line)
    else:
        word = "approve" if act == "sample" else act
        confirm(f"{fitted(plain(line))}\n", word, otherwise="nothing decided")


def _answer(view: "DeliveryView") -> Answer:
    from fondly.cli.tables.declaration import Remark
    from fondly.cli.tables.delivery import delivery_screen
    from fondly.operations.delivery.approving import later

    return Answer(view, [*delivery_screen(view), Remark(later(view.delivery))])


def _revised(found: "RunRevisions") -> Answer:
    from fondly.cli.tables.declaration import Remark, Table
    from fondly.cli.tables.delivery import REVISIONS
    from fondly.operations.formatting import counted

    now = f"{counted(found.rendering, 'part')} being rendered anew" if found.rendering else "all is rendered"
    return Answer(found, [Table(REVISIONS, found.revisions), Remark(f"revision {found.number}: {now}")])
