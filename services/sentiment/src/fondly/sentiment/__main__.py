"""Starts the sentiment service: `python -m fondly.sentiment`."""

from typing import TYPE_CHECKING

from fondly.aspects import AspectReader
from fondly.runtime.kept_answers import DynamoDBKeptAnswers
from fondly.runtime.queue.consumer import Handler
from fondly.runtime.quota.limiter import Limiter
from fondly.runtime.quota.outlook import Outlook
from fondly.runtime.retry import NO_SDK_RETRIES
from fondly.runtime.runs.clearance import WhenCleared
from fondly.runtime.runs.run import StageName
from fondly.runtime.service import Runtime, run_service
from fondly.sentiment.adapters.comprehend import Comprehend
from fondly.sentiment.domain.texts import Scorer
from fondly.sentiment.handler import SentimentHandler
from fondly.sentiment.settings import AspectsBy, SentimentSettings
from fondly.sentiment.use_cases.ask_aspects import AskAspects
from fondly.sentiment.use_cases.find_aspects import FindAspects
from fondly.sentiment.use_cases.pay_once import PayOnce
from fondly.sentiment.use_cases.read_documents import ReadDocuments
from fondly.sentiment.use_cases.score_part import ScorePart
from fondly.sentiment.use_cases.total_products import TotalProducts

if TYPE_CHECKING:
    from types_aiobotocore_comprehend.client import ComprehendClient

    from fondly.sentiment.ports import FindsAspects


async def make_handler(runtime: Runtime[SentimentSettings]) -> Handler:
    """Wire the use cases to AWS."""
    limiter = runtime.limiter("comprehend", requests_per_s=runtime.settings.sentiment_calls_per_s)
    comprehend = await runtime.new_client("comprehend", retries=NO_SDK_RETRIES)
    read_documents = _read_documents(runtime, comprehend, limiter)
    opinions = runtime.items(runtime.settings.opinions_table, expires=False)
    score_part = ScorePart(
        objects=runtime.objects,
        reviews=runtime.items(runtime.settings.reviews_table),
        opinions=opinions,
        read_documents=read_documents,
        suppressions=runtime.items(runtime.settings.suppressions_table, expires=False),
        scores_all=runtime.settings.sentiment_score_excluded,
    )
    total_products = TotalProducts(
        objects=runtime.objects,
        opinions=opinions,
        product_sentiments=runtime.items(runtime.settings.product_sentiments_table, expires=False),
        stage=runtime.stage,
        ledger=runtime.ledger,
        announcer=runtime.announcer,
    )
    handler = SentimentHandler(
        stage=runtime.stage,
        score_part=score_part,
        total_products=total_products,
        outlook=Outlook(lambda: limiter.calls_per_s, runtime.queue.retention_s),
    )
    return WhenCleared(runtime.ledger, runtime.queue, handler)


def _read_documents(
    runtime: Runtime[SentimentSettings], client: "ComprehendClient", limiter: Limiter
) -> ReadDocuments:
    settings = runtime.settings
    scorer = Scorer(name=settings.sentiment_scorer, language=settings.sentiment_language)
    asks = Comprehend(client, limiter, parallel_calls=settings.sentiment_parallel_calls)
    kept = DynamoDBKeptAnswers(
        runtime.dynamodb,
        settings.answers_table,
        runtime.items(settings.answers_table),
        keep_days=settings.retention_days,
    )
    pay_once = PayOnce(kept=kept, parallel_calls=settings.sentiment_parallel_calls)
    find_aspects: dict[AspectsBy, FindsAspects] = {
        AspectsBy.OWN: FindAspects(objects=runtime.objects, reader=AspectReader.load()),
        AspectsBy.COMPREHEND: AskAspects(scorer=scorer, pay_once=pay_once, asks=asks),
    }
    return ReadDocuments(
        scorer=scorer,
        pay_once=pay_once,
        asks=asks,
        find_aspects=find_aspects.get(settings.sentiment_aspects),
    )


if __name__ == "__main__":
    run_service(StageName.SENTIMENT, SentimentSettings, make_handler)
