"""A made-up shop and doubles for the tests."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from fondly.contracts import object_keys
from fondly.contracts.records import (
    Customer,
    CustomerEvent,
    EventKind,
    Product,
    ProductSentiment,
    Purchase,
    Review,
    ScoredReview,
    Sentiment,
    SentimentScores,
)
from fondly.recommender.adapters.personalize.kinds import Kind
from fondly.recommender.adapters.personalize.plan import ResourceSpec
from fondly.recommender.adapters.turns import ITEM, DynamoDBKnownShop, DynamoDBTurns
from fondly.recommender.domain.history.customer_events import Visit, surplus
from fondly.recommender.ports import (
    NotReadyError,
    QuotaError,
    RankedObjects,
    RefusedError,
    VanishedError,
)
from fondly.recommender.use_cases.keep_rankings import KeepRankings
from fondly.recommender.use_cases.know_customers import KnowCustomers
from fondly.recommender.use_cases.prepare_datasets import PrepareDatasets
from fondly.recommender.use_cases.study_shop import KnowCatalogue, StudyShop
from fondly.runtime.batches import batches
from fondly.runtime.ports import Objects
from fondly.runtime.storage import to_item
from tests.support.dynamodb import InMemoryDynamoDB, Item
from tests.support.stores import InMemoryItems

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

CATEGORIES = (
    ("Kitchen", "Kettles"),
    ("Kitchen", "Knives"),
    ("Garden", "Hoses"),
    ("Garden", "Lanterns"),
    ("Office", "Lamps"),
    ("Office", "Chairs"),
)
WORDS = (
    "amber",
    "brisk",
    "cobalt",
    "dapper",
    "ember",
    "fjord",
    "grand",
    "hazel",
    "iris",
    "jolly",
    "koi",
    "lunar",
)
COLOURS = ("red", "blue")
ROLE = "arn:role"
DATASETS = ("interactions", "items", "users")
ARNS = (
    "dataset_group",
    *(f"{what}_{kind}" for what in ("schema", "dataset", "import") for kind in DATASETS),
    *("solution", "filter", "solution_version", "batch_job"),
)
"""The keys of all resources of a run."""
PARENTS = {"datasetGroupArn", "schemaArn", "datasetArn", "solutionArn", "solutionVersionArn"}
"""The parameters that name what a resource is made from."""


def product(product_id: str, name: str, category: tuple[str, ...] = (), **facts: object) -> Product:
    """A product for 100 rupees."""
    values = {"price": Decimal(100), "currency": "INR", **facts}
    return Product.model_validate({"product_id": product_id, "name": name, "category": category, **values})


def review(review_id: str, *product_ids: str, **facts: object) -> Review:
    """A review that may be shown under several products."""
    return Review.model_validate({"review_id": review_id, "product_ids": product_ids, **facts})


def purchase(order_id: str, product_id: str, timestamp: int | None = None) -> Purchase:
    """A line of an order."""
    return Purchase(order_id=order_id, product_id=product_id, timestamp=timestamp)


def scores(polarity: float) -> SentimentScores:
    """Scores of the given polarity."""
    return SentimentScores(
        positive=max(polarity, 0.0), negative=max(-polarity, 0.0), neutral=1 - abs(polarity), mixed=0.0
    )


@dataclass(frozen=True)
class Shop:
    """A catalogue and customers in parts, as ingest and sentiment leave them."""

    products: list[Product]
    sentiments: list[ProductSentiment]
    parts: list[list[Customer]]
    scored: list[list[ScoredReview]]

    @property
    def customers(self) -> list[Customer]:
        """Every customer."""
        return [customer for part in self.parts for customer in part]

    async def store(self, objects: Objects, run_id: str) -> None:
        """Store everything under the keys that the recommender reads."""
        await objects.put_lines(object_keys.products(run_id), self.products)
        await objects.put_lines(object_keys.product_sentiment(run_id), self.sentiments)
        for part, (customers, scored) in enumerate(zip(self.parts, self.scored, strict=True), start=1):
            await objects.put_lines(object_keys.customers(run_id, part), customers)
            await objects.put_lines(object_keys.sentiment(run_id, part), scored)


def made_up_shop(*, customers: int, part_size: int, seed: int = 1, prefix: str = "C") -> Shop:
    """A shop with 144 products: 72 pairs of colour variants that share their reviews.

    Its customers are called by the prefix and a number: other shops on the same stack have others.
    """
    chance = random.Random(seed)  # noqa: S311 - test data
    families = [(word, category) for category in CATEGORIES for word in WORDS]
    products = [
        product(
            f"P{number}{colour}",
            f'{word} {category[1]} number {number} {colour}, "best" in class',
            category,
            rating=Decimal(4),
            rating_count=chance.randint(1, 900),
        )
        for number, (word, category) in enumerate(families)
        for colour in COLOURS
    ]
    people = [_customer(f"{prefix}{number}", number, chance, len(families)) for number in range(customers)]
    parts = [list(part) for part in batches(people, part_size)]
    return Shop(
        products=products,
        sentiments=[
            ProductSentiment(product_id=one.product_id, positive=3, polarity=0.5) for one in products
        ],
        parts=parts,
        scored=[[_scored(one, r, chance) for one in part for r in one.reviews] for part in parts],
    )


def _customer(name: str, number: int, chance: random.Random, families: int) -> Customer:
    """Give half of the customers one product and the others more, mostly from one category."""
    size = 1 if number % 2 else chance.randint(2, 5)
    start = chance.randrange(families - len(WORDS))
    picked = chance.sample(range(start, start + len(WORDS)), size)
    return Customer(
        customer_id=name,
        name=f"Name {number}",
        email=f"{name.lower()}@example.com",
        age=chance.choice((None, 17, 30, 70)),
        reviews=tuple(review(f"R{number}-{family}", f"P{family}red", f"P{family}blue") for family in picked),
    )


def _scored(customer: Customer, about: Review, chance: random.Random) -> ScoredReview:
    return ScoredReview(
        review_id=about.review_id,
        customer_id=customer.customer_id,
        product_ids=about.product_ids,
        sentiment=Sentiment.POSITIVE,
        scores=scores(chance.uniform(0.3, 1.0)),
    )


@dataclass
class InMemoryPersonalize:
    """Creates whatever is wanted; each resource is active from the second look on."""

    failures: Mapping[Kind, str] = field(default_factory=dict)
    busy: set[Kind] = field(default_factory=set)
    full: set[Kind] = field(default_factory=set)
    made: dict[str, ResourceSpec] = field(default_factory=dict)
    creations: int = 0
    created: list[str] = field(default_factory=list)
    _looks: dict[str, int] = field(default_factory=dict)

    async def ensure(self, wanted: ResourceSpec) -> str:
        """Find or create; raise `NotReadyError` for busy kinds, `QuotaError` for full ones.

        Raises `VanishedError` if something that it is made from does not exist.
        """
        if wanted.kind in self.busy:
            raise NotReadyError(wanted.kind)
        if wanted.kind in self.full:
            raise QuotaError(wanted.kind)
        for arn in (value for name, value in wanted.request.items() if name in PARENTS):
            if arn not in self.made:
                raise VanishedError(f"Resource Arn {arn} does not exist.")
        existing = (
            arn for arn, made in self.made.items() if (made.kind, made.name) == (wanted.kind, wanted.name)
        )
        if arn := next(existing, None):
            if wanted.kind is Kind.CAMPAIGN and self.made[arn] != wanted:
                self.made[arn] = wanted  # an update, which takes a while
                self._looks.pop(arn)
            return arn
        self.creations += 1
        arn = f"arn:{wanted.kind}:{wanted.name}"
        if wanted.kind is Kind.SOLUTION_VERSION:  # AWS never gives one's ARN to another
            arn += f"/{self.creations}"
        self.created.append(arn)
        self.made[arn] = wanted
        return arn

    async def is_active(self, kind: Kind, arn: str) -> bool:
        """Return False the first time; raise `RefusedError` for kinds that are to fail."""
        if arn not in self.made and kind is not Kind.SCHEMA:
            raise VanishedError(f"Resource Arn {arn} does not exist.")
        self._looks[arn] = self._looks.get(arn, 0) + 1
        if kind in self.failures:
            raise RefusedError(self.failures[kind])
        return self._looks[arn] > 1

    async def something_is_missing(self, *_: object) -> bool:
        """Something that is none of the run's own is missing."""
        raise VanishedError("no such recipe")

    async def find(self, kind: Kind, name: str, request: Mapping[str, Any]) -> str | None:
        """Return the ARN of what has been made with this name and not deleted."""
        assert not {"datasetGroupArn"}.intersection(request) or request["datasetGroupArn"] in self.made
        arn = f"arn:{kind}:{name}"
        return arn if arn in self.made else None

    async def solutions(self, group_arn: str) -> dict[str, str]:
        """Return the solutions of a group by name, the newest first."""
        made = {
            spec.name: arn
            for arn, spec in self.made.items()
            if spec.kind is Kind.SOLUTION and spec.request["datasetGroupArn"] == group_arn
        }
        return dict(reversed(made.items()))

    async def delete(self, kind: Kind, arn: str) -> bool:
        """Delete it; return False for kinds that are busy, and for a solution that a campaign answers by."""
        answering = {
            self.made[str(spec.request["solutionVersionArn"])].request["solutionArn"]
            for spec in self.made.values()
            if spec.kind is Kind.CAMPAIGN
        }
        if kind in self.busy or arn in answering:
            return False
        self.vanish(arn)
        return True

    def vanish(self, *arns: str) -> None:
        """Somebody deletes these, after all that was made from them, as AWS requires."""
        for arn in arns:
            made_from_it = [
                other
                for other, spec in self.made.items()
                if arn in {value for name, value in spec.request.items() if name in PARENTS}
            ]
            self.vanish(*made_from_it)
            self.made.pop(arn, None)
            self._looks.pop(arn, None)


