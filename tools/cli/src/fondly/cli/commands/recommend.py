"""`fondly recommend`: what a customer would be recommended now, and why."""

from typing import Annotated, Literal

import typer

from fondly.cli.answer import Answer
from fondly.cli.execution import Environment, in_environment
from fondly.cli.output import say
from fondly.operations.errors import OperationError

CustomerId = Annotated[
    str, typer.Argument(metavar="CUSTOMER", help="A customer's id, as in the shop's files.")
]
From = Annotated[
    Literal["batch", "campaign"],
    typer.Option(
        "--from",
        help="What ranks the products: the last run's batch job, or the campaign in Personalize now.",
    ),
]
Group = Annotated[
    str,
    typer.Option(
        metavar="NAME", envvar="FONDLY_RECOMMENDER_DATASET_GROUP", help="The dataset group of the runs."
    ),
]


@in_environment
async def recommend(
    environment: Environment,
    customer: CustomerId,
    *,
    picked_from: From = "batch",
    dataset_group: Group = "fondly",
) -> Answer:
    """Show what a customer would be recommended now, and why.

    It is read from the environment itself: the shop of the latest run that has been studied, all that is
    known of the customer, their ranking and last emails, and the shop's file as it is now. Exits with 1 for
    somebody of whom nothing is known.
    """
    from fondly.cli.tables.picks import pick_sections
    from fondly.operations.recommending import picked
    from fondly.recommender.domain.realtime.current_picks import id_problem

    if problem := id_problem(customer):
        raise OperationError(f"CUSTOMER {problem}")
    found = await picked(environment, customer, picked_from=picked_from, group=dataset_group)
    if not found.known and not found.exclusion:
        raise OperationError(
            f"nobody knows a customer {customer} in {environment.name}: expected an id as in the shop's"
            " files; `fondly customer show` also finds addresses"
        )
    if found.file_problem:
        say(f"the shop's file is not used, but that of the run: {found.file_problem}")
    return Answer(found, pick_sections(found))
