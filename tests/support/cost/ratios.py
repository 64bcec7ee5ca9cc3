"""Reckons the ratios of estimates: `python -m tests.support.cost.ratios` prints `ratios.toml`."""

import math
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from statistics import fmean, linear_regression
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from fondly.operations.cost.workload import LOCK_AND_ANSWER_WRITES

HEAD = """# What a run uses of each unit: means over the runs of tests/support/cost/measured.toml, each run
# counting as much as the other. `python -m tests.support.cost.ratios` prints this file.
"""


class CsvBytes(BaseModel):
    """The size of Personalize's files."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    interactions: int
    customers: int
    products: int


class MeasuredRun(BaseModel):
    """What one run had to do, and what it used."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    customers: int
    emails: int
    reviews: int
    interactions: int
    products: int
    description_bytes: int
    parts: int
    documents: int
    texts_asked: int
    copy_prompts: int
    copy_prompts_of_half: int
    """The prompts that any half of the emails come from."""
    copy_calls: int
    products_described: int
    csv_bytes: CsvBytes
    copy_tokens: Mapping[str, int]
    feature_tokens: Mapping[str, int]
    sentiment_writes: int
    log_bytes: int
    units: Mapping[str, int]

    @property
    def growth(self) -> float:
        """With which power of their number emails need more prompts."""
        return math.log2(self.copy_prompts / self.copy_prompts_of_half)


Figure = Callable[[MeasuredRun], float]


class Ratio(NamedTuple):
    """A figure of `ratios.toml`."""

    name: str
    of: Figure
    meaning: str = ""


@cache
def measured_runs() -> Mapping[str, MeasuredRun]:
    """The measured runs by name."""
    text = (Path(__file__).parent / "measured.toml").read_text("utf-8")
    return {name: MeasuredRun.model_validate(run) for name, run in tomllib.loads(text).items()}


MEANS = (
    Ratio("reviews_per_part", lambda run: run.reviews / run.parts),
    Ratio("interactions_per_review", lambda run: run.interactions / run.reviews),
    Ratio(
        "documents_per_review",
        lambda run: run.documents / run.reviews,
        "Distinct words in a part, each looked up once.",
    ),
    Ratio(
        "texts_per_review",
        lambda run: run.texts_asked / run.reviews,
        "Distinct words in the run, each asked about once.",
    ),
    Ratio("units_per_text", lambda run: run.units["comprehend.units"] / run.texts_asked),
    Ratio(
        "prompts_per_product",
        lambda run: run.copy_prompts / run.products / (run.emails / run.products) ** run.growth,
        "Prompts for copy in a run with as many emails as products.",
    ),
    Ratio(
        "prompt_growth",
        lambda run: run.growth,
        "With more emails, prompts grow like this power of their number: emails share prompts about a\n"
        "# product that was picked for the same reason, and about customers of whom the same is known.",
    ),
    Ratio(
        "described_per_product",
        lambda run: run.products_described / run.products,
        "Only products that are picked are described.",
    ),
    Ratio(
        "trained_per_interaction",
        lambda run: run.units["personalize.trained_interactions"] / run.interactions,
        "The last purchase of each witness is held back, to test the ranking.",
    ),
    Ratio("interaction_bytes", lambda run: run.csv_bytes.interactions / run.interactions),
    Ratio("customer_bytes", lambda run: run.csv_bytes.customers / run.customers),
    Ratio(
        "product_bytes",
        lambda run: run.csv_bytes.products / run.products - run.description_bytes,
        "Beside the description.",
    ),
    Ratio(
        "writes_per_review",
        lambda run: (run.sentiment_writes - LOCK_AND_ANSWER_WRITES * run.texts_asked) / run.reviews,
        "The review and the opinion, beside the answers about its words.",
    ),
    Ratio("description_bytes", lambda run: run.description_bytes),
    Ratio("log_bytes_per_email", lambda run: run.log_bytes / run.emails),
    Ratio(
        "puts_per_part",
        lambda run: (run.units["s3.puts"] - run.emails) / run.parts,
        "Objects beside the emails; prompts that are answered at about the same time share one.",
    ),
    Ratio("input_tokens", lambda run: run.copy_tokens["input_tokens"] / run.copy_prompts, "Of a prompt."),
    Ratio("output_tokens", lambda run: run.copy_tokens["output_tokens"] / run.copy_prompts, "Of a prompt."),
    Ratio(
        "cache_read_tokens",
        lambda run: run.copy_tokens["cache_read_tokens"] / run.copy_calls,
        "Of a call: the system text, which its prompts share.",
    ),
    Ratio(
        "cache_write_tokens",
        lambda run: run.copy_tokens["cache_write_tokens"],
        "Of a run: the system text, once with each of the schemas that calls have.",
    ),
    Ratio("feature_output_tokens", lambda run: run.feature_tokens["output_tokens"] / run.products_described),
)
LINES: tuple[tuple[Ratio, Figure], ...] = (
    (
        Ratio(
            "calls",
            lambda run: run.copy_calls,
            "Of a prompt, and at none: several products are asked about in one call.",
        ),
        lambda run: run.copy_prompts,
    ),
    (
        Ratio(
            "feature_input_tokens",
            lambda run: run.feature_tokens["input_tokens"] / run.products_described,
            "Of a byte of a product's description, and without any.",
        ),
        lambda run: run.description_bytes,
    ),
)
"""Figures that grow evenly with another, through the measured runs."""


def ratios() -> Iterator[tuple[str, float, str]]:
    """Yield each name, figure and meaning."""
    runs = measured_runs().values()
    for name, of, meaning in MEANS:
        yield name, fmean(map(of, runs)), meaning
    for (name, of, meaning), other in LINES:
        slope, intercept = linear_regression([*map(other, runs)], [*map(of, runs)])
        yield f"{name}_slope", slope, meaning
        yield f"{name}_at_zero", intercept, ""


if __name__ == "__main__":
    sys.stdout.write(HEAD)
    for each, figure, told in ratios():
        sys.stdout.write((f"# {told}\n" if told else "") + f"{each} = {figure}\n")
