"""What is to be done: the figures of a run from which its units are reckoned."""

import math
import tomllib
from collections.abc import Mapping
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field

from fondly.contracts.consent import ENTRIES_PER_CUSTOMER, READS_PER_CUSTOMER
from fondly.mailer.adapters.bedrock_capabilities import capabilities_of
from fondly.runtime.runs.pricing import BEDROCK

RATIOS: Mapping[str, float] = tomllib.loads(
    resources.files(__package__).joinpath("ratios.toml").read_text("utf-8")
)
LOCK_AND_ANSWER_WRITES = 3
"""A lock is a transaction and counts twice."""
MEASURED_CHARS_PER_TOKEN = 2.5
"""As the stand-in counted in the measured runs."""
MAX_PARTS = 1_000
MODEL_ID = "global.anthropic.claude-haiku-5-5"
"""The mailer's default."""
REVIEWS_PER_CUSTOMER = 1.25
"""As in the Kaggle file, with the texts of which only the product is known."""
PRODUCTS_PER_CUSTOMER, MAX_PRODUCTS = 0.15, 10_000
"""As in the Kaggle file; beyond so many, shops with more customers have no larger catalogue by themselves."""
LANGUAGE_UNITS = 3
"""A text's first 300 characters show its language."""
POLLS_PER_HOUR = 60
REQUESTS_PER_POLL = 3
REQUESTS_PER_PART = 4
"""A message of sentiment and one of the mailer, each received and deleted."""
BYTES_PER_WRITE, WRITES_BESIDE = 600, 0.5
"""Every started kilobyte of an item counts: its description, its other members, on average half of one."""
EMAILS_PER_PUBLISH = 10
MOST_PROMPTS_PER_EMAIL = 6
"""A frame and five products, of which no other email has any."""
QUESTIONS = ("shared", "own", "judge")
"""On products and frames, for frames of one's own, and to the judge: each has tokens of its own."""
KEYS_PER_CUSTOMER = 2
"""In the table of customer keys: by their address, and for URLs."""
HISTORY_WRITES = 1
"""Of a customer: a history of some reviews is smaller than a kilobyte."""


class Workload(BaseModel):
    """One run; what is not given is reckoned from the measured runs."""

    model_config = ConfigDict(frozen=True)
    customers: int = Field(ge=1)
    emails: int = Field(ge=0)
    """Customers who may be written to."""
    held_out: float = Field(default=0, ge=0, le=1)
    """The share of them who get no email, for comparison: they are ranked, and nothing is written."""
    reviews: int = Field(ge=0)
    """All texts."""
    products: int = Field(ge=1)
    interactions: int = Field(ge=0)
    texts: float
    """Distinct texts that are asked about: those that are known already cost nothing."""
    units_per_text: float
    description_bytes: float
    model_id: str = MODEL_ID
    asks_aspects: bool = False
    """Whether Comprehend finds aspects too."""
    auto_language: bool = False
    trains: bool = True
    known_prompts: float = Field(default=0, ge=0, le=1)
    """The share of prompts whose answers are kept."""
    known_rankings: float = Field(default=0, ge=0, le=1)
    """The share of customers whose rankings are kept."""
    others: int = Field(default=0, ge=0)
    """Customers of earlier files whom this one does not have."""

    @classmethod
    def of(
        cls,
        customers: int,
        *,
        reviews: int | None = None,
        products: int | None = None,
        mailed: float = 1,
        known_texts: float = 0,
        units_per_text: float | None = None,
        **others: object,
    ) -> "Workload":
        """Complete a workload of so many customers."""
        texts = round(customers * REVIEWS_PER_CUSTOMER) if reviews is None else reviews
        usual = max(1, min(MAX_PRODUCTS, round(customers * PRODUCTS_PER_CUSTOMER)))
        return cls.model_validate(
            {
                "customers": customers,
                "emails": round(customers * mailed),
                "reviews": texts,
                "products": usual if products is None else products,
                "interactions": round(texts * RATIOS["interactions_per_review"]),
                "texts": texts * RATIOS["texts_per_review"] * (1 - known_texts),
                "units_per_text": RATIOS["units_per_text"] if units_per_text is None else units_per_text,
                "description_bytes": RATIOS["description_bytes"],
                **others,
            }
        )

    @property
    def written(self) -> int:
        """How many emails are made."""
        return round(self.emails * (1 - self.held_out))

    @property
    def parts(self) -> int:
        """How many parts the run has."""
        return max(1, min(MAX_PARTS, round(self.reviews / RATIOS["reviews_per_part"])))

    @property
    def ranked(self) -> int:
        """Customers for whom Personalize is asked; without any nothing is trained."""
        return round(self.emails * (1 - self.known_rankings)) if self.trains else 0

    def following(self, *, new_share: float) -> "Workload":
        """Return the same run a week later, with a share of its texts and customers' histories new."""
        return self.model_copy(update={"texts": self.texts * new_share, "known_rankings": 1 - new_share})

    @property
    def copy_questions(self) -> Mapping[str, int]:
        """Questions on copy that are asked, by kind: in a large run most emails share those on products."""
        growth = math.pow(self.written / self.products, RATIOS["shared_growth"])
        distinct = self.products * RATIOS["shared_per_product"] * growth
        asked = 1 - self.known_prompts
        shared = round(min(distinct, MOST_PROMPTS_PER_EMAIL * self.written) * asked)
        own = round(self.written * RATIOS["own_per_email"] * asked)
        return {"shared": shared, "own": own, "judge": round((shared + own) * RATIOS["judge_per_prompt"])}

    @property
    def copy_calls(self) -> int:
        """Calls that ask them, one by one or several together."""
        questions = sum(self.copy_questions.values())
        return round(questions * RATIOS["calls_per_question"])

    @property
    def questions(self) -> int:
        """How often Comprehend is asked about a text, at its length."""
        return 1 + self.asks_aspects


