"""`fondly email`: look at a run's finished emails, and send one of them as a test."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from fondly.cli.answer import Answer
from fondly.cli.execution import Environment, in_environment
from fondly.cli.options import AsJson, RunId, run_chosen
from fondly.cli.output import say
from fondly.operations.errors import OperationError

if TYPE_CHECKING:
    from fondly.operations.emails.finished import Emails

app = typer.Typer(no_args_is_help=True, help="Finished emails: look at them, send one as a test.")

Limit = Annotated[int, typer.Option(min=1, max=1_000, help="Show at most this many.")]
Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help="A customer's id.")]
Random = Annotated[bool, typer.Option("--random", help="Draw them at random; else those that go out first.")]
WithOutcome = Annotated[
    Literal["sent", "waiting", "sending", "suppressed", "refused", "in_doubt"] | None,
    typer.Option(help="Only these."),
]
Risk = Annotated[
    bool, typer.Option("--risk", help="The 20 to read before approving: by risk, and at random.")
]
Reason = Annotated[
    str, typer.Option(metavar="KIND", help="Only with a product for this reason: liked, new …")
]
Refused = Annotated[
    str, typer.Option(metavar="FIELD", help="Only where a wording of this field was refused.")
]
Text = Annotated[
    str, typer.Option(metavar="TEXT", help="Only with this in the subject, a name or a product.")
]
Count = Annotated[int, typer.Option(min=1, max=1_000, help="How many.")]
Seed = Annotated[str, typer.Option(metavar="TEXT", help="Another text draws other emails.")]
Out = Annotated[
    Path | None, typer.Option(file_okay=False, show_default="out/review-RUN", help="The folder to write.")
]
Html = Annotated[bool, typer.Option("--html", help="Print the HTML instead of the plain text.")]
Raw = Annotated[bool, typer.Option("--raw", help="Print the whole message, as it is sent.")]
To = Annotated[list[str], typer.Option(metavar="ADDRESS", help="Who gets it; may be repeated.")]


@app.command("list")
@in_environment
async def list_(
    environment: Environment,
    run_id: RunId,
    *,
    limit: Limit = 20,
    random: Random = False,
    outcome: WithOutcome = None,
    risk: Risk = False,
    reason: Reason = "",
    refused: Refused = "",
    text: Text = "",
) -> Answer:
    """List emails as an inbox shows them.

    Each with what has become of it.
    """
    from fondly.cli.tables.declaration import Remark, Table
    from fondly.cli.tables.emails import EMAILS, TO_READ
    from fondly.contracts.delivery import Outcome
    from fondly.operations.emails import index
    from fondly.operations.emails.filtering import filter_of

    wanted = filter_of(reason=reason, refused=refused, text=text)
    if [random, outcome is not None, risk, wanted is not None].count(True) > 1:
        raise OperationError("give --random, --outcome, --risk or what emails have, not several of these")
    emails = await _emails(environment, run_id)
    if risk:
        drawn = await index.sample(environment, emails.run.run_id, "")
        return Answer(drawn, [Table(TO_READ, drawn)])
    if wanted:
        page = await index.emails(environment, emails.run.run_id, wanted, limit=limit)
        customers = [each.customer_id for each in page.rows]
    elif outcome:
        customers = await emails.with_outcome(Outcome(outcome), limit)
    elif random:
        customers = [each for part in (await emails.drawn(limit, seed="")).values() for each in part]
    else:
        customers = await emails.first(limit)
    views = await emails.views(customers)
    if not views:
        return Answer(views, [Remark(f"{emails.run.run_id} has no such emails")])
    more = [Remark(f"at most {limit} are shown: --limit shows more")] if len(views) == limit else []
    return Answer(views, [Table(EMAILS, views), *more])


@app.command()
@in_environment
async def show(
    environment: Environment,
    run_id: RunId,
    customer: Customer,
    *,
    html: Html = False,
    raw: Raw = False,
    json: AsJson = False,
) -> None:
    """Show one email, as text or as it is.

    With what an inbox shows of it, and what has become of it.
    """
    from fondly.cli.tables.emails import email_sections
    from fondly.operations.emails.mime import texts

    emails = await _emails(environment, run_id)
    if raw or html:
        message = await emails.message(customer)
        sys.stdout.buffer.write(message if raw else texts(message).html.encode())
        return
    view = await emails.view(customer)
    message = b"" if json else await emails.message(customer)
    Answer(view, email_sections(view, message)).give(json=json)


@app.command()
@in_environment
async def sample(
    environment: Environment, run_id: RunId, *, count: Count = 20, seed: Seed = "", out: Out = None
) -> None:
    """Write some emails as a page for a browser.

    They are drawn at random, and come with their products, why these were picked, and what the words answer.
    Nothing is sent.
    """
    from fondly.stack.selection import write_gallery

    emails = await _emails(environment, run_id)
    chosen = await emails.drawn(count, seed=f"{emails.run.run_id}{seed}")
    number = sum(map(len, chosen.values()))
    if not number:
        raise OperationError(f"{emails.run.run_id} has no list of finished emails")
    page = await write_gallery(emails, chosen, out or Path("out") / f"review-{emails.run.run_id}")
    say(f"{number} emails of {emails.run.run_id}")
    typer.echo(str(page))


@app.command()
@in_environment
async def send(environment: Environment, run_id: RunId, customer: Customer, *, to: To) -> Answer:
    """Send a customer's email to yourself, as a test.

    It goes by the deployment's transport. The subject says that it is a test. Its links work, except that
    unsubscribing there changes nothing. It counts as an email to nobody. Exits with 1 if the provider did not
    accept it.
    """
    from fondly.cli.tables.emails import sent_lines
    from fondly.operations.emails.sending import read_addresses, send_test

    addresses = read_addresses(to)
    sent = await send_test(environment, await _emails(environment, run_id), customer, addresses)
    return Answer(sent, sent_lines(sent), is_wrong=not all(each.accepted for each in sent))


async def _emails(environment: Environment, run_id: str) -> "Emails":
    from fondly.operations.emails.finished import Emails
    from fondly.operations.runs.choosing import WITH_EMAILS
    from fondly.operations.runs.lookup import find_run

    chosen = await run_chosen(environment, run_id, WITH_EMAILS)
    return await Emails.of(environment, await find_run(await environment.ledger(), chosen))
