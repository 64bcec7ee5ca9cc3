"""The sentiment service's settings."""

from typing import Annotated, Literal

from pydantic import Field

from encore.runtime.settings import ServiceSettings


class SentimentSettings(ServiceSettings):
    """The defaults stay within a new AWS account's quota of ten batch calls per second."""

    sentiment_queue_url: str
    sentiment_scored_topic_arn: str
    reviews_table: str
    product_sentiments_table: str
    sentiment_language: Literal["en", "es", "fr", "de", "it", "pt", "ar", "hi", "ja", "ko", "zh", "zh-TW"] = (
        "en"
    )
    sentiment_calls_per_s: Annotated[float, Field(gt=0)] = 10.0
    """The account's quota: tasks share it by themselves, and none exceeds it."""
    sentiment_parallel_calls: Annotated[int, Field(ge=1, le=100)] = 8
