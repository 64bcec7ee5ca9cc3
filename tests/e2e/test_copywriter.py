"""understudy's copywriter passes the mailer's rules and its own judge: offline emails are no house text."""

import json
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

import pytest

from fondly.contracts.records import (
    AspectCount,
    Complaint,
    OwnProduct,
    Pick,
    Product,
    Reason,
    ReasonKind,
    Recommendation,
    RecommendationSource,
)
from fondly.evaluation.sample.catalogue import build_catalogue
from fondly.evaluation.sample.vocabulary import load_vocabulary
from fondly.mailer.domain.copy.answers import Judged, check_answer, read_answer, split_answer
from fondly.mailer.domain.copy.frame_prompt import frame_question
from fondly.mailer.domain.copy.judge_prompt import accepted, judge_prompt
from fondly.mailer.domain.copy.own_prompt import own_question
from fondly.mailer.domain.copy.product_prompt import product_question
from fondly.mailer.domain.copy.prompt import MEMBERS, Style, Task
from fondly.mailer.domain.copy.question import Question, joined
from fondly.mailer.domain.facts.email import EmailFacts, email_facts
from understudy.engines.copywriter import write

LOCALES = {"en": "en_IN", "de": "de_DE"}
OWN = frozenset({"liked", "also_liked", "bought_together", "goes_with", "better_rated", "same_shelf"})
SAID = {
    "en": (
        "The handle is comfortable and the sound is great.",
        "Good fit, but the cable is too short.",
        "It works well.",
    ),
    "de": (
        "Sehr bequem, ich trage es fast jeden Tag. Die Nähte sind sauber.",
        "Der Klang ist gut, aber der Griff wackelt. Fällt eine Nummer kleiner aus.",
        "Nach mehreren Wäschen noch wie neu.",
        "Die Farbe ist schöner als auf dem Bild und passt wie angegossen.",
        "Sehr weich und schön warm, fällt größengerecht aus, angenehm auf der Haut.",
        "Nach der ersten Wäsche eingelaufen, die Farbe ist dunkler als erwartet.",
        "Die Ärmel sind etwas zu lang, die Naht ist aufgegangen und der Stoff kratzt.",
    ),
}
REMEDY = {
    "en": "Write to us and we will put it right.",
    "de": "Schreiben Sie uns, wir bringen das in Ordnung.",
}
PRAISED = (AspectCount(aspect="sound quality", praised=12, neutral=2),)
BRAND = "Fondly Shop"
PROMPTS = 60
MOST_REFUSED = 0.05

_CUSTOMER: dict[str, Any] = {
    "customer_id": "c1",
    "name": "Asha Rao",
    "email": "asha@example.com",
    "source": RecommendationSource.PERSONALIZE,
}

MORE = """
Halden „Studio“ Headphones; Headphones; Deep bass, soft ear cushions | A detachable cable | Foldable headband
Orvo Kettle; Kettles; Concealed heating element with a cool-touch handle | Wide spout and a removable lid
Tamsin Garden Hose; Garden Hoses; Brass fittings and an adjustable nozzle | Flexible rubber core
Pelle Desk Chair; Chairs; Padded armrests, breathable mesh back | Smooth rolling castors, tilting backrest
Brisk Yoga Mat; Yoga Mats; Non-slip surface and a carrying strap | Dense foam padding
Mori Wool Scarf; Scarves; Soft merino wool | Hand-knotted fringes and a woven pattern
Kindle Pup Leash; Dog Leashes; Padded handle | Reflective stitching and a swivel clip
Zeal Cordless Drill; Drills; Keyless chuck, LED light | Rubber grip with a belt clip
Lumo Puzzle; Puzzles; Thick cardboard pieces in a sturdy box | Matte finish
"""


@cache
def _products() -> tuple[Product, ...]:
    listings = build_catalogue(load_vocabulary(), seed=7, products=60)
    sample = (
        _product(variant.product_id, variant.name, listing.family.category, listing.bullets)
        for listing in listings
        for variant in listing.variants
    )
    more = (
        _product(f"m{number}", name, category, tuple(bullets.split(" | ")))
        for number, line in enumerate(MORE.split("\n")[1:-1])
        for name, category, bullets in (line.split("; "),)
    )
    return (*sample, *more)


def _product(product_id: str, name: str, category: str, bullets: tuple[str, ...]) -> Product:
    return Product(
        product_id=product_id,
        name=name,
        category=tuple(category.split("|")),
        price=Decimal(900),
        list_price=Decimal(1200),
        currency="INR",
        rating=Decimal("4.2"),
        rating_count=310,
        bullets=bullets,
    )


