"""`fondly cost`: what runs cost, before and after."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.commands.options import AsJson, ConfigFile
from fondly.cli.execution import guarded, in_environment
from fondly.contracts.clock import utc_now

if TYPE_CHECKING:
    from fondly.operations.cost.workload import Workload
    from fondly.operations.environment import Environment


app = typer.Typer(no_args_is_help=True, help="What runs cost: reckoned before, measured afterwards.")

Customers = Annotated[int | None, typer.Option(min=1, help="The number of customers.")]
Reviews = Annotated[
    int | None, typer.Option(min=0, show_default="1.25 a customer", help="The number of texts.")
]
Products = Annotated[
    int | None,
    typer.Option(min=1, show_default="15 % of the customers, at most 10,000", help="The catalogue."),
]
Data = Annotated[
    Path | None, typer.Option(exists=True, help="Count in these files instead, as `fondly check` does.")
]
Emails = Annotated[int, typer.Option(min=1, help="Emails that each customer gets: so many runs.")]
Mailed = Annotated[float, typer.Option(min=0, max=1, help="The share of customers who may be written to.")]
HeldOut = Annotated[
    float,
    typer.Option(
        min=0,
        max=1,
        envvar="FONDLY_MAILER_HOLDOUT",
        help="The share of them who get no email, for comparison.",
    ),
]
Known = Annotated[
    float, typer.Option(min=0, max=1, help="The share of texts that have been paid for before.")
]
KnownPrompts = Annotated[float, typer.Option(min=0, max=1, help="The share of prompts answered before.")]
KnownRankings = Annotated[
    float,
    typer.Option(min=0, max=1, help="The share of customers whose rankings are kept from earlier runs."),
]
TextUnits = Annotated[
    float | None,
    typer.Option(
        min=3, show_default="3.4", help="Comprehend's units a text: 100 characters each, at least 3."
    ),
]
Model = Annotated[
    str, typer.Option(envvar="FONDLY_MAILER_MODEL_ID", help="The Bedrock model, whose tokens have prices.")
]
Aspects = Annotated[bool, typer.Option("--aspects", help="Have Comprehend find aspects too.")]
Languages = Annotated[bool, typer.Option("--languages", help="Have Comprehend find each review's language.")]
WeeklyShare = Annotated[
    float, typer.Option(min=0, max=1, help="How much of texts and interactions is new a week later.")
]
Ranking = Annotated[
    bool,
    typer.Option(
        "--ranking/--no-ranking",
        envvar="FONDLY_RECOMMENDER_RANKING",
        help="Whether Personalize ranks products for each customer.",
    ),
]
ConverseRpm = Annotated[float, typer.Option(min=1, help="Bedrock's quota of calls a minute.")]
ComprehendTps = Annotated[float, typer.Option(min=0.1, help="Comprehend's quota of batch calls a second.")]
SesPerS = Annotated[float, typer.Option(min=0.1, help="Emails a second that SES allows the account.")]
Days = Annotated[int, typer.Option(min=1, max=63, help="So many days; CloudWatch keeps windows for 63.")]
RunId = Annotated[str, typer.Argument(metavar="ID", help="A run's id, the beginning of one, or `latest`.")]


@app.command()
@guarded
def estimate(
    *,
    customers: Customers = None,
    reviews: Reviews = None,
    products: Products = None,
    data: Data = None,
    emails_per_customer: Emails = 1,
    mailed: Mailed = 1.0,
    holdout: HeldOut = 0.0,
    known_texts: Known = 0.0,
    known_prompts: KnownPrompts = 0.0,
    known_rankings: KnownRankings = 0.0,
    units_per_text: TextUnits = None,
    model_id: Model = "anthropic.claude-haiku-5-5",
    converse_rpm: ConverseRpm = 200.0,
    comprehend_tps: ComprehendTps = 10.0,
    config: ConfigFile = None,
    aspects: Aspects = False,
    languages: Languages = False,
    ranking: Ranking = True,
    weekly_share: WeeklyShare = 0.1,
    ses_per_s: SesPerS = 14.0,
    json: AsJson = False,
) -> None:
    """Reckon what a run costs at list prices, line by line, from the ratios of two measured runs.

    Nothing is started, sent or paid.
    """
    from fondly.cli.cost.tables import show_estimate
    from fondly.cli.output import console, print_json
    from fondly.operations.cost.estimate import estimate_cost
    from fondly.operations.cost.hours import Quotas
    from fondly.operations.cost.workload import Workload

    options = {
        "model_id": model_id,
        "held_out": holdout,
        "asks_aspects": aspects,
        "auto_language": languages,
        "known_prompts": known_prompts,
        "known_rankings": known_rankings,
        **({} if ranking else {"trains": False}),
    }
    if data:
        work = _counted(data, config).model_copy(update=options)
    elif customers:
        work = Workload.of(
            customers,
            reviews=reviews,
            products=products,
            mailed=mailed,
            known_texts=known_texts,
            units_per_text=units_per_text,
            **options,
        )
    else:
        raise typer.BadParameter("say how many: --customers, or --data with the files")
    quotas = Quotas(comprehend_calls_per_s=comprehend_tps, converse_calls_per_min=converse_rpm)
    found = estimate_cost(
        work,
        emails_per_customer=emails_per_customer,
        weekly_share=weekly_share,
        quotas=quotas,
        ses_per_s=ses_per_s,
    )
    if json:
        print_json(found)
    else:
        show_estimate(found, console())


@app.command()
@in_environment
async def run(environment: "Environment", run_id: RunId, *, json: AsJson = False) -> None:
    """Show what a run has used and what that cost, and its budget if it has one."""
    from fondly.cli.cost.tables import show_measured
    from fondly.cli.output import console, print_json
    from fondly.operations.cost.measured import measured_cost
    from fondly.operations.runs.lookup import find_run

    ledger = await environment.ledger()
    found = await measured_cost(environment, ledger, await find_run(ledger, run_id))
    if json:
        print_json(found)
    else:
        show_measured(found, console())


@app.command()
@in_environment
async def realtime(environment: "Environment", *, days: Days = 30, json: AsJson = False) -> None:
    """Show what picks in real time, and the campaign, have used in some days, and what that cost."""
    from fondly.cli.cost.tables import show_realtime
    from fondly.cli.output import console, print_json
    from fondly.operations.cost.realtime import realtime_cost

    found = await realtime_cost(environment, days=days, now=utc_now())
    if json:
        print_json(found)
    else:
        show_realtime(found, console())


@app.command()
@guarded
def guidance() -> None:
    """Print the cost table of the original guidance beside ours, as Markdown."""
    import sys

    from fondly.cli.cost.guidance import comparison

    sys.stdout.write(comparison())


def _counted(data: Path, config: Path | None) -> "Workload":
    """Count what is to be done in a shop's files; raise `OperationError` if they cannot be used."""
    from fondly.operations.check.estimate import workload_of
    from fondly.operations.check.reading import choose, read
    from fondly.operations.errors import OperationError
    from fondly.operations.shop import load_shop

    shop = load_shop(config)
    checked = read(choose([data], shop), shop, watch=lambda _: None)
    if checked.report.failed:
        raise OperationError(f"these files cannot be used: {checked.report.failed}")
    return workload_of(checked)
