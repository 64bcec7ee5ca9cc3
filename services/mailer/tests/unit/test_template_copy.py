from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encore.contracts.records import Reason, ReasonKind
from encore.mailer.domain.copy.rules import problems
from encore.mailer.domain.copy.template_copy import template_copy
from encore.mailer.domain.facts.email import EmailFacts

ANY_REASON = st.builds(
    Reason,
    kind=st.sampled_from(ReasonKind),
    product_name=st.none() | st.text(max_size=80),
    customers=st.none() | st.integers(1, 1_000),
    category=st.lists(st.text(max_size=30), max_size=2).map(tuple),
)
MONEY = st.decimals(0, 1_000_000, places=2)
ANY_FACTS = st.fixed_dictionaries(
    {
        "customer_name": st.none() | st.text(max_size=40),
        "name": st.text(min_size=1, max_size=400),
        "products": st.integers(1, 5),
        "reasons": st.lists(ANY_REASON, min_size=5, max_size=5),
        "price": MONEY,
        "list_price": st.none() | MONEY,
        "discount_percent": st.none() | st.integers(0, 100),
        "rating": st.none() | st.decimals(0, 5, places=1),
        "rating_count": st.none() | st.integers(0, 10_000_000),
        "bullets": st.lists(st.text(max_size=100), max_size=3),
        "link": st.none() | st.text(max_size=60),
    }
)


@given(known=ANY_FACTS)
def test_template_copy_keeps_every_rule_for_any_facts(
    make_facts: Callable[..., EmailFacts], known: dict[str, object]
) -> None:
    """Nothing replaces template copy, so it must never break a rule."""
    facts = make_facts(**known)
    copy = template_copy(facts)
    assert problems(copy, facts) == []
    assert copy.filled(facts.slots).lines.keys() == copy.lines.keys()


LIKED = Reason(kind=ReasonKind.LIKED, product_name="Solero Wall Charger")
GOES_WITH = Reason(kind=ReasonKind.GOES_WITH, product_name="Vireo Coffee Set")
NAMELESS = Reason(kind=ReasonKind.LIKED, product_name="()")
FEATURED = Reason(kind=ReasonKind.FEATURED)


@pytest.mark.parametrize(
    ("reasons", "source"),
    [
        ([FEATURED, GOES_WITH, LIKED], "what you have liked so far"),
        ([FEATURED, GOES_WITH, NAMELESS], "what you already have"),
        ([FEATURED, FEATURED, NAMELESS], "our range"),
    ],
)
def test_template_copy_says_of_the_customer_only_what_a_reason_states(
    make_facts: Callable[..., EmailFacts], reasons: list[Reason], source: str
) -> None:
    """A customer who has liked nothing reads nothing about what they liked."""
    copy = template_copy(make_facts(products=3, reasons=reasons))
    assert copy.preheader == f"A short list for you that draws on {source}."
    assert copy.intro == f"We looked at {source} and put together a short list for you."
