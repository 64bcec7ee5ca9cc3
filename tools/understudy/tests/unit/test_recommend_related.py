"""Items that go with an item, by histories and descriptions, and what is popular."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tools.understudy.tests.shops import (
    N_ITEMS,
    departments,
    kinds,
    nothing_known,
    random_events,
    sequences,
)
from understudy.engines.recommend import (
    Histories,
    PopularItems,
    RelatedItems,
)

seeds = st.integers(0, 2**32 - 1)
SHOP = sequences([[0, 1], [0, 1], [1, 2], [3, 4], [3, 4], [0, 1, 5]], n_items=7)


def related(model: RelatedItems, item: int, limit: int = 3) -> list[int]:
    """Return what goes with an item."""
    [found] = model.rank([item], limit)
    return [int(each) for each in found]


def test_what_is_bought_together_goes_together() -> None:
    """Whatever the order in which it is bought."""
    model = RelatedItems.of(SHOP, nothing_known(7))
    assert related(model, 0, 1) == [1]
    assert related(model, 1, 1) == [0]
    assert related(model, 4, 1) == [3]


def test_descriptions_relate_what_nobody_has_bought() -> None:
    """By labels, where histories say nothing."""
    model = RelatedItems.of(SHOP, kinds(7))
    assert related(model, 6, 1) == [1]  # the kind of 1 and of 6
    assert related(model, 1, 1) == [0]


def test_an_unknown_item_gets_what_is_popular() -> None:
    """And so does one that goes with nothing; it is never there itself."""
    model = RelatedItems.of(SHOP, nothing_known(7))
    popular = [int(each) for each in PopularItems.of(SHOP).first(3)]
    assert related(model, -1) == popular == [1, 0, 3]
    assert related(model, 6) == popular


def mask_of(*items: int, size: int = 7) -> NDArray[np.bool_]:
    """Return a mask that allows some items."""
    mask = np.zeros(size, dtype=bool)
    mask[list(items)] = True
    return mask


@pytest.mark.parametrize("limit", [0, 1, 2, 7, 100])
def test_only_allowed_items_are_there_and_each_once(limit: int) -> None:
    """As many as there may be, without the item itself."""
    model = RelatedItems.of(SHOP, nothing_known(7))
    allowed = mask_of(0, 1, 3, 6)
    [found] = model.rank([1], limit, [allowed])
    assert len(set(found.tolist())) == found.size == min(limit, 3)
    assert set(found.tolist()) <= {0, 3, 6}


@given(seed=seeds, limit=st.integers(1, 10))
def test_a_short_list_is_the_beginning_of_a_long_one(seed: int, limit: int) -> None:
    """The limit chooses, and does not change the order."""
    shop = Histories.of(random_events(seed))
    model = RelatedItems.of(shop, kinds())
    items = [0, 7, N_ITEMS - 1, -1]
    for short, whole in zip(model.rank(items, limit), model.rank(items, N_ITEMS), strict=True):
        assert short.tolist() == whole.tolist()[:limit]


@given(seed=seeds)
def test_every_item_is_related_to_every_other_in_the_end(seed: int) -> None:
    """A list that is long enough has all of them but the one that is asked about."""
    shop = Histories.of(random_events(seed))
    [found] = RelatedItems.of(shop, kinds()).rank([3], N_ITEMS)
    assert sorted(found.tolist()) == [item for item in range(N_ITEMS) if item != 3]


def test_what_can_be_recommended_is_known() -> None:
    """All that goes with anything, and the popular items that fill lists up."""
    model = RelatedItems.of(SHOP, nothing_known(7))
    assert model.reachable(1).tolist() == [True, True, True, True, True, True, False]


def test_popular_is_what_has_most_interactions() -> None:
    """Whatever they weigh; ties are in the order of codes, and a mask leaves the order as it is."""
    popular = PopularItems.of(SHOP)
    assert popular.first(7).tolist() == [1, 0, 3, 4, 2, 5, 6]
    assert popular.first(2, mask_of(6, 4, 0)).tolist() == [0, 4]
    assert popular.first(0).tolist() == []


def test_related_items_of_departments_are_of_the_next_one() -> None:
    """People go from one kind to the next: what stands together is mostly of a neighbouring kind."""
    shop = sequences(departments(600), n_items=96)
    model = RelatedItems.of(shop, nothing_known(96))
    near = [
        (other // 12 - item // 12) % 8 in {0, 1, 2, 6, 7}
        for item in range(96)
        for other in related(model, item, 5)
    ]
    assert sum(near) / len(near) > 0.7