def preparing(objects: RankedObjects) -> tuple[PrepareDatasets, StudyShop]:
    """What a run without kept rankings or earlier runs goes through before its training."""
    know, dynamodb = KnowCatalogue(objects=objects), cast("DynamoDBClient", InMemoryDynamoDB())
    known_shop = DynamoDBKnownShop(dynamodb, table="runs", name="shop")
    customers = KnowCustomers(
        items=InMemoryItems("customer_id"), objects=objects, events=InMemoryKeptEvents()
    )
    prepare = PrepareDatasets(
        objects=objects,
        know=know,
        customers=customers,
        rankings=nothing_kept(objects),
        known_shop=known_shop,
        suppressions=InMemoryItems("entry"),
        most_witnesses=0,
    )
    study = StudyShop(objects=objects, know=know, customers=customers, known_shop=known_shop)
    return prepare, study


def nothing_kept(objects: RankedObjects) -> KeepRankings:
    """Rankings of which none is kept."""
    return KeepRankings(
        items=InMemoryItems("customer_id", "run_id"),
        objects=objects,
        solution="",
        days=0,
    )


class InMemoryTurns(DynamoDBTurns):
    """The real turns on a table in memory."""

    def __init__(self) -> None:
        dynamodb = InMemoryDynamoDB()
        self._items: dict[tuple[str, str], Item] = dynamodb.items
        super().__init__(cast("DynamoDBClient", dynamodb), table="runs", name="shop")

    @property
    def run_id(self) -> str | None:
        """The run whose turn it is; setting it replaces the turn."""
        return next((item["owner"]["S"] for item in self._items.values()), None)

    @run_id.setter
    def run_id(self, run_id: str | None) -> None:
        self._items.clear()
        if run_id is not None:
            self._items["turn#shop", ITEM] = {**self._key, **to_item({"owner": run_id})}


