"""`fondly api`: the schema of the API, tokens for machines, webhooks."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from fondly.cli.answer import Answer
from fondly.cli.execution import in_environment
from fondly.cli.options import By, Limit
from fondly.cli.output import print_json

if TYPE_CHECKING:
    from fondly.operations.environment import Environment
    from fondly.operations.webhooks.endpoints import EventName

app = typer.Typer(help="The API of the console; without a command, its OpenAPI document.")
token_app = typer.Typer(no_args_is_help=True, help="Tokens with which machines use the API.")
webhook_app = typer.Typer(no_args_is_help=True, help="Addresses that are told what has become of runs.")
app.add_typer(token_app, name="token")
app.add_typer(webhook_app, name="webhook")

Name = Annotated[str, typer.Argument(help="What decisions and the audit call it, after `token:`.")]
RoleOption = Annotated[
    Literal["viewer", "reader", "approver", "operator"], typer.Option("--role", help="What it may do.")
]
Days = Annotated[int, typer.Option(min=1, max=366, help="How long it is worth something.")]
Url = Annotated[str, typer.Argument(help="https://…")]
Events = Annotated[
    str, typer.Option(metavar="NAMES", help="run.finished, approval.asked, delivery.done; all by default.")
]


@app.callback(invoke_without_command=True)
def schema(context: typer.Context) -> None:
    """Print the OpenAPI document."""
    if context.invoked_subcommand is None:
        from fondly.console.api.document import document

        print_json(document())


@token_app.command("create")
@in_environment
async def create_token(
    environment: "Environment", name: Name, *, role: RoleOption, days: Days = 90, by: By = None
) -> Answer:
    """Make a token; it is shown once."""
    from fondly.cli.tables.declaration import Line
    from fondly.operations.delivery.given import decider
    from fondly.operations.tokens import ROLES, create_token

    made = await create_token(
        environment, name=name, role=role, days=days, by=await decider(environment, by), roles=ROLES
    )
    return Answer(made, [Line(made.token)], [f"until {made.ends_at:%d %b %Y}; it is not shown again"])


@token_app.command("list")
@in_environment
async def list_tokens(environment: "Environment") -> Answer:
    """Show the tokens that have not ended."""
    from fondly.cli.tables.api import TOKENS
    from fondly.cli.tables.declaration import Table
    from fondly.operations.tokens import tokens

    found = await tokens(environment)
    return Answer(found, [Table(TOKENS, found)])


@token_app.command("revoke")
@in_environment
async def revoke_token(environment: "Environment", name: Name, *, by: By = None) -> None:
    """Revoke a token: it is worth nothing from now on."""
    from fondly.operations.delivery.given import decider
    from fondly.operations.tokens import revoke_token

    await revoke_token(environment, name, by=await decider(environment, by))


@webhook_app.command("add")
@in_environment
async def add_webhook(environment: "Environment", url: Url, *, events: Events = "", by: By = None) -> Answer:
    """Tell an address of events from now on; the secret that signs them is shown once."""
    from fondly.cli.tables.declaration import Line
    from fondly.operations.delivery.given import decider
    from fondly.operations.webhooks.endpoints import EventName, add_webhook

    made = await add_webhook(
        environment, url=url, events=_events(events) or list(EventName), by=await decider(environment, by)
    )
    return Answer(made, [Line(made.secret)], [f"webhook {made.endpoint}; the secret is not shown again"])


@webhook_app.command("list")
@in_environment
async def list_webhooks(environment: "Environment") -> Answer:
    """Show who is told of what."""
    from fondly.cli.tables.api import WEBHOOKS
    from fondly.cli.tables.declaration import Table
    from fondly.operations.webhooks.endpoints import webhooks

    found = await webhooks(environment)
    return Answer(found, [Table(WEBHOOKS, found)])


@webhook_app.command("remove")
@in_environment
async def remove_webhook(environment: "Environment", webhook: str, *, by: By = None) -> None:
    """Tell an address of nothing any more."""
    from fondly.operations.delivery.given import decider
    from fondly.operations.webhooks.endpoints import remove_webhook

    await remove_webhook(environment, webhook, by=await decider(environment, by))


@webhook_app.command()
@in_environment
async def deliveries(environment: "Environment", *, limit: Limit = 50) -> Answer:
    """Show what was told of the latest runs, and whether it was taken."""
    from fondly.cli.tables.api import SENDINGS
    from fondly.cli.tables.declaration import Table
    from fondly.operations.webhooks.sendings import webhook_deliveries

    found = await webhook_deliveries(environment, limit=limit)
    return Answer(found, [Table(SENDINGS, found)])


@webhook_app.command()
@in_environment
async def replay(environment: "Environment", message: str, *, by: By = None) -> Answer:
    """Send a message once more, with the same id."""
    from fondly.cli.tables.api import SENDINGS
    from fondly.cli.tables.declaration import Table
    from fondly.operations.delivery.given import decider
    from fondly.operations.webhooks.sendings import replay_webhook

    done = await replay_webhook(environment, message, by=await decider(environment, by))
    return Answer(done, [Table(SENDINGS, [done])], is_wrong=not done.is_taken)


def _events(text: str) -> "list[EventName]":
    from fondly.operations.webhooks.endpoints import EventName

    names = text.replace(",", " ").split()
    if unknown := set(names) - set(EventName):
        raise typer.BadParameter(f"found {unknown.pop()}, expected {', '.join(EventName)}")
    return [EventName(each) for each in names]
