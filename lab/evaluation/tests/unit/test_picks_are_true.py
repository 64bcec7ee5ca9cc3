"""Every reason that the recommender gives is proved by the checks, which have code of their own."""

from dataclasses import replace

import pytest

from fondly.contracts import object_keys
from fondly.contracts.records import Customer, Purchase, ReasonKind
from fondly.evaluation.own_data.picking import pick_products
from fondly.evaluation.own_data.reading import Data, read_data
from fondly.evaluation.own_data.report import evaluate_data
from fondly.evaluation.own_data.scoring import read_texts
from fondly.evaluation.reasons.checking import ReasonReport, check_reasons
from fondly.evaluation.reasons.stored_run import StoredRun
from fondly.evaluation.sample import write_sample
from fondly.recommender.domain.history.history import History
from fondly.recommender.domain.history.preferences import scores_by_review
from fondly.recommender.domain.picking.rules import Rules, RunRules
from fondly.recommender.domain.shop.merchandising import ShopRules
from fondly.recommender.domain.study import learned_keys
from fondly.sentiment.domain.readings import scored_reviews
from tests.support.clothing import ClothingShop
from tests.support.stores import InMemoryObjects

RUN = "run-1"
NOW = 1_800_000_000
PARTS = (1, 2)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """A shop of many departments."""
    path = tmp_path_factory.mktemp("sample") / "sample.csv"
    write_sample(path, customers=500, products=100)
    return read_data(path)


@pytest.fixture(scope="module")
def clothing(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """A shop that lists each garment in its sizes and colours."""
    folder = tmp_path_factory.mktemp("clothing")
    ClothingShop(customers=400).write(folder)
    return read_data(folder)


@pytest.fixture(scope="module")
def orders(sample: Data) -> Data:
    """The first shop, of which most is known by orders: what was bought is reviewed as well, or not."""
    return replace(sample, customers=[_with_orders(one) for one in sample.customers])


def _with_orders(customer: Customer) -> Customer:
    """Return the customer with an order of every product; of most, nothing else is known."""
    number = sum(map(ord, customer.customer_id))
    bought = (
        Purchase(order_id=f"{customer.customer_id}-{at // 2}", product_id=each, timestamp=NOW - at)
        for at, each in enumerate(customer.product_ids)
    )
    reviews = customer.reviews if number % 3 == 0 else ()
    return customer.model_copy(update={"reviews": reviews, "purchases": tuple(bought)})


async def checked(data: Data, rules: RunRules) -> ReasonReport:
    """Pick for all customers as a run does, store it in two parts, and check every reason."""
    texts, objects = read_texts(data.customers, data.shared_texts), InMemoryObjects()
    picked = pick_products(
        data.products,
        data.customers,
        texts=texts,
        shared_texts=data.shared_texts,
        rules=rules,
        now=NOW,
    )
    await objects.put_lines(learned_keys.products(RUN), data.products)
    stored = rules.model_dump_json().encode()
    await objects.put(object_keys.run_rules(RUN), stored, content_type="application/json")
    for part in PARTS:
        own = [number % len(PARTS) == part - 1 for number in range(len(data.customers))]
        customers = [one for one, mine in zip(data.customers, own, strict=True) if mine]
        lists = [one for one, mine in zip(picked.recommendations, own, strict=True) if mine]
        await objects.put_lines(object_keys.customers(RUN, part), customers)
        scored = scored_reviews(customers, texts)
        histories = [History.of(one, scores_by_review(scored), run_id=RUN, now=NOW) for one in customers]
        await objects.put_lines(object_keys.sentiment(RUN, part), scored)
        await objects.put_lines(learned_keys.history(RUN, part), histories)
        await objects.put_lines(object_keys.recommendations(RUN, part), lists)
    return await check_reasons(
        StoredRun(run_id=RUN, objects=objects, parts=PARTS, recommended=PARTS, now=NOW)
    )


@pytest.mark.parametrize("shop", ["sample", "clothing", "orders"])
async def test_no_reason_of_a_whole_shop_is_false(shop: str, request: pytest.FixtureRequest) -> None:
    """Of five kinds or more, among them links between customers."""
    data: Data = request.getfixturevalue(shop)
    report = await checked(data, RunRules(rules=Rules()))
    assert report.first_false == []
    assert report.customers == len(data.customers)
    assert 3 * len(data.customers) <= sum(report.checked.values()) <= 5 * len(data.customers)
    assert len(report.checked) >= 5
    assert ReasonKind.BOUGHT_TOGETHER in report.checked


async def test_pinned_products_are_truly_featured(sample: Data) -> None:
    """The shop said so."""
    pinned = sample.products[0].product_id
    report = await checked(sample, RunRules(rules=Rules(), shop=ShopRules(pinned=(pinned,))))
    assert report.first_false == []
    assert report.checked[ReasonKind.FEATURED] > 0


def test_no_customer_gets_a_garment_in_two_sizes(clothing: Data) -> None:
    """Sixty garments, however many products they are listed as."""
    report = evaluate_data(clothing, RunRules(rules=Rules()))
    assert report.data.families == 60
    assert report.lists.family_duplicates == 0
    fondly, popularity = report.held_out.fondly, report.held_out.popularity
    assert fondly.leaf.low > popularity.leaf.high
    assert fondly.family.low > popularity.family.high
    assert fondly.level_2.mean >= popularity.level_2.low  # five best sellers are of nearly all six parts