def an_event(event_id: str = "e1", **facts: object) -> CustomerEvent:
    """A click of `C1` on `P1`, unless said otherwise."""
    values = {
        "customer_id": "C1",
        "product_id": "P1",
        "kind": EventKind.CLICKED,
        "timestamp": 1_764_000_000,
        **facts,
    }
    return CustomerEvent.model_validate({"event_id": event_id, **values})


class InMemoryKeptEvents:
    """Customers' latest events in a dictionary."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, CustomerEvent]] = {}

    async def add(self, customer_id: str, events: Sequence[CustomerEvent]) -> int:
        """Add events; return how many are new."""
        known = self.known.setdefault(customer_id, {})
        new = {one.event_id: one for one in events if one.event_id not in known}
        known |= new
        for one in surplus(list(known.values())):
            del known[one.event_id]
        return len(new)

    async def of(self, customer_ids: Iterable[str]) -> Mapping[str, Sequence[CustomerEvent]]:
        """Return events, newest first."""
        found = {one: self.known[one] for one in customer_ids if self.known.get(one)}
        return {
            name: tuple(sorted(events.values(), key=lambda one: (-one.timestamp, one.event_id)))
            for name, events in found.items()
        }


@dataclass
class InMemorySink:
    """Takes visits while there is a tracker; takes none with events of `refused` products."""

    has_tracker: bool = True
    refused: set[str] = field(default_factory=set)
    told: list[Visit] = field(default_factory=list)

    async def tell(self, visit: Visit) -> bool:
        """Take a visit."""
        takes = self.has_tracker and not any(one.product_id in self.refused for one in visit.events)
        if takes:
            self.told.append(visit)
        return takes

    @property
    def events(self) -> set[str]:
        """The ids of the events that were taken."""
        return {one.event_id for visit in self.told for one in visit.events}
