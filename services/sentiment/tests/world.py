"""The sentiment service over in-memory doubles, and a run of two parts."""

from collections.abc import Sequence
from decimal import Decimal

from fondly.contracts import object_keys
from fondly.contracts.events import DataIngested, new_event
from fondly.contracts.records import Customer, Product, Review, ScoredReview, SharedText
from fondly.runtime.queue.message import Message
from fondly.runtime.runs.run import PartReport, StageName, part_name
from fondly.sentiment.domain.texts import Scorer
from fondly.sentiment.handler import SentimentHandler
from fondly.sentiment.ports import FindsAspects
from fondly.sentiment.use_cases.ask_aspects import AskAspects
from fondly.sentiment.use_cases.pay_once import PayOnce
from fondly.sentiment.use_cases.read_documents import ReadDocuments
from fondly.sentiment.use_cases.score_part import ScorePart
from fondly.sentiment.use_cases.total_products import TotalProducts
from services.sentiment.tests.fakes import InMemoryAsks
from tests.support.kept_answers import InMemoryKeptAnswers
from tests.support.runs import START, Runs, finish_part
from tests.support.stores import InMemoryAnnouncer, InMemoryItems, InMemoryObjects

RUN = "run-1"


class World:
    """The handler, and everything that it reads and writes."""

    def __init__(
        self,
        announcer: InMemoryAnnouncer | None = None,
        *,
        language: str = "en",
        find_aspects: FindsAspects | None = None,
        ask_aspects: bool = False,
        score_excluded: bool = False,
        budget_usd: Decimal | None = None,
    ) -> None:
        runs = Runs(budget_usd=budget_usd)
        self.budget = runs.budget
        self.ledger = runs.ledger
        self.locks = runs.locks
        self.objects = InMemoryObjects()
        self.reviews = InMemoryItems("review_id")
        self.suppressions = InMemoryItems("entry")
        self.opinions = InMemoryItems("product_id", "opinion_id")
        self.products = InMemoryItems("product_id")
        self.announcer = announcer or InMemoryAnnouncer()
        self.asks = InMemoryAsks()
        self.kept = InMemoryKeptAnswers()
        self.stage = runs.stage(StageName.SENTIMENT, self.announcer)
        scorer, pay_once = Scorer(language=language), PayOnce(kept=self.kept, parallel_calls=4)
        if ask_aspects:
            find_aspects = AskAspects(scorer=scorer, pay_once=pay_once, asks=self.asks)
        self.read_documents = ReadDocuments(
            scorer=scorer,
            pay_once=pay_once,
            asks=self.asks,
            find_aspects=find_aspects,
        )
        self.handle = self._handler(score_excluded=score_excluded)

    def _handler(self, *, score_excluded: bool) -> SentimentHandler:
        score_part = self.score_part = ScorePart(
            objects=self.objects,
            reviews=self.reviews,
            opinions=self.opinions,
            read_documents=self.read_documents,
            suppressions=self.suppressions,
            scores_all=score_excluded,
        )
        total_products = TotalProducts(
            objects=self.objects,
            opinions=self.opinions,
            product_sentiments=self.products,
            stage=self.stage,
            ledger=self.ledger,
            announcer=self.announcer,
        )
        return SentimentHandler(
            stage=self.stage,
            score_part=score_part,
            total_products=total_products,
        )

    async def ingest(self, *parts: Sequence[Customer], run_id: str = RUN) -> None:
        """Store parts as ingest does; by default two, of one customer each."""
        parts = parts or tuple([customer_of(part)] for part in (1, 2))
        await self.ledger.open_run(run_id, source="test")
        await self.ledger.set_parts(run_id, len(parts))
        products = dict.fromkeys(
            product for customers in parts for customer in customers for product in customer.product_ids
        )
        await self.objects.put_lines(object_keys.products(run_id), map(product_of, products))
        for part, customers in enumerate(parts, start=1):
            await self.objects.put_lines(object_keys.customers(run_id, part), customers)
            report = PartReport(
                stage=StageName.INGEST, name=part_name(part), started_at=START, finished_at=START
            )
            await finish_part(self.ledger, run_id, part, report)

    async def share(self, part: int, *texts: SharedText, run_id: str = RUN) -> None:
        """Store a part's shared texts."""
        await self.objects.put_lines(object_keys.shared_texts(run_id, part), texts)

    async def scored(self, part: int, run_id: str = RUN) -> list[ScoredReview]:
        """The stored result of a part."""
        return await self.objects.get_lines(object_keys.sentiment(run_id, part), ScoredReview)

    async def score_all(self, parts: int = 2, run_id: str = RUN) -> None:
        """Deliver every part's message."""
        for part in range(1, parts + 1):
            await self.handle(message(part, parts=parts, run_id=run_id))


def customer_of(number: int, *words: str) -> Customer:
    """A customer with a review of product `p` for each wording, by default "good", and a silent one."""
    spoken = words or ("good",)
    reviews = [
        Review(review_id=f"r{number}-{index}", product_ids=("p",), text=text)
        for index, text in enumerate(spoken)
    ]
    silent = Review(review_id=f"s{number}", product_ids=("p",))
    return Customer(customer_id=f"c{number}", reviews=(*reviews, silent))


def product_of(product_id: str) -> Product:
    """A product."""
    return Product.model_validate(
        {
            "product_id": product_id,
            "name": "Kettle",
            "category": ("Home", "Kettles"),
            "price": 1,
            "currency": "INR",
        }
    )


def message(part: int, message_id: str = "m", *, parts: int = 2, run_id: str = RUN) -> Message:
    """The message about one part."""
    data = DataIngested(
        part=part,
        parts=parts,
        key=object_keys.customers(run_id, part),
        customers=1,
        reviews=2,
    )
    return Message(
        message_id, "receipt", new_event(data, run_id=run_id, source="ingest").model_dump_json(), 1, 0
    )
