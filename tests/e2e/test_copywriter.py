"""understudy's copywriter passes the mailer's gate: offline, emails are not made of template copy."""

import json
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from itertools import chain
from random import Random
from typing import Any

import pytest

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
from fondly.evaluation.sample.catalogue import build_catalogue
from fondly.evaluation.sample.vocabulary import load_vocabulary
from fondly.mailer.domain.copy.answers import (
    Judged,
    Verdict,
    judge_answer,
    read_answer,
    read_product_answer,
    split_answer,
)
from fondly.mailer.domain.copy.features import features_prompt, read_features
from fondly.mailer.domain.copy.fields import PRODUCT_TEXTS, frame_fields
from fondly.mailer.domain.copy.frame_prompt import frame_prompt
from fondly.mailer.domain.copy.product_prompt import TOGETHER, joined, product_prompt, product_repair
from fondly.mailer.domain.copy.prompt import Style
from fondly.mailer.domain.facts.email import EmailFacts, email_facts
from fondly.mailer.domain.facts.features import accept
from fondly.mailer.domain.words.lists import FOLDER, WordLists
from understudy.engines.copywriter import write

LOCALES = {"en": "en_IN", "de": "de_DE"}
OWN = frozenset({"liked", "also_liked", "bought_together", "goes_with", "better_rated", "same_shelf"})

OCCASIONS = ("liked", "owner", "sorry", "new")
POLARITIES = {"liked": 0.8, "owner": None, "sorry": -0.8}
BRAND = "Fondly Shop"
PROMPTS = 60
FRAMES = 16
MOST_REFUSED = 0.01
MOST_FEATURES_REFUSED = 0.05

_CUSTOMER: dict[str, Any] = {
    "customer_id": "c1",
    "name": "Asha Rao",
    "email": "asha@example.com",
    "source": RecommendationSource.PERSONALIZE,
}

MORE = """
Halden Studio Headphones; Headphones; Deep bass and soft ear cushions | A detachable cable | Foldable headband
Orvo Kettle; Kettles; Concealed heating element with a cool-touch handle | Wide spout and a removable lid
Tamsin Garden Hose; Garden Hoses; Brass fittings and an adjustable nozzle | Flexible rubber core
Pelle Desk Chair; Chairs; Padded armrests, breathable mesh back | Smooth rolling castors, tilting backrest
Brisk Yoga Mat; Yoga Mats; Non-slip surface and a carrying strap | Dense foam padding
Mori Wool Scarf; Scarves; Soft merino wool | Hand-knotted fringes and a woven pattern
Kindle Pup Leash; Dog Leashes; Padded handle | Reflective stitching and a swivel clip
Zeal Cordless Drill; Drills; Keyless chuck, LED light | Rubber grip with a belt clip
Lumo Puzzle; Puzzles; Thick cardboard pieces in a sturdy box | Matte finish
"""


def _languages() -> list[str]:
    """The languages of the copywriter that the mailer has word lists for."""
    return [code for code in LOCALES if (FOLDER / code / "words.toml").is_file()]


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


def _proposed(product: Product) -> list[str]:
    prompt = features_prompt(product, language="en")
    return read_features(write([prompt.text], schema=json.loads(prompt.schema)))


@cache
def _features() -> dict[str, tuple[str, ...]]:
    lists = WordLists.load("en")
    return {each.product_id: accept(_proposed(each), each, lists)[0] for each in _products()}


def _product_facts(seed: int, language: str) -> EmailFacts:
    """Return the facts of an email that has one product and of whose customer nothing else is known."""
    chance = Random(seed)  # noqa: S311 - variety, not secrecy
    kinds = list(ReasonKind)
    own = chance.choice(_products())
    pick = _pick(chance.choice(_products()), kinds[seed % len(kinds)], own, chance)
    return _email(Recommendation(**_CUSTOMER, picks=(pick,)), language)


def _frame_facts(seed: int, language: str, *, products: int) -> EmailFacts:
    """Return the facts of an email whose customer has an occasion; half of them have told an aspect."""
    chance = Random(seed)  # noqa: S311 - variety, not secrecy
    occasion = OCCASIONS[seed % len(OCCASIONS)]
    own = chance.choice(_products())
    owned = OwnProduct(
        product_id=own.product_id,
        product_name=own.name,
        category=own.category,
        polarity=POLARITIES.get(occasion),
    )
    aspect = ProductAspect(product_id=own.product_id, product_name=own.name, aspect="build quality")
    told = (aspect,) if seed // len(OCCASIONS) % 2 else ()
    recommendation = Recommendation(
        **_CUSTOMER,
        picks=tuple(
            _pick(product, ReasonKind.ASSORTMENT, own, chance)
            for product in chance.sample(_products(), products)
        ),
        owned=() if occasion == "new" else (owned,),
        praised=told if occasion == "liked" else (),
        blamed=told if occasion == "sorry" else (),
    )
    facts = _email(recommendation, language)
    assert facts.occasion == occasion
    return facts


