import re
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts.records import (
    AspectCount,
    OwnProduct,
    Pick,
    ProductAspect,
    Reason,
    ReasonKind,
    Recommendation,
)
from fondly.mailer.domain.copy.fields import Problem
from fondly.mailer.domain.copy.style import style_problems
from fondly.mailer.domain.copy.template_copy import template_text
from fondly.mailer.domain.facts.email import EmailFacts, email_facts
from fondly.mailer.domain.facts.experience import Occasion
from services.mailer.tests.copies import judge, template_copy

Recommend = Callable[..., Recommendation]
LOCALES = ("en_IN", "de_DE")
FEATURES = {"en_IN": ("braided nylon", "daily bending", "slate grey"), "de_DE": ("Nylon", "USB", "Cable")}
OWNED = {
    Occasion.LIKED: OwnProduct(product_id="O1", product_name="Solero Wall Charger", polarity=0.9),
    Occasion.SORRY: OwnProduct(product_id="O1", product_name="Solero Wall Charger", polarity=-0.9),
    Occasion.OWNER: OwnProduct(product_id="O1", product_name="Solero Wall Charger"),
}
PROMISES = {
    "en_IN": re.compile(r"\b(these|picks|ideas|list|and more|each)\b"),
    "de_DE": re.compile(r"\b(diese[n]? vorschläge[n]?|ideen|liste|auswahl|dinge|und mehr|jede[mr]?)\b"),
}
ASPECT = ProductAspect(product_id="O1", product_name="Solero Wall Charger", aspect="cable")
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
        "products": st.integers(1, 12),
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
def test_template_copy_passes_the_gate_for_any_facts(
    make_facts: Callable[..., EmailFacts], known: dict[str, object]
) -> None:
    """Nothing replaces template copy, so it must never break a rule."""
    facts = make_facts(**known)
    copy = template_copy(facts)
    assert [each for field, text in copy.fields() for each in judge(field, text, facts)] == []
    assert copy.filled(facts.slots).lines.keys() == copy.lines.keys()


def facts_of(
    recommended: Recommendation, locale: str, occasion: Occasion, *, told: bool, features: int
) -> EmailFacts:
    """The facts of a customer of an occasion, whose picks have features and praise."""
    picks = (
        Pick(product=each.product, reason=each.reason, praised=_praised(told)) for each in recommended.picks
    )
    changed = recommended.model_copy(
        update={
            "picks": tuple(picks),
            "owned": (OWNED[occasion],) if occasion in OWNED else (),
            "praised": (ASPECT,) if told else (),
            "blamed": (ASPECT,) if told else (),
        }
    )
    by_product = {each.product.product_id: FEATURES[locale][:features] for each in changed.picks}
    return email_facts(changed, brand="Fondly Shop", locale=locale, features=by_product)


def _problems(field: str, text: str, facts: EmailFacts) -> list[Problem]:
    return judge(field, text, facts) or style_problems(field, text, facts)


def _praised(told: bool) -> tuple[AspectCount, ...]:  # noqa: FBT001 - one of a table's columns
    return (AspectCount(aspect="cable", praised=4),) if told else ()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("occasion", [str(each) for each in Occasion])
@pytest.mark.parametrize("kind", [str(each) for each in ReasonKind])
def test_every_wording_passes_the_gate_for_every_reason_and_occasion(
    locale: str, occasion: str, kind: str, recommend: Recommend
) -> None:
    """In every language, with and without features, praise, names and aspects; all of it can be filled."""
    reasons = [Reason(kind=ReasonKind(kind), product_name="Vireo Lamp", customers=9, category=("Tea",))]
    for customer in range(24):
        name = "Ana" if customer % 2 else None
        made = recommend(
            f"C{customer}", customer_name=name, products=(1, 5, 1, 12)[customer // 6], reasons=reasons
        )
        facts = facts_of(made, locale, Occasion(occasion), told=customer % 3 > 0, features=customer % 4)
        copy = template_copy(facts)
        problems = [each for field, text in copy.fields() for each in _problems(field, text, facts)]
        assert problems == []
        copy.filled(facts.slots)


@pytest.mark.parametrize("locale", LOCALES)
def test_an_email_of_one_product_speaks_of_one(locale: str, recommend: Recommend) -> None:
    """The same message of the language says so: in every occasion, no template copy promises several."""
    for occasion in Occasion:
        for customer in range(12):
            made = recommend(f"C{customer}", products=1)
            copy = template_copy(
                facts_of(made, locale, occasion, told=customer % 2 > 0, features=customer % 3)
            )
            told = " ".join(
                text.casefold() for field, text in copy.fields() if not field.startswith("lines.")
            )
            assert not PROMISES[locale].search(told), told


def _intro(recommend: Recommend, owned: Sequence[OwnProduct], reasons: Sequence[Reason]) -> str:
    made = recommend(reasons=reasons).model_copy(update={"owned": tuple(owned)})
    facts = email_facts(made, brand="Fondly Shop", locale="en_IN")
    return template_copy(facts).filled(facts.slots).intro


def test_somebody_with_only_bad_experiences_reads_of_no_taste(recommend: Recommend) -> None:
    """They read an honest word about what let them down."""
    intro = _intro(recommend, [OWNED[Occasion.SORRY]], [Reason(kind=ReasonKind.FEATURED)] * 5)
    assert "sorry that your Solero Wall Charger let you down" in intro
    assert "like" not in intro


def test_somebody_of_whom_nothing_is_known_reads_nothing_about_themselves(recommend: Recommend) -> None:
    """Neither a taste nor what they have."""
    intro = _intro(recommend, [], [Reason(kind=ReasonKind.FEATURED)] * 5)
    assert "you have" not in intro
    assert "liked" not in intro


def test_a_line_states_a_feature_or_praise_where_there_is_one(recommend: Recommend) -> None:
    """What says nothing of the product is for products of which nothing is known."""
    for customer in range(20):
        facts = facts_of(recommend(f"C{customer}"), "en_IN", Occasion.NEW, told=False, features=2)
        for number in range(1, 6):
            assert f"{{{number}.f" in template_text(f"lines.{number}", facts)


def test_customers_of_equal_facts_read_different_texts_and_each_the_same_again(recommend: Recommend) -> None:
    """Chosen by the customer, not by chance."""
    emails = [
        template_copy(facts_of(recommend(f"C{each}"), "en_IN", Occasion.LIKED, told=True, features=3))
        for each in (*range(30), *range(30))
    ]
    assert emails[:30] == emails[30:]
    assert len({tuple(each.fields()) for each in emails}) == 30
