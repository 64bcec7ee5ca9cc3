import re
from collections.abc import Callable, Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts.records import Complaint, OwnProduct, ProductAspect, Reason, ReasonKind, Recommendation
from fondly.mailer.domain.copy.checks import problems
from fondly.mailer.domain.copy.fields import LINES, Copy, fits
from fondly.mailer.domain.copy.wording import Ground, Problem, Wording
from fondly.mailer.domain.facts.email import EmailFacts, email_facts
from fondly.mailer.domain.facts.experience import Occasion
from fondly.mailer.domain.slots import renumbered
from services.mailer.tests.copies import house_copy

Recommend = Callable[..., Recommendation]
LOCALES = ("en_IN", "de_DE")
OWNED = {
    Occasion.LIKED: OwnProduct(product_id="O1", product_name="Solero Wall Charger", polarity=0.9),
    Occasion.SORRY: OwnProduct(product_id="O1", product_name="Solero Wall Charger", polarity=-0.9),
    Occasion.OWNER: OwnProduct(product_id="O1", product_name="Solero Wall Charger"),
}
PROMISES = {
    "en_IN": re.compile(r"\b(these|picks|ideas|list|a few|each|handful|company)\b"),
    "de_DE": re.compile(r"\b(diese[n]? vorschläge[n]?|ideen|liste|auswahl|dinge|noch mehr|jede[mr]?)\b"),
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
def test_house_text_can_be_filled_for_any_facts(
    make_facts: Callable[..., EmailFacts], known: dict[str, object]
) -> None:
    """Nothing replaces house text, so there is some for every field but a line, and it breaks no rule."""
    facts = make_facts(**known)
    copy = house_copy(facts)
    assert _problems(copy, facts) == []
    assert copy.filled(facts.slots).lines.keys() == copy.lines.keys()


def facts_of(recommended: Recommendation, locale: str, occasion: Occasion, *, told: bool) -> EmailFacts:
    """The facts of a customer of an occasion, who has spoken of an aspect if that is `told`."""
    changed = recommended.model_copy(
        update={
            "owned": (OWNED[occasion],) if occasion in OWNED else (),
            "praised": (ASPECT,) if told else (),
            "blamed": (ASPECT,) if told else (),
            "complaint": Complaint(product_id="O1") if occasion is Occasion.SORRY else None,
        }
    )
    return email_facts(changed, brand="Fondly Shop", locale=locale)


def _problems(copy: Copy, facts: EmailFacts) -> list[Problem]:
    """What the rules have against copy, of which each line is read as that on product 1."""
    found = list[Problem]()
    for name, text in copy.fields():
        number = int(name.removeprefix(LINES)) if name.startswith(LINES) else 1
        field, wording = name.split(".")[0].removesuffix("s"), Wording(renumbered(text, number, 1))
        found += problems(field, wording, _ground(number, facts)) if field != "greeting" else []
    return found


def _ground(number: int, facts: EmailFacts) -> Ground:
    """What house text rests on: the facts of the email, and of a line those of its product."""
    slots = {*facts.customer_slots, *(f"1.{name}" for name in facts.products[number - 1].values)}
    return Ground(
        facts.language,
        facts.brand,
        {},
        dict.fromkeys(slots, "Name"),
        goes_with_own=True,
        better_rated=True,
        of_several=not facts.has_one_product,
        apology=facts.occasion is Occasion.SORRY,
    )


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", [str(each) for each in ReasonKind])
def test_every_text_keeps_the_rules_for_every_reason_and_occasion(
    locale: str, kind: str, recommend: Recommend
) -> None:
    """In every language, with and without names and aspects; it can be filled, and an inbox shows it."""
    reasons = [Reason(kind=ReasonKind(kind), product_name="Vireo Lamp", customers=9, category=("Tea",))]
    for customer, occasion in product(range(24), Occasion):
        name = "Ana" if customer % 2 else None
        made = recommend(
            f"C{customer}", customer_name=name, products=(1, 5, 1, 12)[customer // 6], reasons=reasons
        )
        facts = facts_of(made, locale, occasion, told=customer % 3 > 0)
        copy = house_copy(facts)
        assert _problems(copy, facts) == [], occasion
        copy.filled(facts.slots)
        assert all(fits(field, text, facts.slots) for field, text in copy.fields()), occasion


@pytest.mark.parametrize("locale", LOCALES)
def test_an_email_of_one_product_speaks_of_one(locale: str, recommend: Recommend) -> None:
    """The same message of the language says so: in every occasion, no house text promises several."""
    for occasion in Occasion:
        for customer in range(12):
            copy = house_copy(
                facts_of(recommend(f"C{customer}", products=1), locale, occasion, told=customer % 2 > 0)
            )
            told = " ".join(
                text.casefold()
                for field, text in copy.fields()
                if not field.startswith(LINES) and field != "subject"
            )
            assert not PROMISES[locale].search(told), told


def _intro(recommend: Recommend, owned: Sequence[OwnProduct], *, complains: bool = False) -> str:
    complaint = Complaint(product_id="O1") if complains else None
    reasons = [Reason(kind=ReasonKind.FEATURED)] * 5
    made = recommend(reasons=reasons).model_copy(update={"owned": tuple(owned), "complaint": complaint})
    facts = email_facts(made, brand="Fondly Shop", locale="en_IN")
    return house_copy(facts).filled(facts.slots).intro


def test_somebody_who_complained_reads_of_no_taste(recommend: Recommend) -> None:
    """They read an honest word about what let them down."""
    intro = _intro(recommend, [OWNED[Occasion.SORRY]], complains=True)
    assert "sorry that" in intro
    assert "like" not in intro


def test_bad_experiences_alone_are_no_complaint(recommend: Recommend) -> None:
    """Whoever did not complain is not told that something let them down."""
    assert "sorry" not in _intro(recommend, [OWNED[Occasion.SORRY]])


def test_somebody_of_whom_nothing_is_known_reads_nothing_about_themselves(recommend: Recommend) -> None:
    """Neither a taste nor what they have."""
    intro = _intro(recommend, [])
    assert "you have" not in intro
    assert "liked" not in intro


def test_a_product_picked_for_what_others_do_has_no_line(recommend: Recommend) -> None:
    """House text knows nothing of it; an empty line is better than a hollow one."""
    made = recommend(reasons=[Reason(kind=ReasonKind.FEATURED)])
    assert house_copy(email_facts(made, brand="Fondly Shop", locale="en_IN")).lines == {}


def test_customers_of_equal_facts_read_different_texts_and_each_the_same_again(recommend: Recommend) -> None:
    """Chosen by the customer, not by chance."""
    emails = [
        house_copy(facts_of(recommend(f"C{each}"), "en_IN", Occasion.LIKED, told=True))
        for each in (*range(30), *range(30))
    ]
    assert emails[:30] == emails[30:]
    assert len({tuple(each.fields()) for each in emails}) > 25