def _email(recommendation: Recommendation, language: str) -> EmailFacts:
    return email_facts(recommendation, brand=BRAND, locale=LOCALES[language], features=_features())


def _pick(product: Product, kind: ReasonKind, own: Product, chance: Random) -> Pick:
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
    praised = (AspectCount(aspect="sound quality", praised=4),) if chance.random() < 0.5 else ()
    return Pick(product=product, reason=reason, praised=praised)


def _judged_product(facts: EmailFacts, answer: str) -> Judged:
    return judge_answer(read_product_answer(answer), PRODUCT_TEXTS, facts)


def _check(judged: Judged, fields: Sequence[str], *, wordings: int) -> list[Verdict]:
    """Hold an answer to a wording of every field, and return what was refused."""
    refused = {(each.field, each.text) for each in judged.verdicts}
    for field in fields:
        passed = judged.wordings[field]
        assert passed, judged.verdicts
        assert len(passed) + sum(name == field for name, _ in refused) == wordings, field
    return list(judged.verdicts)


@pytest.mark.parametrize("language", _languages())
def test_the_gate_accepts_what_is_written_of_products(language: str) -> None:
    """Whatever the reason; every field of every product has a wording that passes."""
    style, refused, count = Style(brand=BRAND, locale=LOCALES[language]), 0, 0
    for seed in range(PROMPTS):
        facts = _product_facts(seed, language)
        facts = facts.of_product(facts.products[0])
        prompt = product_prompt(facts.products[0], style)
        answer = write([prompt.text], schema=json.loads(prompt.schema))
        judged = _judged_product(facts, answer)
        refused += len(_check(judged, PRODUCT_TEXTS, wordings=style.wordings))
        count += style.wordings * len(PRODUCT_TEXTS)
    assert refused <= count * MOST_REFUSED


@pytest.mark.parametrize("language", _languages())
def test_products_get_the_same_texts_alone_and_together(language: str) -> None:
    """The mailer keeps each product's part of an answer as if the product had been asked about alone."""
    style = Style(brand=BRAND, locale=LOCALES[language])
    prompts = [product_prompt(_product_facts(seed, language).products[0], style) for seed in range(TOGETHER)]
    together = joined(prompts)
    answer = write([together.text], schema=json.loads(together.schema))
    for prompt, part in zip(prompts, split_answer(answer, len(prompts)), strict=True):
        alone = write([prompt.text], schema=json.loads(prompt.schema))
        assert read_product_answer(part) == read_product_answer(alone)


@pytest.mark.parametrize("products", [1, 5])
@pytest.mark.parametrize("language", _languages())
def test_the_gate_accepts_what_is_written_of_customers(language: str, products: int) -> None:
    """Whatever is known of them; every field of the frame has a wording that passes."""
    style, refused, count = Style(brand=BRAND, locale=LOCALES[language]), 0, 0
    for seed in range(FRAMES):
        facts = _frame_facts(seed, language, products=products).of_frame()
        prompt, fields = frame_prompt(facts, style), frame_fields(facts.occasion)
        answer = write([prompt.text], schema=json.loads(prompt.schema))
        judged = judge_answer(read_answer(answer, fields), fields, facts)
        refused += len(_check(judged, fields, wordings=style.frame_wordings))
        count += style.frame_wordings * len(fields)
    assert refused <= count * MOST_REFUSED


@pytest.mark.parametrize("language", _languages())
def test_a_repair_leaves_out_what_was_refused(language: str) -> None:
    """It has the fields that are asked for alone, and its texts pass."""
    style = Style(brand=BRAND, locale=LOCALES[language])
    facts = _product_facts(0, language)
    facts = facts.of_product(facts.products[0])
    prompt = product_prompt(facts.products[0], style)
    before = read_product_answer(write([prompt.text], schema=None))
    refused = [Verdict("line", text, "refused") for text in before["line"]]
    repair = product_repair(prompt, fields=["line"], refused=refused)
    answer = read_product_answer(write([repair.text], schema=json.loads(repair.schema)))
    assert answer.keys() == {"line"}
    assert set(answer["line"]).isdisjoint(before["line"])
    assert not judge_answer(answer, ["line"], facts).verdicts


def test_the_mailer_accepts_the_features_that_are_read() -> None:
    """They stand in the catalogue entry letter by letter, and no clause denies them."""
    lists = WordLists.load("en")
    answers = [accept(_proposed(product), product, lists) for product in _products()]
    accepted = list(chain.from_iterable(features for features, _ in answers))
    refused = list(chain.from_iterable(reasons for _, reasons in answers))
    assert len(accepted) > len(_products())
    assert len(refused) <= len(accepted) * MOST_FEATURES_REFUSED, refused
