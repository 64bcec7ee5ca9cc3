"""Starts the sentiment service: `python -m encore.sentiment`."""

from encore.runtime.queue.consumer import Handler
from encore.runtime.retry import NO_SDK_RETRIES
from encore.runtime.runs.paid_results import PaidResults
from encore.runtime.runs.run import StageName
from encore.runtime.service import Runtime, run_service
from encore.sentiment.adapters.comprehend import ComprehendScorer
from encore.sentiment.handler import SentimentHandler
from encore.sentiment.settings import SentimentSettings
from encore.sentiment.use_cases.score_part import ScorePart
from encore.sentiment.use_cases.total_products import TotalProducts


async def make_handler(runtime: Runtime[SentimentSettings]) -> Handler:
    """Wire the use cases to AWS."""
    settings = runtime.settings
    scorer = ComprehendScorer(
        await runtime.new_client("comprehend", retries=NO_SDK_RETRIES),
        language=settings.sentiment_language,
        calls_per_s=settings.sentiment_calls_per_s,
        parallel_calls=settings.sentiment_parallel_calls,
    )
    return SentimentHandler(
        runtime.stage,
        ScorePart(
            objects=runtime.objects,
            reviews=runtime.items(settings.reviews_table),
            paid_results=PaidResults(
                runtime.dynamodb, settings.runs_table, keep_days=settings.retention_days
            ),
            scorer=scorer,
        ),
        TotalProducts(
            objects=runtime.objects,
            product_sentiments=runtime.items(settings.product_sentiments_table, expires=False),
            ledger=runtime.ledger,
            announcer=runtime.announcer,
        ),
    )


if __name__ == "__main__":
    run_service(StageName.SENTIMENT, SentimentSettings, make_handler)
