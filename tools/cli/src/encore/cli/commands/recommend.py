"""`encore recommend`: what a customer would be recommended now, and why."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from encore.cli.commands.options import AsJson
from encore.cli.execution import in_environment

if TYPE_CHECKING:
    from encore.cli.environment import Environment

CustomerId = Annotated[
    str, typer.Argument(metavar="CUSTOMER", help="A customer's id, as in the shop's files.")
]
Engine = Annotated[
    Literal["batch", "campaign", "similar"],
    typer.Option(
        help="What ranks the products: what the last run was answered, or what runs in Personalize now."
    ),
]
Among = Annotated[
    str | None,
    typer.Option(
        metavar="ID,ID", help="Put these products into the order for the customer instead of picking."
    ),
]
Group = Annotated[
    str,
    typer.Option(
        "--dataset-group",
        metavar="NAME",
        envvar="ENCORE_RECOMMENDER_DATASET_GROUP",
        help="The dataset group of the runs.",
    ),
]
RankingCampaign = Annotated[
    str | None,
    typer.Option(
        metavar="ARN",
        envvar="ENCORE_RECOMMENDER_RANKING_CAMPAIGN_ARN",
        help="The campaign that orders products with --among; without one we do.",
    ),
]


@in_environment
async def recommend(
    environment: "Environment",
    customer: CustomerId,
    *,
    engine: Engine = "batch",
    among: Among = None,
    ranking_campaign: RankingCampaign = None,
    dataset_group: Group = "encore",
    json: AsJson = False,
) -> None:
    """Show what a customer would be recommended now, and why.

    It is read from the environment itself: the shop of the latest run that has been studied, all that is
    known of the customer, their ranking and last emails, and the shop's file as it is now.
    """
    from encore.cli.errors import CommandError
    from encore.cli.output import console, print_json, say
    from encore.cli.recommending.asking import ordered, picked
    from encore.cli.recommending.tables import remark, show_order, show_picks
    from encore.recommender.domain.customer_ids import id_problem

    if problem := id_problem(customer):
        raise CommandError(f"CUSTOMER {problem}")
    if among is None:
        picks = await picked(environment, customer, engine=engine, group=dataset_group)
        if json:
            print_json(picks)
        else:
            show_picks(picks, console())
            say(remark(picks))
        return
    order = await ordered(
        environment, customer, among.split(","), group=dataset_group, campaign_arn=ranking_campaign
    )
    if json:
        print_json(order)
    else:
        show_order(order, console())
        say(remark(order))
