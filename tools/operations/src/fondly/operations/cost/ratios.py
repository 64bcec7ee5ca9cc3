"""The ratios of an estimate: what runs used of each unit for a customer, a review, a product or a prompt."""

import math
import tomllib
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import resources
from statistics import linear_regression

from pydantic import BaseModel, ConfigDict

LOCK_AND_ANSWER_WRITES = 3
"""A lock is a transaction and counts twice."""
MEASURED_CHARS_PER_TOKEN = 4
"""As the stand-in counted in the measured runs."""
CACHE_READ_TOKENS, CACHE_WRITE_TOKENS = "cache_read_tokens", "cache_write_tokens"


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


class Line(BaseModel):
    """A figure that grows evenly with another, through the measured runs."""

    model_config = ConfigDict(frozen=True)
    slope: float
    intercept: float

    def at(self, of: float) -> float:
        """Return the figure there."""
        return self.intercept + self.slope * of


@lru_cache(maxsize=1)
def measured_runs() -> Mapping[str, MeasuredRun]:
    """The measured runs by name."""
    text = resources.files(__package__).joinpath("measured.toml").read_text(encoding="utf-8")
    return {name: MeasuredRun.model_validate(run) for name, run in tomllib.loads(text).items()}


def _growth(run: MeasuredRun) -> float:
    return math.log2(run.copy_prompts / run.copy_prompts_of_half)


def _line(of: Callable[[MeasuredRun], float], value: Callable[[MeasuredRun], float]) -> Line:
    runs = measured_runs().values()
    slope, intercept = linear_regression([*map(of, runs)], [*map(value, runs)])
    return Line(slope=slope, intercept=intercept)


def _mean(of: Callable[[MeasuredRun], float]) -> float:
    runs = measured_runs().values()
    return sum(of(run) for run in runs) / len(runs)


class Ratios:
    """Means over the measured runs, each run counting as much as the other."""

    reviews_per_part = _mean(lambda run: run.reviews / run.parts)
    interactions_per_review = _mean(lambda run: run.interactions / run.reviews)
    documents_per_review = _mean(lambda run: run.documents / run.reviews)
    """Distinct words in a part, each looked up once."""
    texts_per_review = _mean(lambda run: run.texts_asked / run.reviews)
    """Distinct words in the run, each asked about once."""
    units_per_text = _mean(lambda run: run.units["comprehend.units"] / run.texts_asked)
    prompts_per_product = _mean(
        lambda run: run.copy_prompts / run.products / (run.emails / run.products) ** _growth(run)
    )
    """Prompts for copy in a run with as many emails as products."""
    prompt_growth = _mean(_growth)
    """With more emails, prompts grow like this power of their number: emails share prompts about a product
    that was picked for the same reason, and about customers of whom the same is known."""
    calls_of_prompts = _line(lambda run: run.copy_prompts, lambda run: run.copy_calls)
    """Several products are asked about in one call, fewer while parts ask about the same ones."""
    described_per_product = _mean(lambda run: run.products_described / run.products)
    """Only products that are picked are described."""
    interaction_bytes = _mean(lambda run: run.csv_bytes.interactions / run.interactions)
    customer_bytes = _mean(lambda run: run.csv_bytes.customers / run.customers)
    product_bytes = _mean(lambda run: run.csv_bytes.products / run.products - run.description_bytes)
    """What a product takes beside its description."""
    writes_per_review = _mean(
        lambda run: (run.sentiment_writes - LOCK_AND_ANSWER_WRITES * run.texts_asked) / run.reviews
    )
    """The review and the opinion, beside the answers about its words."""
    description_bytes = _mean(lambda run: run.description_bytes)
    log_bytes_per_email = _mean(lambda run: run.log_bytes / run.emails)
    puts_per_part = _mean(lambda run: (run.units["s3.puts"] - run.emails) / run.parts)
    """Objects beside the emails; prompts that are answered at about the same time share one."""
    copy_tokens: Mapping[str, float] = {
        "input_tokens": _mean(lambda run: run.copy_tokens["input_tokens"] / run.copy_prompts),
        "output_tokens": _mean(lambda run: run.copy_tokens["output_tokens"] / run.copy_prompts),
    }
    """The tokens of a prompt."""
    cache_read_tokens = _mean(lambda run: run.copy_tokens[CACHE_READ_TOKENS] / run.copy_calls)
    """Of a call: the system text, which its prompts share."""
    cache_write_tokens = _mean(lambda run: run.copy_tokens[CACHE_WRITE_TOKENS])
    """Of a run: the system text, once with each of the schemas that calls have."""
    feature_input_tokens = _line(
        lambda run: run.description_bytes,
        lambda run: run.feature_tokens["input_tokens"] / run.products_described,
    )
    """Of a product, by the bytes of its description."""
    feature_output_tokens = _mean(lambda run: run.feature_tokens["output_tokens"] / run.products_described)