def _facts(seed: int, language: str, *, polarity: float | None = 0.8, picks: int = 1) -> EmailFacts:
    """Return the facts of an email whose customer has a product and wrote of it."""
    chance = Random(seed)  # noqa: S311 - variety, not secrecy
    kinds, own = list(ReasonKind), chance.choice(_products())
    has = OwnProduct(
        product_id=own.product_id,
        product_name=own.name,
        category=own.category,
        polarity=polarity,
        stars=None if polarity is None else Decimal(5 if polarity > 0 else 1),
        said=None if polarity is None else SAID[language][seed % len(SAID[language])],
    )
    recommendation = Recommendation(
        **_CUSTOMER,
        picks=tuple(
            _pick(each, kinds[(seed + at) % len(kinds)], own)
            for at, each in enumerate(chance.sample(_products(), picks))
        ),
        owned=(has,),
        complaint=Complaint(product_id=own.product_id) if polarity is not None and polarity < 0 else None,
    )
    return email_facts(recommendation, brand=BRAND, locale=LOCALES[language])


def _pick(product: Product, kind: ReasonKind, own: Product) -> Pick:
    about = own if kind in OWN else None
    ranked = kind in {ReasonKind.POPULAR, ReasonKind.POPULAR_IN_CATEGORY}
    reason = Reason(
        kind=kind,
        product_id=about and about.product_id,
        product_name=about and about.name,
        customers=3 if kind in {ReasonKind.ALSO_LIKED, ReasonKind.BOUGHT_TOGETHER} else None,
        category=product.category if kind in {ReasonKind.POPULAR_IN_CATEGORY, ReasonKind.NEW} else (),
        rank=2 if ranked else None,
        out_of=40 if ranked else None,
    )
    return Pick(product=product, reason=reason, praised=PRAISED)


def _style(language: str) -> Style:
    return Style(brand=BRAND, locale=LOCALES[language], remedy=REMEDY[language])


def _asked(question: Question) -> Judged:
    """Return what the rules and the judge leave of the copywriter's answer."""
    prompt = question.prompt
    answer = write([prompt.text], schema=json.loads(prompt.schema))
    judged = check_answer(
        read_answer(answer, question.fields, member=MEMBERS.get(prompt.task)), question.ground, strict=False
    )
    verdict = judge_prompt(question, judged)
    return accepted(judged, write([verdict.text], schema=json.loads(verdict.schema))) if verdict else judged


def _check(answers: Sequence[tuple[Question, Judged]]) -> None:
    """Hold nearly every field to a wording that passes, and wordings to few that do not."""
    verdicts = [verdict for _, judged in answers for verdict in judged.verdicts]
    missing = sum(len(judged.missing(question.fields)) for question, judged in answers)
    assert missing <= MOST_REFUSED * sum(len(question.fields) for question, _ in answers), verdicts
    refused = len({(each.field, each.text) for each in verdicts})
    passed = sum(len(texts) for _, judged in answers for texts in judged.wordings.values())
    assert refused <= MOST_REFUSED * (passed + refused), verdicts


@pytest.mark.parametrize("language", LOCALES)
def test_what_is_written_of_products_passes(language: str) -> None:
    """Whatever the reason; every field of every product has a wording that passes."""
    facts = [_facts(seed, language) for seed in range(PROMPTS)]
    questions = [product_question(each.products[0], _style(language)) for each in facts]
    _check([(each, _asked(each)) for each in questions])


@pytest.mark.parametrize("products", [1, 5])
@pytest.mark.parametrize("polarity", [0.8, None, -0.8])
@pytest.mark.parametrize("language", LOCALES)
def test_what_is_written_of_customers_passes(language: str, polarity: float | None, products: int) -> None:
    """Whatever is known of them; every field of the frame has a wording that passes."""
    facts = _facts(1, language, polarity=polarity, picks=products)
    question = frame_question(facts, _style(language))
    _check([(question, _asked(question))])


@pytest.mark.parametrize("polarity", [0.8, -0.8])
@pytest.mark.parametrize("language", LOCALES)
def test_what_is_written_to_one_customer_passes(language: str, polarity: float) -> None:
    """It takes up what they said without quoting it, and is sorry where that is due."""
    facts = [_facts(seed, language, polarity=polarity, picks=3) for seed in range(PROMPTS)]
    questions = [question for each in facts if (question := own_question(each, _style(language)))]
    assert len(questions) > PROMPTS / 2
    _check([(each, _asked(each)) for each in questions])


@pytest.mark.parametrize("language", LOCALES)
def test_products_get_the_same_texts_alone_and_together(language: str) -> None:
    """The mailer keeps each product's part of an answer as if the product had been asked about alone."""
    prompts = [
        product_question(_facts(seed, language).products[0], _style(language)).prompt for seed in range(8)
    ]
    together, member = joined(prompts), MEMBERS[Task.PRODUCT]
    answer = write([together.text], schema=json.loads(together.schema))
    parts = split_answer(answer, len(prompts), member=member, numbered=True)
    fields = ("subject", "preheader", "line")
    for prompt, part in zip(prompts, parts, strict=True):
        alone = write([prompt.text], schema=json.loads(prompt.schema))
        assert read_answer(part, fields, member=member) == read_answer(alone, fields, member=member)
