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

from fondly.operations.cost.workload import LOCK_AND_ANSWER_WRITES, QUESTIONS

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
    questions: Mapping[str, int]
    """On copy, by kind: `shared` (products and frames), `own` (frames of one's own), `judge`."""
    shared_of_half: int
    """Those shared ones that any half of the emails come from."""
    copy_calls: int
    csv_bytes: CsvBytes
    input_tokens: Mapping[str, int]
    output_tokens: Mapping[str, int]
    sentiment_writes: int
    log_bytes: int
    units: Mapping[str, int]

    @property
    def growth(self) -> float:
        """With which power of their number emails need more shared questions."""
        return math.log2(self.questions["shared"] / self.shared_of_half)


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
        "shared_per_product",
        lambda run: run.questions["shared"] / run.products / (run.emails / run.products) ** run.growth,
        "Questions on products and frames in a run with as many emails as products.",
    ),
    Ratio(
        "shared_growth",
        lambda run: run.growth,
        "With more emails, these grow like this power of their number: emails share questions about a\n"
        "# product that was picked for the same reason, and about customers of whom the same is known.",
    ),
    Ratio(
        "own_per_email",
        lambda run: run.questions["own"] / run.emails,
        "Customers whose review says something.",
    ),
    Ratio(
        "judge_per_prompt",
        lambda run: run.questions["judge"] / (run.questions["shared"] + run.questions["own"]),
        "One for each answer, and for what was asked again.",
    ),
    Ratio(
        "calls_per_question",
        lambda run: run.copy_calls / sum(run.questions.values()),
        "Several are asked in one call.",
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
    Ratio(
        "cache_read_tokens",
        lambda run: run.units["bedrock.cache_read_tokens"] / run.copy_calls,
        "Of a call: the system text, which its prompts share.",
    ),
    Ratio(
        "cache_write_tokens",
        lambda run: run.units["bedrock.cache_write_tokens"],
        "Of a run: the system texts, once with each of the schemas that calls have.",
    ),
)


def ratios() -> Iterator[tuple[str, float, str]]:
    """Yield each name, figure and meaning."""
    runs = measured_runs().values()
    for name, of, meaning in MEANS:
        yield name, fmean(map(of, runs)), meaning
    sizes = [run.description_bytes for run in runs]
    for each in QUESTIONS:
        written = fmean(run.output_tokens[each] / run.questions[each] for run in runs)
        yield f"{each}_output_tokens", written, ""
        tokens = [run.input_tokens[each] / run.questions[each] for run in runs]
        slope, intercept = linear_regression(sizes, tokens)
        yield f"{each}_input_tokens_slope", slope, "Of a byte of a product's description, and without any."
        yield f"{each}_input_tokens_at_zero", intercept, ""


if __name__ == "__main__":
    sys.stdout.write(HEAD)
    for each, figure, told in ratios():
        sys.stdout.write((f"# {told}\n" if told else "") + f"{each} = {figure}\n")
