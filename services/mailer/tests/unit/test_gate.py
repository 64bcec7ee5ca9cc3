import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts.records import (
    AspectCount,
    OwnProduct,
    Pick,
    Product,
    ProductAspect,
    Reason,
    ReasonKind,
    Recommendation,
    RecommendationSource,
)
from fondly.mailer.domain.copy.fields import PRODUCT_TEXTS, Problem, frame_fields
from fondly.mailer.domain.copy.style import style_problems
from fondly.mailer.domain.facts.email import EmailFacts, email_facts
from fondly.mailer.domain.facts.experience import Aspect, Experience, Occasion
from fondly.mailer.domain.slots import FIRST_NAME, renumbered
from services.mailer.tests.copies import judge

FOLDER = files("fondly.mailer.domain") / "languages"

TRUE = [
    ("lines.1", "A cable with {1.f1}, for the desk and the road."),
    ("lines.1", "Durable, braided and easy to carry: it holds up to the daily commute."),
    ("lines.1", "{1.name} is {1.discount} off, down to {1.price} from {1.was_price}."),
    ("lines.1", "You save {1.saving} on {1.name}."),
    ("lines.1", "Rated {1.rating} on average by {1.rating_count} customers."),
    ("lines.2", "It has {2.f1}, and goes with your {2.own}."),
    ("lines.2", "The kettle boils water for tea, and the shut-off is automatic."),
    ("lines.4", "Wireless music for rainy evenings, with soft cushions."),
    ("subject", "{4.name}, for quiet evenings"),
    ("subject", "{customer.first_name}, a few ideas for your desk"),
    ("preheader", "{1.name} is now {1.price}, down from {1.was_price}."),
    ("greeting", "Good morning, {customer.first_name},"),
    ("intro", "You liked your {liked.product}, so we looked for things that go with it."),
    ("closing", "Thank you for reading, and see you soon."),
]

FALSE = [
    ("lines.1", "A copper cable.", "copper"),
    ("lines.1", "It keeps the water warm.", "warm"),
    ("lines.1", "{1.name} plays music.", "plays"),
    ("lines.1", "{1.name} has a timer.", "timer"),
    ("lines.1", "{1.name} is made of gold.", "made of"),
    ("lines.1", "It works with any phone.", "with any"),
    ("lines.1", "The best cable of the year.", "best"),
    ("lines.1", "Only 9 left.", "9"),
    ("lines.1", "Only \uff19 left.", "\uff19"),
    ("lines.1", "Twice as fast.", "twice"),
    ("lines.1", "Five customers rated it {1.rating}.", "five"),
    ("lines.1", "It costs little.", "costs little"),
    ("lines.1", "{1.name} is on its way.", "on its way"),
    ("lines.1", "{1.name} was {1.price}.", "{name} was {price}"),
    ("lines.1", "{1.name} for under {1.price}.", "for under {price}"),
    ("lines.1", "{1.rating} off {1.name}.", "{rating} off {name}"),
    ("lines.1", "Everything is {1.price}.", "everything"),
    ("lines.3", "{3.name} is on sale for {3.price}.", "on sale"),
    ("lines.3", "{3.name} is highly rated.", "highly rated"),
    ("lines.2", "It is popular.", "popular"),
    ("lines.4", "Customers rave about it.", "customers"),
    ("lines.4", "{1.price} is not its own.", "1"),
    ("lines.4", "{4.weight} light.", "4.weight"),
    ("lines.5", "Ist heute umsonst.", "ist"),
    ("lines.5", "Visit \u0435vil.example.", "\u0435"),
    ("lines.5", "Open evil\u3002example.", "\u3002"),
    ("lines.5", "Tap evil dot shop.", "dot shop"),
    ("lines.5", "<b>Notes</b> for you.", "<"),
    ("lines.5", "Notes for you 🎁.", "🎁"),
    ("subject", "Your account is closed", "account"),
    ("subject", "{1.name} and {2.name}", "1, 2"),
    ("preheader", "Please confirm your address.", "confirm"),
    ("greeting", "Dear winner,", "winner"),
    ("intro", "Your friend recommended these.", "your friend recommended"),
    ("intro", "{1.name} is here.", "1"),
    ("closing", "Reply with your card details.", "card details"),
]


