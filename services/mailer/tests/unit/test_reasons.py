from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts.records import Product, Reason, ReasonKind
from fondly.mailer.domain.facts.reasons import LIKING, message_of, stated_reason
from fondly.mailer.domain.facts.titles import TITLE_CHARS
from fondly.mailer.domain.language import language
from fondly.mailer.domain.text import MAX_CATEGORY_CHARS

MakeEntry = Callable[..., Product]

FALLBACK = "from our range"
OWNING = {kind for kind in ReasonKind if "product" in language("en_IN").messages.variables(message_of(kind))}
"""Reasons that name a product which the customer has."""
PHONE = "Nadir 10A (Sea Blue, 4GB RAM, 64GB Storage) | Octa Core Helio G25"
EVIDENCE = {
    "product_id": "P9",
    "product_name": PHONE,
    "review_id": "R1",
    "customers": 12,
    "category": ("Electronics", "SmartTelevisions"),
    "rank": 2,
    "out_of": 40,
}
UNREADABLE = ("", " ", "\u202e\u0000", "()", "--- | ***")


def reason(kind: ReasonKind, **changes: object) -> Reason:
    """A reason with all evidence that any kind has, and changes."""
    return Reason.model_validate({"kind": kind} | EVIDENCE | changes)


def phrase(given: Reason, product: Product) -> str:
    """The phrase of an Indian shop's email."""
    return stated_reason(given, product, locale="en_IN", own_category=("Smartphones",)).phrase


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (ReasonKind.LIKED, "because you liked your Nadir 10A"),
        (ReasonKind.ALSO_LIKED, "12 people who like the Nadir 10A like this too"),
        (ReasonKind.BOUGHT_TOGETHER, "12 people with the Nadir 10A bought this too"),
        (ReasonKind.GOES_WITH, "to go with your Nadir 10A"),
        (ReasonKind.ALSO_BOUGHT, "often bought with a smartphone"),
        (ReasonKind.BETTER_RATED, "better rated than your Nadir 10A"),
        (ReasonKind.SAME_SHELF, "from the same shelf as your Nadir 10A"),
        (ReasonKind.NEW, "new in smart televisions"),
        (ReasonKind.POPULAR_IN_CATEGORY, "popular in smart televisions"),
        (ReasonKind.WELL_RATED, "well rated by 1,24,269 customers"),
        (ReasonKind.POPULAR, "popular with our customers"),
        (ReasonKind.FEATURED, "featured in our shop"),
        (ReasonKind.ASSORTMENT, FALLBACK),
    ],
)
def test_a_phrase_states_the_evidence_of_its_kind(kind: ReasonKind, expected: str, entry: MakeEntry) -> None:
    """And nothing that other kinds know."""
    assert phrase(reason(kind), entry(1, rating_count=124269)) == expected


def test_copy_does_not_speak_of_what_only_the_same_people_bought(entry: MakeEntry) -> None:
    """It would say that the two go together; the phrase may name it, and few customers are not counted."""
    given = reason(ReasonKind.ALSO_BOUGHT, customers=3)
    found = stated_reason(given, entry(1), locale="en_IN", own_category=("Smartphones",))
    assert found.own_product is None
    assert found.phrase == "bought with a smartphone"


def test_every_kind_has_a_phrase() -> None:
    """A kind added to the contract needs one."""
    assert {message_of(kind) for kind in ReasonKind} <= language("en_IN").messages.ids


@pytest.mark.parametrize(
    ("customers", "counted"),
    [(2, False), (9, False), (10, True), (12345, True)],
)
def test_customers_are_counted_from_ten_on(customers: int, counted: bool, entry: MakeEntry) -> None:  # noqa: FBT001 - one of a table's columns
    """Fewer are people; none of it says "often"."""
    who = f"{customers:,} people" if counted else "people"
    also_liked = reason(ReasonKind.ALSO_LIKED, customers=customers)
    assert phrase(also_liked, entry(1)) == f"{who} who like the Nadir 10A like this too"
    bought = reason(ReasonKind.BOUGHT_TOGETHER, customers=customers)
    told = f"{who} with the Nadir 10A bought this too" if counted else "bought by others with the Nadir 10A"
    assert phrase(bought, entry(1)) == told


