"""`fondly sample`, `fondly pictures`, `fondly provision` and `fondly verify`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from fondly.cli.answer import Answer
from fondly.cli.execution import guarded
from fondly.cli.options import AsJson, ConfigFile, Target
from fondly.cli.output import print_json, say

Model = Annotated[
    str | None,
    typer.Option(
        envvar="FONDLY_MAILER_MODEL_ID", show_default="the mailer's own", help="The Bedrock model to try."
    ),
]

Customers = Annotated[
    int | None, typer.Option(min=1, help="Show what so many take with the account's quotas.")
]
Within = Annotated[float, typer.Option(min=2, help="The hours in which a run is to be done.")]


@guarded
def sample(path: Annotated[Path, typer.Argument(help="The CSV file to write.")]) -> None:
    """Write a sample file to upload: a made-up shop of 1,500 customers."""
    from fondly.stack.sample import write_sample

    write_sample(path)


@guarded
def pictures(
    folder: Annotated[
        Path | None, typer.Argument(file_okay=False, help="Write all pictures here instead, to host them.")
    ] = None,
    host: Annotated[str, typer.Option(help="The interface to serve on.")] = "127.0.0.1",
) -> None:
    """Serve the pictures of made-up shops, as every local stack does.

    While this runs, Mailpit shows them; files of emails carry their own.
    """
    from shutil import copytree

    from fondly.stack.pictures.addresses import BASE_URL, FOLDER, picture_names
    from fondly.stack.pictures.server import serve

    if folder:
        copytree(FOLDER, folder, dirs_exist_ok=True)
        say(f"{len(picture_names())} pictures in {folder}")
    else:
        say(f"serving {BASE_URL}; stop with Ctrl-C")
        serve(host)


@guarded
def provision(*, where: Target, json: AsJson = False) -> None:
    """Create an environment's resources; print the services' settings.

    The resources are those of the topology. Running it again changes nothing. Of an emulator it says if a
    DynamoDB transaction is slow there.
    """
    from fondly.operations.target import load_topology
    from fondly.operations.transaction_speed import slow_transactions
    from fondly.stack.provision import provision as create

    with where.chosen() as chosen:
        topology = load_topology(where.topology)
        resources = create(topology, environment=chosen.environment, region=chosen.region)
        if warning := slow_transactions(chosen.region):
            say(warning)
    settings = resources.settings()
    if json:
        print_json(settings)
    else:
        sys.stdout.write("".join(f"{name}={value}\n" for name, value in settings.items()))


@guarded
def verify(
    *,
    where: Target,
    model_id: Model = None,
    config: ConfigFile = None,
    customers: Customers = None,
    within: Within = 24,
) -> Answer:
    """Check that an environment has everything it needs, and what the shop's settings say.

    Calls each AI service once, for a fraction of a cent. Exits with 1 if a check fails.
    """
    from fondly.cli.tables.verification import as_json, verified
    from fondly.operations.shop import load_shop
    from fondly.operations.target import load_topology
    from fondly.operations.verification import Account, Outcome, outlook_of, verify_environment

    shop = load_shop(config)
    with where.chosen() as chosen:
        account = Account.open(chosen.environment, region=chosen.region, model_id=model_id)
        account.require_answer()
        results = verify_environment(load_topology(where.topology), account, shop)
        found = outlook_of(account, customers, within_hours=within) if customers else None
    failed = any(result.outcome is Outcome.FAILED for result in results)
    return Answer(as_json(results, found), verified(results, found), is_wrong=failed)
