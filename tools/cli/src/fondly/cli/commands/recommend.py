"""`fondly recommend`: what a customer would be recommended now, and why."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from fondly.cli.commands.options import AsJson
from fondly.cli.execution import in_environment

if TYPE_CHECKING:
    from fondly.operations.environment import Environment

CustomerId = Annotated[
    str, typer.Argument(metavar="CUSTOMER", help="A customer's id, as in the shop's files.")
]
Engine = Annotated[
    Literal["batch", "campaign"],
    typer.Option(
        help="What ranks the products: the last run's batch job, or the campaign in Personalize now."
    ),
]
Group = Annotated[
    str,
    typer.Option(
        "--dataset-group",
        metavar="NAME",
        envvar="FONDLY_RECOMMENDER_DATASET_GROUP",
        help="The dataset group of the runs.",
    ),
]


@in_environment
async def recommend(
    environment: "Environment",
    customer: CustomerId,
    *,
    engine: Engine = "batch",
    dataset_group: Group = "fondly",
    json: AsJson = False,
) -> None:
    """Show what a customer would be recommended now, and why.

    It is read from the environment itself: the shop of the latest run that has been studied, all that is
    known of the customer, their ranking and last emails, and the shop's file as it is now.
    """
    from fondly.cli.output import console, print_json, say
    from fondly.cli.recommending.tables import remark, show_picks
    from fondly.operations.errors import OperationError
    from fondly.operations.recommending import picked
    from fondly.recommender.domain.history.customer_ids import id_problem

    if problem := id_problem(customer):
        raise OperationError(f"CUSTOMER {problem}")
    picks = await picked(environment, customer, engine=engine, group=dataset_group)
    if picks.file_problem:
        say(f"the shop's file is not used, but that of the run: {picks.file_problem}")
    if json:
        print_json(picks)
    else:
        show_picks(picks, console())
        say(remark(picks))
