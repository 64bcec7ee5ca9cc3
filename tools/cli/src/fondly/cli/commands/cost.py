"""`fondly cost`: what runs cost, before and after."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.answer import Answer
from fondly.cli.execution import Environment, guarded, in_environment
from fondly.cli.options import ConfigFile, RunId
from fondly.contracts.clock import utc_now
from fondly.operations.errors import OperationError

if TYPE_CHECKING:
    from fondly.operations.cost.workload import Workload

app = typer.Typer(no_args_is_help=True, help="What runs cost: reckoned before, measured afterwards.")

Days = Annotated[int, typer.Option(min=1, max=63, help="So many days; CloudWatch keeps windows for 63.")]


@dataclass(frozen=True)
class Size:
    """How much there is to do."""

    customers: Annotated[int | None, typer.Option(min=1, help="The number of customers.")] = None
    reviews: Annotated[
        int | None, typer.Option(min=0, show_default="1.25 a customer", help="The number of texts.")
    ] = None
    products: Annotated[
        int | None,
        typer.Option(min=1, show_default="15 % of the customers, at most 10,000", help="The catalogue."),
    ] = None
    data: Annotated[
        Path | None, typer.Option(exists=True, help="Count in these files instead, as `fondly check` does.")
    ] = None
    config: ConfigFile = None
    emails_per_customer: Annotated[
        int, typer.Option(min=1, help="Emails that each customer gets: so many runs.")
    ] = 1


@dataclass(frozen=True)
class Shares:
    """How much of it is paid for."""

    mailed: Annotated[
        float, typer.Option(min=0, max=1, help="The share of customers who may be written to.")
    ] = 1.0
    holdout: Annotated[
        float,
        typer.Option(
            min=0,
            max=1,
            envvar="FONDLY_MAILER_HOLDOUT",
            help="The share of them who get no email, for comparison.",
        ),
    ] = 0.0
    known_texts: Annotated[
        float, typer.Option(min=0, max=1, help="The share of texts that have been paid for before.")
    ] = 0.0
    known_prompts: Annotated[
        float, typer.Option(min=0, max=1, help="The share of prompts answered before.")
    ] = 0.0
    known_rankings: Annotated[
        float,
        typer.Option(min=0, max=1, help="The share of customers whose rankings are kept from earlier runs."),
    ] = 0.0
    units_per_text: Annotated[
        float | None,
        typer.Option(
            min=3, show_default="3.4", help="Comprehend's units a text: 100 characters each, at least 3."
        ),
    ] = None
    weekly_share: Annotated[
        float, typer.Option(min=0, max=1, help="How much of texts and interactions is new a week later.")
    ] = 0.1


@dataclass(frozen=True)
class Services:
    """What is asked of the AI services."""

    model_id: Annotated[
        str,
        typer.Option(envvar="FONDLY_MAILER_MODEL_ID", help="The Bedrock model, whose tokens have prices."),
    ] = "global.anthropic.claude-haiku-5-5"
    aspects: Annotated[bool, typer.Option("--aspects", help="Have Comprehend find aspects too.")] = False
    languages: Annotated[
        bool, typer.Option("--languages", help="Have Comprehend find each review's language.")
    ] = False
    ranking: Annotated[
        bool,
        typer.Option(
            envvar="FONDLY_RECOMMENDER_RANKING", help="Whether Personalize ranks products for each customer."
        ),
    ] = True


@dataclass(frozen=True)
class Rates:
    """What the account's quotas allow."""

    converse_rpm: Annotated[float, typer.Option(min=1, help="Bedrock's quota of calls a minute.")] = 200.0
    comprehend_tps: Annotated[
        float, typer.Option(min=0.1, help="Comprehend's quota of batch calls a second.")
    ] = 10.0
    ses_per_s: Annotated[
        float, typer.Option(min=0.1, help="Emails a second that SES allows the account.")
    ] = 14.0


@app.command()
@guarded
def estimate(*, size: Size, shares: Shares, services: Services, rates: Rates) -> Answer:
    """Reckon what a run costs at list prices, line by line, from the ratios of two measured runs.

    Nothing is started, sent or paid.
    """
    from fondly.cli.tables.cost import estimate_sections
    from fondly.operations.cost.estimate import estimate_cost
    from fondly.operations.cost.hours import Quotas

    quotas = Quotas(comprehend_calls_per_s=rates.comprehend_tps, converse_calls_per_min=rates.converse_rpm)
    found = estimate_cost(
        _workload(size, shares, services),
        emails_per_customer=size.emails_per_customer,
        weekly_share=shares.weekly_share,
        quotas=quotas,
        ses_per_s=rates.ses_per_s,
    )
    return Answer(found, estimate_sections(found))


@app.command()
@in_environment
async def run(environment: Environment, run_id: RunId) -> Answer:
    """Show what a run has used and what that cost, and its budget if it has one."""
    from fondly.cli.tables.cost import measured_sections
    from fondly.operations.cost.measured import measured_cost

    found = await measured_cost(environment, run_id)
    return Answer(found, measured_sections(found))


@app.command()
@in_environment
async def realtime(environment: Environment, *, days: Days = 30) -> Answer:
    """Show what picks in real time, and the campaign, have used in some days, and what that cost."""
    from fondly.cli.tables.cost import realtime_sections
    from fondly.operations.cost.realtime import realtime_cost

    found = await realtime_cost(environment, days=days, now=utc_now())
    return Answer(found, realtime_sections(found))


def _workload(size: Size, shares: Shares, services: Services) -> "Workload":
    from fondly.operations.cost.workload import Workload

    options = {
        "model_id": services.model_id,
        "held_out": shares.holdout,
        "asks_aspects": services.aspects,
        "auto_language": services.languages,
        "known_prompts": shares.known_prompts,
        "known_rankings": shares.known_rankings,
        **({} if services.ranking else {"trains": False}),
    }
    if size.data:
        return _counted(size.data, size.config).model_copy(update=options)
    if size.customers is None:
        raise typer.BadParameter("say how many: --customers, or --data with the files")
    return Workload.of(
        size.customers,
        reviews=size.reviews,
        products=size.products,
        mailed=shares.mailed,
        known_texts=shares.known_texts,
        units_per_text=shares.units_per_text,
        **options,
    )


def _counted(data: Path, config: Path | None) -> "Workload":
    """Count what is to be done in a shop's files; raise `OperationError` if they cannot be used."""
    from fondly.operations.check.estimate import workload_of
    from fondly.operations.check.reading import choose, read
    from fondly.operations.shop import load_shop

    shop = load_shop(config)
    checked = read(choose([data], shop), shop, watch=lambda _: None)
    if checked.report.failed:
        raise OperationError(f"these files cannot be used: {checked.report.failed}")
    return workload_of(checked)
