"""`fondly run approve`, `reject`, `hold`, `pause`: whether and when a run's emails go out."""

from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.commands.options import AsJson
from fondly.cli.execution import ask, in_environment

if TYPE_CHECKING:
    from fondly.operations.delivery.views import DeliveryView
    from fondly.operations.environment import Environment

RunId = Annotated[str, typer.Argument(metavar="ID", help="A run's id, the beginning of one, or `latest`.")]
By = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        envvar="FONDLY_USER",
        show_default="the caller's ARN on AWS, else this machine's user",
        help="Who decides; it is kept.",
    ),
]
Why = Annotated[str | None, typer.Option(metavar="TEXT", help="Why; it is kept.")]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why; it is kept.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Sample = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Only the first N emails; the others wait.")
]
Seeds = Annotated[
    str | None,
    typer.Option(
        metavar="LIST|FILE",
        help="Who gets the sample's emails instead of customers: a@x.example,b@x.example, or a file.",
    ),
]
At = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        show_default="now",
        help="Not before: 09:00, `2026-11-30 09:00`, `09:00 Europe/Berlin`.",
    ),
]
PerHour = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="N",
        show_default="FONDLY_SENDER_PER_HOUR",
        help="At most N of the run's emails an hour.",
    ),
]


@in_environment
async def approve(
    environment: "Environment",
    run_id: RunId,
    *,
    sample: Sample = None,
    seeds: Seeds = None,
    at: At = None,
    per_hour: PerHour = None,
    why: Why = None,
    by: By = None,
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """Let a run's emails go out, all or a sample first.

    Says in one line who gets an email, when and by what, and asks. Approving again replaces time and pace.
    """
    from fondly.cli.output import say
    from fondly.operations.delivery.approving import Approving, note, reason_given
    from fondly.operations.delivery.terms import Terms
    from fondly.operations.delivery.who import decider

    terms, reason = Terms.of(sample=sample, seeds=seeds, at=at, per_hour=per_hour), reason_given(why)
    who = await decider(environment, by)
    approving = await Approving.of(environment, run_id)
    plan = approving.plan(await approving.view(terms.act), terms)
    for notice in await approving.notices():
        say(f"! {notice}")
    _confirm(terms.act, plan.line(), yes=yes)
    _show(await approving.decide(terms.act, by=who, note=note(reason, plan), **terms.changes), json=json)


@in_environment
async def reject(
    environment: "Environment",
    run_id: RunId,
    *,
    why: Reason,
    by: By = None,
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """End a delivery: nothing more of it ever goes out."""
    from fondly.operations.delivery.approving import Approving, reason_given, rejection
    from fondly.operations.delivery.who import decider
    from fondly.runtime.runs.delivery import Act

    reason = reason_given(why)
    who = await decider(environment, by)
    approving = await Approving.of(environment, run_id)
    _confirm(Act.REJECT, rejection(await approving.view(Act.REJECT)), yes=yes)
    _show(await approving.decide(Act.REJECT, by=who, note=reason), json=json)


@in_environment
async def pause(
    environment: "Environment", run_id: RunId, *, why: Why = None, by: By = None, json: AsJson = False
) -> None:
    """Stop a delivery at once; `resume` goes on with it.

    Emails that are being handed over at this moment still go out.
    """
    from fondly.operations.delivery.approving import Approving, reason_given
    from fondly.operations.delivery.who import decider
    from fondly.runtime.runs.delivery import Act

    reason = reason_given(why)
    who = await decider(environment, by)
    approving = await Approving.of(environment, run_id)
    await approving.view(Act.PAUSE)
    _show(await approving.decide(Act.PAUSE, by=who, note=reason), json=json)


@in_environment
async def hold(
    environment: "Environment", run_id: RunId, *, why: Why = None, by: By = None, json: AsJson = False
) -> None:
    """Take an approval back, or hold a run before it has finished.

    Nothing goes out until somebody approves it, whatever the settings say.
    """
    from fondly.operations.delivery.approving import Approving, reason_given
    from fondly.operations.delivery.who import decider
    from fondly.runtime.runs.delivery import Act

    reason = reason_given(why)
    who = await decider(environment, by)
    approving = await Approving.of(environment, run_id)
    _show(await approving.decide(Act.HOLD, by=who, note=reason), json=json)


async def resume_delivery(
    environment: "Environment", run_id: str, *, why: str | None, by: str | None, yes: bool, json: bool
) -> None:
    """Go on with a delivery that is paused, as it was before; ask first, as approving does."""
    from fondly.cli.output import say
    from fondly.operations.delivery.approving import Approving, reason_given
    from fondly.operations.delivery.who import decider
    from fondly.runtime.runs.delivery import Act

    reason = reason_given(why)
    who = await decider(environment, by)
    approving = await Approving.of(environment, run_id)
    view = await approving.view(Act.RESUME)
    if view.delivery.reason:
        say(f"! paused because: {view.delivery.reason}")
    _confirm(Act.RESUME, approving.plan_of_rest(view).line(), yes=yes)
    _show(await approving.decide(Act.RESUME, by=who, note=reason), json=json)


def _confirm(act: str, line: str, *, yes: bool) -> None:
    """Say what a decision leads to, and ask for its name: a single key is pressed too easily."""
    from fondly.cli.output import fitted, plain, say
    from fondly.operations.errors import OperationError

    word = "approve" if act == "sample" else act
    if yes:
        say(line)
    elif ask(f"{fitted(plain(line))}\nType {word} to go on: ").strip() != word:
        raise OperationError("nothing decided")


def _show(view: "DeliveryView", *, json: bool) -> None:
    from fondly.cli.delivery.tables import show_delivery
    from fondly.cli.output import console, print_json, say
    from fondly.operations.delivery.approving import later

    if json:
        print_json(view)
    else:
        show_delivery(view, console())
        say(later(view.delivery))
