"""Ranks products for customers: the recommender's datasets, trained on by the stand-in for Personalize."""

from collections.abc import Iterable, Mapping, Sequence

from fondly.contracts.records import Customer, Product, ProductSentiment
from fondly.recommender.adapters.personalize.plan import EVENT_WEIGHTS
from fondly.recommender.domain.history.preferences import Preference
from fondly.recommender.domain.personalize.datasets import (
    FILTERED,
    INTERACTIONS,
    ITEMS,
    DatasetSchema,
    Row,
    csv_file,
    is_fit_id,
)
from fondly.recommender.domain.personalize.rankings import ranked_customers
from fondly.recommender.domain.personalize.rows import interaction_rows, item_row
from fondly.recommender.settings import RecommenderSettings
from fondly.runtime.training_minimums import DataSize
from understudy.personalize.csv_import import TableReader
from understudy.personalize.errors import JobFailedError
from understudy.personalize.event_rules import EventRule, EventRules
from understudy.personalize.plan import DatasetSnapshot, TrainingPlan
from understudy.personalize.schemas import parse_schema
from understudy.personalize.trained import PersonalModel, Query
from understudy.personalize.training import train

Rankings = Mapping[str, Sequence[str]]
Preferences = Mapping[str, Sequence[Preference]]

NUM_RESULTS: int = RecommenderSettings.model_fields["recommender_num_results"].default
_RULES = EventRules({kind.value: EventRule(weight) for kind, weight in EVENT_WEIGHTS.items()}, default=None)
_NOT_LEARNED = {kind: frozenset(columns) for kind, columns in FILTERED.items()}


def rank_products(
    customers: Sequence[Customer],
    preferences: Preferences,
    products: Iterable[Product],
    sentiments: Iterable[ProductSentiment],
    *,
    now: int,
) -> Rankings:
    """Return product ids by customer who may be mailed, best first; nothing if there is too little data."""
    rows: list[Row] = []
    size = DataSize()
    for customer in customers:
        own = list(interaction_rows(customer, preferences[customer.customer_id], default_timestamp=now))
        rows += own if is_fit_id(customer.customer_id) else []
        size = size.plus(DataSize.of_customer(len(own)))
    if size.shortfall is not None:
        return {}
    by_product = {each.product_id: each for each in sentiments}
    items = [item_row(one, by_product.get(one.product_id)) for one in products if is_fit_id(one.product_id)]
    asked = ranked_customers(customers)
    try:
        found = _trained(rows, items).answer([Query(user=each) for each in asked], NUM_RESULTS)
    except JobFailedError:
        return {}
    return {one: ranked.items for one, ranked in zip(asked, found, strict=True)}


def _trained(interactions: Sequence[Row], items: Sequence[Row]) -> PersonalModel:
    snapshots = (_imported(INTERACTIONS, interactions), _imported(ITEMS, items))
    plan = TrainingPlan({each.schema.name: each for each in snapshots}, _RULES, excluded=_NOT_LEARNED)
    return train(plan)


def _imported(schema: DatasetSchema, rows: Sequence[Row]) -> DatasetSnapshot:
    parsed = parse_schema(schema.avro)
    reader = TableReader(parsed)
    reader.read(csv_file(schema.columns, rows).splitlines(keepends=True))
    return DatasetSnapshot(parsed, reader.table())