@pytest.mark.parametrize(("field", "text"), TRUE, ids=[f"{field}-{n}" for n, (field, _) in enumerate(TRUE)])
def test_what_the_facts_prove_passes(facts: EmailFacts, field: str, text: str) -> None:
    """Neutral words, the catalogue's own words, what is true of the kind, and figures in their frames."""
    assert judge(field, text, facts) == []


@pytest.mark.parametrize(
    ("field", "text", "found"), FALSE, ids=[f"{each[0]}-{n}" for n, each in enumerate(FALSE)]
)
def test_what_nothing_proves_is_refused_by_name(facts: EmailFacts, field: str, text: str, found: str) -> None:
    """The writer learns which words to leave out."""
    assert found in [problem.found for problem in judge(field, text, facts)]


def bought(*, polarity: float | None, reason: ReasonKind = ReasonKind.GOES_WITH) -> EmailFacts:
    """The facts of a customer who has a lamp and thinks so of it."""
    lamp = OwnProduct(product_id="L", product_name="Norra Desk Lamp", polarity=polarity)
    shelf = Product(
        product_id="S", name="Tarn Shelf", category=("Home", "Shelves"), price=Decimal(9), currency="EUR"
    )
    aspect = ProductAspect(product_id="L", product_name="Norra Desk Lamp", aspect="brightness")
    return email_facts(
        Recommendation(
            customer_id="C",
            source=RecommendationSource.POPULARITY,
            picks=(
                Pick(
                    product=shelf,
                    reason=Reason(kind=reason, product_id="L", product_name=lamp.product_name),
                    praised=(AspectCount(aspect="build quality", praised=5),),
                ),
            ),
            praised=(aspect,),
            blamed=(aspect,),
            owned=(lamp,),
        ),
        brand="Fondly Shop",
        locale="en_IN",
    )


LIKING = ("You liked your lamp.", "You love good light.")
SORRY = "We are sorry that the {blamed.aspect} of your {blamed.product} let you down."


@pytest.mark.parametrize("text", LIKING)
def test_a_taste_is_told_only_to_those_who_have_shown_it(text: str) -> None:
    """Not to somebody who has written nothing but complaints, or nothing at all."""
    assert judge("intro", text, bought(polarity=0.9)) == []
    for polarity in (-0.9, 0.0, None):
        assert judge("intro", text, bought(polarity=polarity))


@pytest.mark.parametrize("text", ["Thank you for your reviews.", "We read your reviews.", "As you told us."])
def test_only_who_has_said_something_is_thanked_for_it(text: str) -> None:
    """Somebody who has bought a thing without a word about it is not; that they bought it may be said."""
    assert judge("closing", text, bought(polarity=None))
    for polarity in (0.9, -0.9):
        assert judge("closing", text, bought(polarity=polarity)) == []
    assert judge("intro", "You bought something from us. Here is another idea.", bought(polarity=None)) == []


def test_a_bad_experience_is_owned_up_to_honestly() -> None:
    """In words about what let the customer down; others hear nothing of it."""
    assert judge("intro", SORRY, bought(polarity=-0.9)) == []
    assert judge("intro", SORRY, bought(polarity=0.9))


def test_what_reviewers_praise_is_said_with_its_slot() -> None:
    """And nothing else of what others think."""
    facts = bought(polarity=None)
    assert judge("lines.1", "Reviewers praise its {1.praised}.", facts) == []
    assert judge("lines.1", "Reviewers praise its looks.", facts)


def test_a_denied_feature_vouches_for_nothing(make_facts: Callable[..., EmailFacts]) -> None:
    """The words of "NO CALLING FEATURE" are none of the product's; the clauses beside it still count."""
    facts = make_facts(bullets=("NO CALLING FEATURE | bright dial",))
    assert [problem.found for problem in judge("lines.1", "With calling.", facts)] == ["calling"]
    assert judge("lines.1", "With a bright dial.", facts) == []


