"""`fondly api`: the schema of the API, tokens for machines, webhooks."""

from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from fondly.cli.answer import Answer
from fondly.cli.execution import in_environment
from fondly.cli.options import By, Limit, decider
from fondly.cli.output import print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

    from fondly.operations.environment import Environment

app = typer.Typer(help="The API of the console; without a command, its OpenAPI document.")
token_app = typer.Typer(no_args_is_help=True, help="Tokens with which machines use the API.")
webhook_app = typer.Typer(no_args_is_help=True, help="Addresses that are told what has become of runs.")
app.add_typer(token_app, name="token")
app.add_typer(webhook_app, name="webhook")

Name = Annotated[str, typer.Argument(help="What decisions and the audit call it, after `token:`.")]
Role = Annotated[Literal["viewer", "reader", "approver", "operator"], typer.Option(help="What it may do.")]
Days = Annotated[int, typer.Option(min=1, max=366, help="How long it is worth something.")]
Url = Annotated[str, typer.Argument(help="https://…")]
Events = Annotated[
    list[str] | None,
    typer.Option(help="run.finished, approval.asked or delivery.done; repeatable.", show_default="all"),
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
    environment: "Environment", name: Name, *, role: Role, days: Days = 90, by: By = None
) -> Answer:
    """Make a token; it is shown once."""
    from fondly.operations.tokens import ROLES, create_token

    who = await decider(environment, by)
    made = await create_token(environment, name=name, role=role, days=days, by=who, roles=ROLES)
    return _answer([made], "token", "ends_at")


@token_app.command("list")
@in_environment
async def list_tokens(environment: "Environment") -> Answer:
    """Show the tokens that have not ended."""
    from fondly.operations.tokens import tokens

    return _answer(await tokens(environment), "name", "role", "ends_at", "by")


@token_app.command("revoke")
@in_environment
async def revoke_token(environment: "Environment", name: Name, *, by: By = None) -> None:
    """Revoke a token: it is worth nothing from now on."""
    from fondly.operations.tokens import revoke_token

    await revoke_token(environment, name, by=await decider(environment, by))


@webhook_app.command("add")
@in_environment
async def add_webhook(
    environment: "Environment", url: Url, *, events: Events = None, by: By = None
) -> Answer:
    """Tell an address of events from now on; the secret that signs them is shown once."""
    from fondly.operations.webhooks.endpoints import EventName, add_webhook

    if unknown := set(events or ()) - set(EventName):
        raise typer.BadParameter(f"found {unknown.pop()}, expected {', '.join(EventName)}")
    wanted, who = tuple(EventName(each) for each in events or EventName), await decider(environment, by)
    return _answer([await add_webhook(environment, url=url, events=wanted, by=who)], "endpoint", "secret")


@webhook_app.command("list")
@in_environment
async def list_webhooks(environment: "Environment") -> Answer:
    """Show who is told of what."""
    from fondly.operations.webhooks.endpoints import webhooks

    return _answer(await webhooks(environment), "endpoint", "url", "events")


@webhook_app.command("remove")
@in_environment
async def remove_webhook(environment: "Environment", endpoint: str, *, by: By = None) -> None:
    """Tell an address of nothing any more."""
    from fondly.operations.webhooks.endpoints import remove_webhook

    await remove_webhook(environment, endpoint, by=await decider(environment, by))


@webhook_app.command()
@in_environment
async def deliveries(environment: "Environment", *, limit: Limit = 50) -> Answer:
    """Show what was told of the latest runs, and whether it was taken."""
    from fondly.operations.webhooks.sendings import webhook_deliveries

    found = await webhook_deliveries(environment, limit=limit)
    return _answer(found, "id", "event", "endpoint", "attempts", "answered", "next_at")


@webhook_app.command()
@in_environment
async def replay(environment: "Environment", message: str, *, by: By = None) -> Answer:
    """Send a message once more, with the same id."""
    from fondly.operations.webhooks.sendings import replay_webhook

    done = await replay_webhook(environment, message, by=await decider(environment, by))
    return _answer([done], "id", "answered")._replace(is_wrong=not done.is_taken)


def _answer(found: "Sequence[BaseModel]", *members: str) -> Answer:
    """Answer with models, of which people are shown some members."""
    from fondly.cli.tables.declaration import Column, Table

    def text(member: str) -> Column["BaseModel"]:
        shown = attrgetter(member)
        return Column(member.replace("_", " "), lambda each: _plain(shown(each)))

    return Answer(found, [Table([text(each) for each in members], found)])


def _plain(value: object) -> object:
    return ", ".join(value) if isinstance(value, tuple) else value
