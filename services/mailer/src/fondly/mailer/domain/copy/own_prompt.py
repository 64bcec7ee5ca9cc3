"""The question for a frame of one's own, to a customer whose own review says something.

What they said is told so that it can be taken up in other words, never quoted. The product that the email
begins with is product 1 in its texts.
"""

from typing import Any

from fondly.mailer.domain.copy.checks import MAX_SHOWN
from fondly.mailer.domain.copy.fields import OWN_TEXTS
from fondly.mailer.domain.copy.product_prompt import bullets_of
from fondly.mailer.domain.copy.prompt import Style, Task, fields_schema, shop_facts
from fondly.mailer.domain.copy.question import EVIDENCE_CHARS, Question, asked, sources_of
from fondly.mailer.domain.copy.wording import Ground
from fondly.mailer.domain.facts.email import LONGEST_NAME, EmailFacts
from fondly.mailer.domain.facts.experience import Occasion, OwnWords
from fondly.mailer.domain.facts.product import ProductFacts
from fondly.mailer.domain.slots import FIRST_NAME

WORDINGS = 1


def own_question(facts: EmailFacts, style: Style) -> Question | None:
    """Return the question for a customer's own frame; None for one who has said nothing."""
    if not (own := facts.experience.own):
        return None
    hero, apology = facts.products[0], facts.occasion is Occasion.SORRY
    remedy = {"remedy": style.remedy} if apology and style.remedy else {}
    slots = ["1.name", *(["1.own"] if hero.own == own.name else [])]
    entry = {
        "slots": [FIRST_NAME, *slots],
        "occasion": facts.occasion,
        "own": _own(own),
        "hero": _hero(hero),
        "others": [product.kind for product in facts.products[1:]],
        **remedy,
    }
    shop = shop_facts(Task.OWN, style, WORDINGS)
    title, reason = hero.values["name"], hero.values["reason"]
    sources = {"name": title, "kind": hero.kind, **bullets_of(hero), "reason": reason}
    chars = WORDINGS * sum(MAX_SHOWN[name] + EVIDENCE_CHARS for name in OWN_TEXTS)
    return Question(
        asked(Task.OWN, style.language, shop=shop, entry=entry, answer=fields_schema(OWN_TEXTS), chars=chars),
        OWN_TEXTS,
        Ground(
            style.language,
            style.brand,
            sources_of(style, {**sources, "own": f"{own.name} ({own.kind})", **own.said, **remedy}),
            {slot: hero.slots[slot] for slot in slots} | {FIRST_NAME: LONGEST_NAME},
            goes_with_own=True,
            of_several=not facts.has_one_product,
            apology=apology,
        ),
        {"occasion": facts.occasion, "reason": hero.stated_reason.kind},
        strict=style.strict,
    )


def _own(own: OwnWords) -> dict[str, Any]:
    told: dict[str, Any] = {"name": own.name, "kind": own.kind, "said": own.said}
    return told | ({"stars": float(own.stars)} if own.stars is not None else {})


def _hero(hero: ProductFacts) -> dict[str, Any]:
    return {
        "title": hero.values["name"],
        "kind": hero.kind,
        "reason": hero.values["reason"],
        "bullets": bullets_of(hero),
    }