@given(text=st.text(max_size=200))
def test_any_text_is_judged(facts: EmailFacts, text: str) -> None:
    """Whatever a model answers; and what passes has no sign that could be markup, a figure or a link."""
    for field in ("subject", "greeting", "intro", "lines.1"):
        if not judge(field, text, facts):
            assert not re.search(r"[<>@{}]|\d{2}|//|\w\.\w", text)


@pytest.mark.parametrize("locale", ["en_IN", "de_DE"])
def test_the_examples_of_the_prompt_pass(locale: str) -> None:
    """The model learns from nothing that would be refused, and no line of theirs repeats its card."""
    for example, answer in worked_examples("frame", locale):
        facts = facts_of_frame(example, locale)
        assert set(answer) == set(frame_fields(facts.occasion))
        for field, texts in answer.items():
            assert judge_all(field, texts, facts) == []
    for example, answer in worked_examples("product", locale):
        assert len(example["products"]) == len(answer["products"])
        for told in example["products"]:
            texts, number = answer["products"][str(told["n"])], told["n"]
            assert set(texts) == set(PRODUCT_TEXTS)
            facts = facts_of_product(told, locale)
            for name, field in (("subject", "subject"), ("preheader", "preheader"), ("line", "lines.1")):
                assert judge_all(field, [renumbered(text, number, 1) for text in texts[name]], facts) == []


def worked_examples(task: str, locale: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """What is asked in the examples of a task, with the answers."""
    lines = (FOLDER / locale[:2] / "examples" / f"{task}.md").read_text("utf-8").splitlines()
    asked = [json.loads(line.removeprefix("Facts: ")) for line in lines if line.startswith("Facts: ")]
    answers = [json.loads(line.removeprefix("Answer: ")) for line in lines if line.startswith("Answer: ")]
    assert asked
    return list(zip(asked, answers, strict=True))


def judge_all(field: str, texts: Sequence[str], facts: EmailFacts) -> list[Problem]:
    """Everything that is wrong with texts."""
    return [
        each for text in texts for each in (*judge(field, text, facts), *style_problems(field, text, facts))
    ]


def facts_of_frame(example: dict[str, Any], locale: str) -> EmailFacts:
    """Facts of which the frame's prompt would be that of the example."""
    told = {
        name: Aspect(each, "Tarn One") if (each := example[name]) else None for name in ("praised", "blamed")
    }
    slots = example["slots"]
    experience = Experience(
        Occasion(example["occasion"]),
        liked="Tarn One" if "liked.product" in slots else None,
        disliked="Tarn One" if "disliked.product" in slots else None,
        **told,
    )
    [product] = facts_of_product({"n": 1, "kind": "Lamps", "reason": "assortment"}, locale).products
    products = (product,) if example["products"] == "one" else (product, replace(product, number=2))
    facts = EmailFacts("C", None, "Asha", "Fondly Shop", locale[:2], products, experience)
    assert [FIRST_NAME, *experience.slots] == slots
    return facts.of_frame()


def facts_of_product(told: dict[str, Any], locale: str) -> EmailFacts:
    """Facts of which the product's prompt would be that of the example."""
    slots, features = told.get("slots", ()), tuple(told.get("features", {}).values())
    product = Product(
        product_id="P",
        name="Tarn One",
        category=(told["kind"],),
        price=Decimal(9),
        list_price=Decimal(12) if any(slot.endswith(".discount") for slot in slots) else None,
        currency="EUR",
        rating=Decimal("4.5"),
        rating_count=50,
        bullets=features,
    )
    own = "Norra Desk Lamp" if told.get("own") else None
    reason = Reason(
        kind=told["reason"],
        product_id="O" if own else None,
        product_name=own,
        category=(told["kind"],),
        rank=1,
        out_of=9,
    )
    praised = (AspectCount(aspect="build quality", praised=5),) if told.get("praised") else ()
    recommendation = Recommendation(
        customer_id="C",
        name="Asha",
        source=RecommendationSource.POPULARITY,
        picks=(Pick(product=product, reason=reason, praised=praised),),
    )
    facts = email_facts(recommendation, brand="Fondly Shop", locale=locale, features={"P": features})
    assert {renumbered(f"{{{slot}}}", told["n"], 1) for slot in slots} <= {
        f"{{{slot}}}" for slot in facts.slots
    }
    return facts.of_product(facts.products[0])