def test_one_customer_is_one(entry: MakeEntry) -> None:
    """A shop may let one be enough."""
    bought = reason(ReasonKind.BOUGHT_TOGETHER, customers=1)
    assert phrase(bought, entry(1)) == "bought by someone with the Nadir 10A"


@pytest.mark.parametrize("ratings", [None, 0, 4])
def test_few_or_unknown_ratings_are_not_counted(ratings: int | None, entry: MakeEntry) -> None:
    """The recommender knows that they are enough, perhaps from the reviews."""
    well_rated = reason(ReasonKind.WELL_RATED)
    assert phrase(well_rated, entry(1, rating_count=ratings)) == "well rated by our customers"


@pytest.mark.parametrize("kind", sorted(OWNING))
@pytest.mark.parametrize("name", [None, *UNREADABLE])
def test_without_a_readable_name_nothing_is_claimed(
    kind: ReasonKind, name: str | None, entry: MakeEntry
) -> None:
    """Least of all that the customer liked it."""
    stated = stated_reason(reason(kind, product_name=name), entry(1), locale="en_IN")
    assert (stated.kind, stated.phrase, stated.own_product) == (ReasonKind.ASSORTMENT, FALLBACK, None)


@pytest.mark.parametrize("kind", [ReasonKind.ALSO_LIKED, ReasonKind.BOUGHT_TOGETHER])
def test_without_customers_nothing_is_claimed_of_them(kind: ReasonKind, entry: MakeEntry) -> None:
    """A link that a person wrote down is no purchase."""
    assert phrase(reason(kind, customers=None), entry(1)) == FALLBACK


@pytest.mark.parametrize("kind", [ReasonKind.POPULAR_IN_CATEGORY, ReasonKind.NEW])
@pytest.mark.parametrize("category", [(), *((name,) for name in UNREADABLE)])
def test_without_a_readable_category_nothing_is_claimed(
    kind: ReasonKind, category: tuple[str, ...], entry: MakeEntry
) -> None:
    """A rank in a category says nothing about the whole shop."""
    assert phrase(reason(kind, category=category), entry(1)) == FALLBACK


@pytest.mark.parametrize(
    ("category", "shown"),
    [
        (("Electronics", "Headphones", "In-Ear"), "headphones"),
        (("Calculators", "Basic"), "calculators"),
        (("Haushalt", "Lampen"), "lampen"),
        (("Keyboards,Mice&InputDevices", "mice"), "mice"),
        (("Shoes", "sandals"), "sandals"),
        (("---", "Film"), "film"),
        (("Film",), "film"),
    ],
)
def test_instead_of_a_category_that_means_little_alone_its_parent_is_shown(
    category: tuple[str, ...], shown: str, entry: MakeEntry
) -> None:
    """Nobody looks for something popular in "Basic"."""
    assert (
        phrase(reason(ReasonKind.POPULAR_IN_CATEGORY, category=category), entry(1)) == f"popular in {shown}"
    )


@given(
    kind=st.sampled_from(ReasonKind),
    name=st.none()
    | st.text(max_size=300)
    | st.sampled_from(("{product}", "{0.__class__}", "%s", "{1.price}")),
    category=st.lists(st.text(max_size=300), max_size=3),
    customers=st.none() | st.integers(1, 10**9),
)
def test_any_evidence_gives_one_short_printable_line(
    entry: MakeEntry, kind: ReasonKind, name: str | None, category: list[str], customers: int | None
) -> None:
    """Names are data: they are neither templates nor able to break the line."""
    hostile = reason(kind, product_name=name, category=tuple(category), customers=customers)
    stated = stated_reason(hostile, entry(1), locale="en_IN")
    assert 0 < len(stated.phrase) <= MAX_CATEGORY_CHARS * 3 + TITLE_CHARS
    assert stated.phrase.splitlines() == [stated.phrase]
    assert stated.phrase == stated.phrase.strip()
    assert (stated.own_product is None) == (stated.kind not in OWNING)
    assert LIKING < OWNING
