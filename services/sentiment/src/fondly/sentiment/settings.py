"""The sentiment service's settings."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from fondly.runtime.settings import ServiceSettings


class AspectsBy(StrEnum):
    """Who finds what reviews praise and blame: our own code, at no cost, Comprehend, or nobody."""

    OWN = "own"
    COMPREHEND = "comprehend"
    OFF = "off"


class SentimentSettings(ServiceSettings):
    """The defaults stay within a new AWS account's quota of ten batch calls per second."""

    sentiment_queue_url: str
    sentiment_scored_topic_arn: str
    reviews_table: str
    product_sentiments_table: str
    opinions_table: str
    answers_table: str
    sentiment_language: Literal[
        "auto", "en", "es", "fr", "de", "it", "pt", "ar", "hi", "ja", "ko", "zh", "zh-TW"
    ] = "en"
    """`auto` asks Comprehend for the language of each review, which costs as much as its sentiment."""
    sentiment_scorer: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")] = "comprehend"
    """Names the answers that are kept: change it to ask about every text anew."""
    sentiment_aspects: AspectsBy = AspectsBy.OWN
    """Who finds what reviews praise and blame."""
    suppressions_table: str
    """Who must not be written to: no paid call is made for them."""
    sentiment_score_excluded: bool = False
    """Whether to ask about reviews by customers who get no email, whether they are excluded or suppressed:
    they are opinions on products too."""
    sentiment_calls_per_s: Annotated[float, Field(gt=0)] = 10.0
    """The account's quota: tasks share it by themselves, and none exceeds it."""
    sentiment_parallel_calls: Annotated[int, Field(ge=1, le=100)] = 8
    """Calls to Comprehend at a time."""
