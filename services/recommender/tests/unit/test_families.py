from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from encore.contracts.records import Customer
from encore.recommender.domain.families import MAX_FAMILY, Families, SharedReviews
from encore.recommender.domain.families.alike import alike
from encore.recommender.domain.names import cosine, tokens, vector
from services.recommender.tests.fakes import product, review

NAMES = st.lists(
    st.lists(st.sampled_from(["red", "blue", "usb", "cable", "fast", "lamp", "1m"]), max_size=7).map(
        " ".join
    ),
    max_size=12,
)


def same(families: Families, one: str, other: str) -> bool:
    """Return whether two products belong to one family."""
    return not families.labels(one).isdisjoint(families.labels(other))


@given(NAMES)
def test_the_index_finds_exactly_the_similar_names(names: list[str]) -> None:
    """It misses no pair over the threshold and adds none, compared with trying every pair."""
    counts = {str(number): tokens(name) for number, name in enumerate(names)}
    vectors = {key: vector(own) for key, own in counts.items()}
    every = {
        frozenset(pair)
        for pair in combinations(counts, 2)
        if cosine(vectors[pair[0]], vectors[pair[1]]) > 0.8
    }
    assert {frozenset((one, other)) for one, other, _ in alike(counts, threshold=0.8)} == every


def test_products_that_share_their_reviews_are_variants() -> None:
    """Whatever their names are; a small shared part is not enough."""
    shared = SharedReviews()
    reviews = [review("R1", "P1", "P2"), *(review(f"S{n}", "P3") for n in range(4)), review("R2", "P3", "P4")]
    shared.add([Customer(customer_id="C", reviews=tuple(reviews))])
    catalogue = {key: product(key, name) for key, name in zip(("P1", "P2", "P3", "P4"), "abcd", strict=True)}
    families = Families.of(catalogue, shared)
    assert same(families, "P1", "P2")
    assert not same(families, "P3", "P4")


def test_two_products_of_one_customer_are_not_variants() -> None:
    """Two reviews by one person do not make their products the same."""
    shared = SharedReviews()
    shared.add([Customer(customer_id="C", reviews=(review("R1", "P1"), review("R2", "P2")))])
    families = Families.of({"P1": product("P1", "kettle"), "P2": product("P2", "lantern")}, shared)
    assert not same(families, "P1", "P2")


def test_colours_of_one_name_are_variants() -> None:
    """Apart from case and punctuation, their words are nearly the same."""
    catalogue = {
        "P1": product("P1", "Tuff USB-C Cable 60W Fast Charging, 1 m (Red)"),
        "P2": product("P2", "tuff usb-c cable 60w fast charging 1 m - blue"),
        "P3": product("P3", "Glow Desk Lamp (Red)"),
    }
    families = Families.of(catalogue, SharedReviews())
    assert same(families, "P1", "P2")
    assert not same(families, "P1", "P3")


def test_any_number_of_products_with_one_name_is_one_family() -> None:
    """A shop with thousands of products of the same name is still processed quickly."""
    catalogue = {f"P{number}": product(f"P{number}", "Plain Cotton Shirt") for number in range(3_000)}
    catalogue |= {f"N{number}": product(f"N{number}", "...") for number in range(2)}
    families = Families.of(catalogue, SharedReviews())
    assert len({families.labels(f"P{number}") for number in range(3_000)}) == 1
    assert not same(families, "N0", "N1")


def test_a_family_does_not_grow_into_a_chain() -> None:
    """Beyond the maximum size only the similar pair itself counts as variants, not both whole families."""
    chain = [f"P{number:02}" for number in range(MAX_FAMILY + 4)]
    families = Families([(one, other, 0.9) for one, other in pairwise(chain)])
    for one, other in pairwise(chain):
        assert same(families, one, other)
    assert not same(families, chain[0], chain[-1])


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.floats(0.8, 1)), max_size=80))
def test_every_similar_pair_belongs_to_one_family(pairs: list[tuple[int, int, float]]) -> None:
    """Whatever the order, and despite the maximum size."""
    named = [(str(one), str(other), closeness) for one, other, closeness in pairs]
    families = Families(named)
    assert all(same(families, one, other) for one, other, _ in named)