def units_of(work: Workload, *, polling_h: float = 0) -> dict[str, float]:
    """Return what a run uses, by unit; the recommender polls for so many hours. Nothing without emails."""
    if not work.emails:
        return {}
    units = {
        "comprehend.units": work.texts
        * (work.units_per_text * work.questions + LANGUAGE_UNITS * work.auto_language),
        **(_personalize(work) if work.ranked else {}),
        **_bedrock(work),
        "dynamodb.writes": _writes(work),
        "dynamodb.reads": work.reviews * RATIOS["documents_per_review"]
        + work.products
        + work.emails * (1 + work.trains)
        + work.customers
        + work.others
        + work.customers  # what an earlier run was told of them
        + 2 * work.customers  # who is forgotten, or wants less: ingest and recommender ask
        + 2 * ENTRIES_PER_CUSTOMER * work.customers  # who is suppressed: sentiment and recommender ask
        + READS_PER_CUSTOMER * work.emails,  # who may be written to
        "s3.puts": work.written + RATIOS["puts_per_part"] * work.parts,
        "sns.publishes": work.written / EMAILS_PER_PUBLISH + 2.5 * work.parts,
        "sqs.requests": REQUESTS_PER_PART * work.parts + REQUESTS_PER_POLL * POLLS_PER_HOUR * polling_h,
    }
    return {name: amount for name, amount in units.items() if amount}


def _personalize(work: Workload) -> dict[str, float]:
    """Everything is imported and trained on; only customers without a kept ranking are ranked."""
    return {
        "personalize.ingested_bytes": work.interactions * RATIOS["interaction_bytes"]
        + work.customers * RATIOS["customer_bytes"]
        + work.products * (RATIOS["product_bytes"] + work.description_bytes),
        "personalize.trained_interactions": work.interactions * RATIOS["trained_per_interaction"],
        "personalize.recommendations": work.ranked,
    }


def _bedrock(work: Workload) -> Mapping[str, float]:
    tokens = {"input_tokens": 0.0, "output_tokens": 0.0}
    for question, number in work.copy_questions.items():
        tokens["input_tokens"] += number * (
            RATIOS[f"{question}_input_tokens_at_zero"]
            + RATIOS[f"{question}_input_tokens_slope"] * work.description_bytes
        )
        tokens["output_tokens"] += number * RATIOS[f"{question}_output_tokens"]
    tokens["cache_read_tokens"] = read = RATIOS["cache_read_tokens"] * work.copy_calls
    tokens["cache_write_tokens"] = min(read, RATIOS["cache_write_tokens"])  # a few calls have few schemas
    denser = MEASURED_CHARS_PER_TOKEN / capabilities_of(work.model_id).chars_per_token
    return {f"{BEDROCK}.{kind}.{work.model_id}": amount * denser for kind, amount in tokens.items()}


def _writes(work: Workload) -> float:
    """Products and their totals, customers, their keys, reviews, answers, picks, rankings, emails.

    Picks are two items for each email, a ranking is one of two kilobytes.
    """
    return (
        work.products * (1 + WRITES_BESIDE + work.description_bytes / BYTES_PER_WRITE)
        + work.customers * (1 + HISTORY_WRITES)
        + KEYS_PER_CUSTOMER * work.customers
        + work.reviews * RATIOS["writes_per_review"]
        + LOCK_AND_ANSWER_WRITES * work.texts * (work.questions + work.auto_language)
        + 2 * work.emails
        + work.written
        + 2 * work.ranked
        + LOCK_AND_ANSWER_WRITES * sum(work.copy_questions.values())
        + 14 * work.parts
    )
