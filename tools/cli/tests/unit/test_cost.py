"""`fondly cost`: what runs would cost, reckoned from measured runs."""

from decimal import Decimal
from pathlib import Path

from fondly.operations.cost.lines import run_lines
from fondly.operations.cost.workload import Workload
from tests.support.cost.guidance import comparison
from tools.cli.tests.conftest import Fondly

ROOT = Path(__file__).parents[4]
BEGIN, END = "<!-- tests.support.cost.guidance -->\n", "<!-- end -->\n"


def test_a_model_without_a_price_is_visible(run_fondly: Fondly) -> None:
    """Its tokens are listed, and named as missing from the total."""
    answer = run_fondly("cost", "estimate", "--customers", "1500", "--model-id", "somebody.model-1")
    assert "no price" in answer.out
    assert "without a price: bedrock.input_tokens.somebody.model-1" in answer.out


def test_the_estimate_fits_a_terminal(run_fondly: Fondly) -> None:
    """At ten million customers too; the JSON has the same lines."""
    answer = run_fondly("cost", "estimate", "--customers", "10000000", "--emails-per-customer", "4")
    assert all(len(row) <= 80 for row in answer.out.splitlines())
    found = run_fondly("cost", "estimate", "--customers", "10000000", "--json").json
    assert [each["unit"] for each in found["first_run"]] == [
        each.unit for each in run_lines(Workload.of(10_000_000))
    ]
    assert run_fondly("cost", "estimate").code == 2


def test_files_are_counted_as_a_check_counts_them(run_fondly: Fondly) -> None:
    """The cost of a shop's own files."""
    data = str(ROOT / "examples" / "marketplace-in")
    found = run_fondly("cost", "estimate", "--data", data, "--json").json
    checked = run_fondly("check", data, "--json").json
    assert found["emails"] == checked["estimate"]["emails"]
    comprehend = sum(Decimal(each["usd"]) for each in found["first_run"] if each["service"] == "comprehend")
    assert comprehend == Decimal(checked["estimate"]["cost_usd"]["comprehend"])


def test_the_page_has_the_figures_of_an_estimate() -> None:
    """`docs/cost.md` is regenerated, never edited: `python -m tests.support.cost.guidance`."""
    page = (ROOT / "docs" / "cost.md").read_text("utf-8")
    _, _, rest = page.partition(BEGIN)
    shown, end, _ = rest.partition(END)
    assert end
    assert shown == comparison()
