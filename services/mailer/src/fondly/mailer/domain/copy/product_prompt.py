"""The question what an email may say of a product that was picked for a reason.

It tells nothing of the customer but the kind of what they have, if the reason is about it, so everybody who
gets the product for this reason shares it.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from fondly.contracts.records import AspectCount, Pick, ReasonKind
from fondly.mailer.domain.copy.checks import MAX_SHOWN
from fondly.mailer.domain.copy.fields import PRODUCT_TEXTS
from fondly.mailer.domain.copy.prompt import Style, Task, fields_schema, shop_facts
from fondly.mailer.domain.copy.question import EVIDENCE_CHARS, Question, asked, sources_of
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


def product_question(
    product: ProductFacts, style: Style, fields: tuple[str, ...] = PRODUCT_TEXTS
) -> Question:
    """Return the question for several wordings of these texts on a product, whatever its number."""
    return _question(product.pick, product.own_category, product.max_discount, style, fields)


@lru_cache(maxsize=CACHED_QUESTIONS)
def _question(
    pick: Pick, own_category: tuple[str, ...], max_discount: int, style: Style, fields: tuple[str, ...]
) -> Question:
    """Many emails have the same product for the same reason."""
    product = ProductFacts(1, pick, style.locale, own_category, max_discount)
    told, reduced = _told(product, language(style.locale)), not REDUCED.isdisjoint(product.spoken)
    kind, says = product.stated_reason.kind, product.values["reason"]
    own_kind = kind_name(own_category, product.naming) or ANY_KIND
    if product.own:
        says = says.replace(product.own, OWN_SLOT)
    own = {"own": {"kind": own_kind}} if product.own else {}
    slots = [f"1.{name}" for name in product.spoken]
    entry = {
        **told,
        "price": "reduced" if reduced else "regular",
        "reason": {"kind": kind, "says": says},
        **own,
        "slots": slots,
    }
    shop = shop_facts(Task.PRODUCT, style, style.wordings, fields)
    chars = style.wordings * sum(MAX_SHOWN[name] + EVIDENCE_CHARS for name in fields)
    values = {slot: FIGURES.get(slot.removeprefix("1."), product.slots[slot]) for slot in slots}
    named = {name: told[name] for name in ("name", "kind")}
    listed = {**told["bullets"], **told["aspects"], **told["reviews"]}
    ground = Ground(
        style.language,
        style.brand,
        sources_of(style, {**named, **listed, "reason": says, "own": own_kind if own else None}),
        values | {FIRST_NAME: LONGEST_NAME},
        reduced=reduced,
        goes_with_own=kind in GOES_WITH and product.own is not None,
        better_rated=kind is ReasonKind.BETTER_RATED,
        of_several=False,
    )
    return Question(
        asked(
            Task.PRODUCT,
            style.language,
            shop=shop,
            entry=entry,
            answer=fields_schema(fields),
            chars=chars,
        ),
        fields,
        ground,
        {"reason": kind},
        quotes=tuple(quote.text for quote in pick.quotes[:MAX_QUOTES]),
        strict=style.strict,
    )


def bullets_of(product: ProductFacts) -> dict[str, str]:
    """Return the bullets of a product, by the ids under which they are cited."""
    cleaned = (clean(bullet, max_chars=MAX_BULLET_CHARS) for bullet in product.entry.bullets[:MAX_BULLETS])
    return {f"b{n}": text for n, text in enumerate(filter(None, cleaned), 1)}


def _told(product: ProductFacts, words: Language) -> dict[str, Any]:
    pick = product.pick
    return {
        "name": clean(product.name, max_chars=MAX_NAME_CHARS),
        "title": product.values["name"],
        "kind": clean(product.kind, max_chars=MAX_KIND_CHARS),
        "bullets": bullets_of(product),
        "aspects": _aspects(pick, words),
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
