"""What runs would cost, reckoned from measured runs."""

import pytest

from fondly.mailer.adapters.bedrock_capabilities import capabilities_of
from fondly.operations.cost.estimate import estimate_cost
from fondly.operations.cost.hours import Quotas, hours_of
from fondly.operations.cost.lines import delivery_lines
from fondly.operations.cost.workload import MEASURED_CHARS_PER_TOKEN, MODEL_ID, RATIOS, Workload, units_of
from tests.support.cost.ratios import MeasuredRun, measured_runs, ratios

WITHIN = 0.1


def work_of(run: MeasuredRun) -> Workload:
    """What a measured run had to do, as `fondly check` counts it."""
    return Workload(
        customers=run.customers,
        emails=run.emails,
        reviews=run.reviews,
        products=run.products,
        interactions=run.interactions,
        texts=run.texts_asked,
        units_per_text=run.units["comprehend.units"] / run.texts_asked,
        description_bytes=run.description_bytes,
    )


def test_ratios_are_those_of_the_measured_runs() -> None:
    """Whoever measures again prints them again: `python -m tests.support.cost.ratios`."""
    assert pytest.approx({name: figure for name, figure, _ in ratios()}) == RATIOS


@pytest.mark.parametrize("name", ["sample", "kaggle"])
def test_every_unit_is_reckoned_within_a_tenth_of_what_was_measured(name: str) -> None:
    """The two runs have little in common: one model fits both. Tokens are those of the model's tokenizer."""
    run = measured_runs()[name]
    denser = MEASURED_CHARS_PER_TOKEN / capabilities_of(MODEL_ID).chars_per_token
    measured = {
        unit: used * denser if unit.startswith("bedrock") else used for unit, used in run.units.items()
    }
    units = {unit.removesuffix(f".{MODEL_ID}"): amount for unit, amount in units_of(work_of(run)).items()}
    wrong = {
        unit: (units.get(unit), used)
        for unit, used in measured.items()
        if abs(units.get(unit, 0) - used) > WITHIN * used
    }
    assert wrong == {}


def test_what_is_known_costs_nothing_again() -> None:
    """A run after the first asks about no text and for no ranking; only copy for new picks is paid for."""
    found = estimate_cost(Workload.of(1_500), emails_per_customer=3)
    services = {each.service for each in found.next_run}
    assert services.isdisjoint({"comprehend", "personalize"})
    assert "bedrock" in services
    assert found.runs_usd == found.cost_usd["total"] + 2 * found.next_run_usd
    half = Workload.of(1_500, known_texts=0.5)
    assert half.texts == Workload.of(1_500).texts / 2


def test_emails_share_prompts_the_more_there_are() -> None:
    """A hundred times the customers of a shop need a few times the prompts; the first of them share none.

    Frames of their own are shared by nobody.
    """
    works = [Workload.of(size, products=10_000) for size in (100, 100_000, 10_000_000)]
    few, many, more = (work.copy_questions["shared"] for work in works)
    assert few == 600
    assert many < more < 6 * many
    assert works[2].copy_questions["own"] == pytest.approx(100 * works[1].copy_questions["own"], rel=0.001)
    assert works[2].copy_calls < sum(works[2].copy_questions.values()) / 4
    assert Workload.of(1).copy_calls <= sum(Workload.of(1).copy_questions.values())
    assert Workload.of(100, known_prompts=1).copy_calls == 0


def test_rankings_that_are_kept_are_not_paid_for() -> None:
    """Training stays as it is while one customer is ranked; without any there is none, and no hour of it."""
    work = Workload.of(1_000)
    usual = units_of(work)
    some, none = (work.model_copy(update={"known_rankings": share}) for share in (0.99, 1.0))
    assert units_of(some)["personalize.recommendations"] == 10
    trained = "personalize.trained_interactions"
    assert units_of(some)[trained] == usual[trained]
    assert usual["dynamodb.writes"] - units_of(some)["dynamodb.writes"] == 2 * 990
    assert not any("personalize" in unit for unit in units_of(none))
    assert (hours_of(some)["personalize"], hours_of(none)["personalize"]) == (1.5, 0)


def test_nothing_is_written_for_who_is_held_out() -> None:
    """They are ranked like all others; words and emails are those of the rest, as if there were fewer."""
    everybody = Workload.of(10_000, products=500)
    held_out = everybody.model_copy(update={"held_out": 0.2})
    fewer = everybody.model_copy(update={"emails": 8_000})
    whole, less, rest = units_of(everybody), units_of(held_out), units_of(fewer)
    assert held_out.written == 8_000
    assert less["personalize.recommendations"] == whole["personalize.recommendations"]
    assert {name: amount for name, amount in less.items() if name.startswith("bedrock.")} == {
        name: amount for name, amount in rest.items() if name.startswith("bedrock.")
    }
    assert less["s3.puts"] == rest["s3.puts"]
    sent = {each.unit: each.amount for each in delivery_lines(held_out)}
    assert sent["ses.emails"] == 8_000


def test_options_add_what_they_cost() -> None:
    """Aspects double Comprehend's units, a language is three more a text; popular products no training."""
    usual = units_of(Workload.of(1_000))["comprehend.units"]
    aspects = units_of(Workload.of(1_000, asks_aspects=True))["comprehend.units"]
    languages = units_of(Workload.of(1_000, auto_language=True))["comprehend.units"]
    assert (aspects, languages) == (2 * usual, usual + 3 * Workload.of(1_000).texts)
    assert not any("personalize" in unit for unit in units_of(Workload.of(1_000, trains=False)))
    assert units_of(Workload.of(1_000, mailed=0)) == {}


def test_hours_follow_the_quotas() -> None:
    """Requests or tokens a minute, whichever allow less."""
    work = Workload.of(100_000)
    usual = hours_of(work)["bedrock"]
    assert hours_of(work, Quotas(converse_calls_per_min=400))["bedrock"] == usual / 2
    assert hours_of(work, Quotas(converse_tokens_per_min=100_000))["bedrock"] > 4 * usual
    assert hours_of(work, Quotas(comprehend_calls_per_s=20))["comprehend"] == hours_of(work)["comprehend"] / 2
