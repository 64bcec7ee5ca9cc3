"""Ranks products for customers: the recommender's datasets, trained on by the stand-in for Personalize."""

from collections.abc import Iterable, Mapping, Sequence

from encore.contracts.records import Customer, Product, ProductSentiment
from encore.recommender.domain.batch import ranked_customers
from encore.recommender.domain.catalogue import Catalogue
from encore.recommender.domain.csv_files import Row, csv_file, is_fit_id
from encore.recommender.domain.engines import EVENT_WEIGHTS, Engine, EngineName, SimilarRecipe
from encore.recommender.domain.preferences import Preference
from encore.recommender.domain.related import NOTHING_RELATED, Related, RelatedTo
from encore.recommender.domain.related import NUM_RESULTS as MOST_RELATED
from encore.recommender.domain.rows import interaction_rows, item_row
from encore.recommender.domain.schemas import FILTERED, INTERACTIONS, ITEMS, DatasetSchema
from encore.recommender.domain.woven import seeds_of, woven
from encore.recommender.settings import RecommenderSettings
from encore.runtime.training_minimums import DataSize
from understudy.personalize.csv_import import TableReader
from understudy.personalize.errors import JobFailedError
from understudy.personalize.event_rules import EventRule, EventRules
from understudy.personalize.plan import DatasetSnapshot, TrainingPlan
from understudy.personalize.schemas import parse_schema
from understudy.personalize.trained import ItemModel, Query
from understudy.personalize.training import train

Rankings = Mapping[str, Sequence[str]]
Preferences = Mapping[str, Sequence[Preference]]

NUM_RESULTS: int = RecommenderSettings.model_fields["recommender_num_results"].default
_RULES = EventRules({kind.value: EventRule(weight) for kind, weight in EVENT_WEIGHTS.items()}, default=None)
_ALL_ALIKE = EventRules({}, default=EventRule(1.0))
_NOT_LEARNED = {kind: frozenset(columns) for kind, columns in FILTERED.items()}
BATCH = Engine()


def rank_products(
    customers: Sequence[Customer],
    preferences: Preferences,
    products: Iterable[Product],
    sentiments: Iterable[ProductSentiment],
    *,
    now: int,
    engine: Engine = BATCH,
) -> Rankings:
    """Return product ids by customer id, best first; nothing when there is too little data to learn from.

    The files go through the importer of the stand-in, as those of a run do, and customers who may not be
    mailed are learned from but have no ranking. What has no time gets `now`. Where an engine is asked about
    products, what goes with them is woven as in a run; a campaign ranks as a batch job does.
    """
    model = _model(customers, preferences, products, sentiments, now=now, engine=engine)
    if model is None:
        return {}
    asked = ranked_customers(customers)
    return _woven(model, asked, preferences) if engine.asks_by_product else _ranked(model, asked)


def relate_products(
    customers: Sequence[Customer],
    preferences: Preferences,
    catalogue: Catalogue,
    sentiments: Iterable[ProductSentiment],
    *,
    now: int,
    recipe: SimilarRecipe,
) -> Related:
    """Return what goes with each product, as a run asks for it; nothing where there is too little data."""
    engine, products = Engine.of(EngineName.SIMILAR, recipe), catalogue.products
    model = _model(customers, preferences, products.values(), sentiments, now=now, engine=engine)
    if model is None:
        return NOTHING_RELATED
    asked = [one for one in products if is_fit_id(one)]
    found = model.answer([Query(item=one) for one in asked], MOST_RELATED)
    answers = zip(asked, found, strict=True)
    lists = (RelatedTo.of(one, each.items, catalogue.category) for one, each in answers)
    return Related.of(lists, catalogue.family)


def _model(
    customers: Sequence[Customer],
    preferences: Preferences,
    products: Iterable[Product],
    sentiments: Iterable[ProductSentiment],
    *,
    now: int,
    engine: Engine,
) -> ItemModel | None:
    rows: list[Row] = []
    size = DataSize()
    for customer in customers:
        own = list(interaction_rows(customer, preferences[customer.customer_id], default_timestamp=now))
        rows += own if is_fit_id(customer.customer_id) else []
        size = size.plus(DataSize.of_customer(len(own)))
    if engine.needs_interactions and size.shortfall is not None:
        return None
    by_product = {each.product_id: each for each in sentiments}
    items = [item_row(one, by_product.get(one.product_id)) for one in products if is_fit_id(one.product_id)]
    try:
        return _trained(rows, items, engine)
    except JobFailedError:
        return None


def _trained(interactions: Sequence[Row], items: Sequence[Row], engine: Engine) -> ItemModel:
    snapshots = (_imported(INTERACTIONS, interactions), _imported(ITEMS, items))
    rules = _RULES if engine.events_config else _ALL_ALIKE
    plan = TrainingPlan({each.schema.name: each for each in snapshots}, rules, excluded=_NOT_LEARNED)
    model = train(plan, engine.recipe_arn)
    if not isinstance(model, ItemModel):
        raise TypeError(f"{engine.recipe_arn} recommends no items")
    return model


def _ranked(model: ItemModel, customer_ids: Sequence[str]) -> Rankings:
    found = model.answer([Query(user=customer_id) for customer_id in customer_ids], NUM_RESULTS)
    return {one: ranked.items for one, ranked in zip(customer_ids, found, strict=True)}


def _woven(model: ItemModel, customer_ids: Sequence[str], preferences: Preferences) -> Rankings:
    seeds = {one: seeds_of(preferences[one]) for one in customer_ids}
    asked = sorted({seed.product_id for own in seeds.values() for seed in own})
    found = model.answer([Query(item=product_id) for product_id in asked], NUM_RESULTS)
    lists = {one: ranked.items for one, ranked in zip(asked, found, strict=True)}
    rankings = {
        one: woven(own, lists, {each.product_id for each in preferences[one]}) for one, own in seeds.items()
    }
    return {one: ranking for one, ranking in rankings.items() if ranking}


def _imported(schema: DatasetSchema, rows: Sequence[Row]) -> DatasetSnapshot:
    parsed = parse_schema(schema.avro)
    reader = TableReader(parsed)
    reader.read(csv_file(schema.columns, rows).splitlines(keepends=True))
    return DatasetSnapshot(parsed, reader.table())
