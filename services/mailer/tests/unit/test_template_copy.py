from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from encore.mailer.domain.copy.rules import problems
from encore.mailer.domain.copy.template_copy import template_copy
from encore.mailer.domain.facts.email import EmailFacts

MONEY = st.decimals(0, 1_000_000, places=2)
ANY_FACTS = st.fixed_dictionaries(
    {
        "customer_name": st.none() | st.text(max_size=40),
        "name": st.text(min_size=1, max_size=400),
        "products": st.integers(1, 5),
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
