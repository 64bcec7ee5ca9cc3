"""The question what an email may say of a product that was picked for a reason.

It tells nothing of the customer but the kind of what they have, if the reason is about it, so everybody who
gets the product for this reason shares it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from fondly.contracts.records import AspectCount, Pick, ReasonKind
from fondly.mailer.domain.copy.checks import MAX_SHOWN
from fondly.mailer.domain.copy.fields import PRODUCT_TEXTS
from fondly.mailer.domain.copy.prompt import Style, Task, fields_schema, shop_facts
from fondly.mailer.domain.copy.question import EVIDENCE_CHARS, Question, asked, sources_of
from fondly.mailer.domain.copy.slot_rules import HEADLINES, ON_THE_CARD
from fondly.mailer.domain.copy.wording import Ground
from fondly.mailer.domain.facts.aspects import told_aspect, told_praise
from fondly.mailer.domain.facts.email import LONGEST_NAME
from fondly.mailer.domain.facts.own_names import kind_name
from fondly.mailer.domain.facts.product import REDUCED, ProductFacts
from fondly.mailer.domain.language import Language, language
from fondly.mailer.domain.slots import FIRST_NAME
from fondly.mailer.domain.text import clean

MAX_NAME_CHARS, MAX_KIND_CHARS = 200, 60
MAX_BULLETS, MAX_BULLET_CHARS = 8, 300
MAX_ASPECTS = 6
MAX_QUOTES = 3
CACHED_QUESTIONS = 16_384
OWN_SLOT, ANY_KIND = "{1.own}", "something"
FIGURES = {
    "own": "Maker and kind of product",
    "price": "₹99,999",
    "was_price": "₹99,999",
    "saving": "₹99,999",
    "discount": "60%",
    "rating": "4.5",
    "rating_count": "99,999",
}
"""Stand for the figures of products: those of whom the rest is the same share a question."""
GOES_WITH = frozenset(
    {ReasonKind.GOES_WITH, ReasonKind.BOUGHT_TOGETHER, ReasonKind.ALSO_BOUGHT, ReasonKind.SAME_SHELF}
) | {ReasonKind.LIKED, ReasonKind.ALSO_LIKED}
"""Reasons that tie a product to one of the customer's."""


@dataclass(frozen=True)
class _Told:
    """A product as it is told to the model: equal, by its `key`, for all who get it for the same reason."""

    product: ProductFacts = field(compare=False)
    says: str
    own_kind: str | None
    key: tuple[object, ...]


def product_question(
    product: ProductFacts, style: Style, fields: tuple[str, ...] = PRODUCT_TEXTS
) -> Question:
    """Return the question for several wordings of these texts on a product, whatever its number."""
    pick, own, says = product.pick, product.own, product.values["reason"]
    key = (pick.product, pick.praised, pick.blamed, pick.quotes, product.spoken, product.stated_reason.kind)
    own_kind = (kind_name("", product.own_category, product.naming) or ANY_KIND) if own else None
    told = _Told(product, says.replace(own, OWN_SLOT) if own else says, own_kind, key)
    return _question(told, style, fields)


@lru_cache(maxsize=CACHED_QUESTIONS)
def _question(told: _Told, style: Style, fields: tuple[str, ...]) -> Question:
    """Many emails have the same product for the same reason."""
    product, reason = told.product, told.product.stated_reason.kind
    reduced = not REDUCED.isdisjoint(product.spoken)
    unsaid = frozenset() if HEADLINES & {*fields} else ON_THE_CARD
    known, slots = _known(product), [each for each in product.spoken if each not in unsaid]
    entry = {
        **known,
        "price": "reduced" if reduced else "regular",
        "reason": {"kind": reason, "says": told.says},
        **({"own": {"kind": told.own_kind}} if told.own_kind else {}),
        "slots": [f"1.{name}" for name in slots],
    }
    shop = shop_facts(Task.PRODUCT, style, style.wordings, fields)
    chars = style.wordings * sum(MAX_SHOWN[name] + EVIDENCE_CHARS for name in fields)
    shown = {**product.values, **FIGURES, "reason": told.says.replace(OWN_SLOT, FIGURES["own"])}
    named = {name: known[name] for name in ("name", "kind")}
    listed = {**known["bullets"], **known["aspects"], **known["reviews"]}
    ground = Ground(
        style.language,
        style.brand,
        sources_of(style, {**named, **listed, "reason": told.says, "own": told.own_kind}),
        {f"1.{name}": shown[name] for name in slots} | {FIRST_NAME: LONGEST_NAME},
        reduced=reduced,
        goes_with_own=reason in GOES_WITH and told.own_kind is not None,
        better_rated=reason is ReasonKind.BETTER_RATED,
        of_several=False,
    )
    schema = fields_schema(fields)
    return Question(
        asked(Task.PRODUCT, style.language, shop=shop, entry=entry, answer=schema, chars=chars),
        fields,
        ground,
        {"reason": reason},
        quotes=tuple(quote.text for quote in product.pick.quotes[:MAX_QUOTES]),
        strict=style.strict,
    )


def bullets_of(product: ProductFacts) -> dict[str, str]:
    """Return the bullets of a product, by the ids under which they are cited."""
    cleaned = (clean(bullet, max_chars=MAX_BULLET_CHARS) for bullet in product.entry.bullets[:MAX_BULLETS])
    return {f"b{n}": text for n, text in enumerate(filter(None, cleaned), 1)}


def _known(product: ProductFacts) -> dict[str, Any]:
    pick = product.pick
    return {
        "name": clean(product.name, max_chars=MAX_NAME_CHARS),
        "title": product.values["name"],
        "kind": clean(product.kind, max_chars=MAX_KIND_CHARS),
        "bullets": bullets_of(product),
        "aspects": _aspects(pick, language(product.locale)),
        "reviews": {
            f"r{n}": f"{quote.stars.normalize():f} stars: {text}" if quote.stars else text
            for n, quote in enumerate(pick.quotes[:MAX_QUOTES], 1)
            for text in [clean(quote.text, max_chars=MAX_BULLET_CHARS)]
        },
    }


def _aspects(pick: Pick, words: Language) -> Mapping[str, str]:
    praised = ((told_praise(each.aspect, words), "praised", each.praised, each) for each in pick.praised)
    blamed = ((told_aspect(each.aspect, words), "blamed", each.blamed, each) for each in pick.blamed)
    named = [each for each in (*praised, *blamed) if each[0]][:MAX_ASPECTS]
    return {
        f"a{n}": f"{said}: {name} ({_count(number, each)})"
        for n, (name, said, number, each) in enumerate(named, 1)
    }


def _count(number: int, aspect: AspectCount) -> str:
    return f"{number} of {aspect.mentions} who mention it"
