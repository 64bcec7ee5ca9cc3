"""`fondly connect`: what a shop's platform knows, fetched and uploaded as a set of files."""

import os
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from fondly.cli.answer import Answer
from fondly.cli.commands.customer import Role
from fondly.cli.execution import Environment, in_environment
from fondly.cli.output import say
from fondly.operations.errors import OperationError

app = typer.Typer(no_args_is_help=True, help="Fetch a shop's data from its platform, and upload it.")

TOKEN, WEBHOOK_SECRET = "FONDLY_CONNECT_TOKEN", "FONDLY_CONNECT_WEBHOOK_SECRET"
Shop = Annotated[str, typer.Option(envvar="FONDLY_CONNECT_SHOP", help="The shop's address: https://….")]
Secret = Annotated[
    str,
    typer.Option(
        envvar="FONDLY_CONNECT_SECRET",
        show_default=f"the variable {TOKEN} is the token",
        help="The secret of AWS Secrets Manager that holds the token, by name or ARN.",
    ),
]
Name = Annotated[
    str, typer.Option(show_default="the platform's", help="The folder below uploads/ that is the shop's.")
]
Consent = Annotated[
    str,
    typer.Option(
        metavar="KEY", help="WooCommerce: the metadata of customers that says whether they consent."
    ),
]
ManyGone = Annotated[
    bool, typer.Option("--many-gone", help="Forget customers even if a fifth of all is gone at once.")
]
EveryMinutes = Annotated[int, typer.Option(min=0, show_default="once", help="Do it again and again.")]
Signature = Annotated[str, typer.Option(help="The header with the signature.")]
Topic = Annotated[str, typer.Option(help="The header with the topic.")]


def _command(platform: str) -> Callable[..., Awaitable[Answer]]:
    """Return the command of a platform."""

    async def run(
        environment: Environment,
        *,
        shop: Shop,
        secret: Secret = "",
        name: Name = "",
        consent: Consent = "",
        many_gone: ManyGone = False,
        every_minutes: EveryMinutes = 0,
        role_arn: Role = None,
    ) -> Answer:
        from asyncio import sleep

        from fondly.cli.tables.connect import answer_of
        from fondly.operations.connect.opening import Connection, connect

        while True:
            connection = Connection(
                platform=platform,
                shop=shop,
                token=await _secret(environment, secret, TOKEN),
                name=name or platform,
                consent=consent,
                many_gone=many_gone,
                role_arn=role_arn or "",
            )
            try:
                answer = answer_of(await connect(environment, connection, timeout_s=3600, tell=say))
            except OperationError as error:
                if not every_minutes:
                    raise
                say(str(error))
            else:
                if not every_minutes:
                    return answer
                answer.give(json=False)
            await sleep(60 * every_minutes)

    run.__doc__ = f"""Fetch what has changed in {platform}, and upload a set of files if it is another one.

    Customers who are gone there are forgotten here, which is proved. Killed at any point, it goes on where
    it was. Scopes of the token, schedules and webhooks: docs/connect.md.
    """
    return run


@app.command()
@in_environment
async def webhook(
    environment: Environment, platform: str, *, signature: Signature, topic: Topic, secret: Secret = ""
) -> None:
    """Take a webhook's body from standard input, and keep what it asks for if the platform has signed it."""
    from fondly.operations.connect.webhooks import HEADERS, ForgedError, received, stored_as

    if platform not in HEADERS:
        raise typer.BadParameter(f"found {platform!r}, expected one of {', '.join(HEADERS)}")
    key = await _secret(environment, secret, WEBHOOK_SECRET)
    headers = dict(zip(HEADERS[platform], (signature, topic), strict=True))
    try:
        request = received(platform, headers, sys.stdin.buffer.read(), key)
    except (ForgedError, ValueError) as error:
        raise OperationError(f"the webhook is refused: {error}") from error
    if request:
        stored, body = stored_as(request)
        await (await environment.objects()).put(stored, body, content_type="application/json")
    say("kept: the next pass does it" if request else "nothing to do")


async def _secret(environment: Environment, name: str, variable: str) -> str:
    """Return a secret by its name in Secrets Manager, or that of a variable."""
    from fondly.operations.connect.opening import secret

    if name:
        return await secret(environment, name)
    if found := os.environ.get(variable, "").strip():
        return found
    raise OperationError(f"no token: give --secret, or set {variable}")


for each in ("shopify", "woocommerce", "magento"):
    app.command(each)(in_environment(_command(each)))
