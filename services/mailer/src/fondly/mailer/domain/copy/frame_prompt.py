"""The question what an email says to its customer around the products, by what is known of them alone.

Names of products are slots, so everybody of whom the same is known shares a question.
"""

from functools import lru_cache
from typing import NamedTuple

from fondly.mailer.domain.copy.checks import MAX_SHOWN
from fondly.mailer.domain.copy.fields import frame_fields
from fondly.mailer.domain.copy.prompt import Style, Task, fields_schema, shop_facts
from fondly.mailer.domain.copy.question import EVIDENCE_CHARS, Question, asked, sources_of
from fondly.mailer.domain.copy.wording import Ground
from fondly.mailer.domain.facts.email import LONGEST_NAME, EmailFacts
from fondly.mailer.domain.facts.experience import ANY_PRODUCT, Occasion
from fondly.mailer.domain.slots import FIRST_NAME, attribute

CACHED_QUESTIONS = 1_024


class Told(NamedTuple):
    """What the model is told of a customer."""

    occasion: Occasion
    products: str
    slots: tuple[str, ...]
    theme: str | None
    praised: str | None
    blamed: str | None
    remedy: str | None


def frame_question(facts: EmailFacts, style: Style) -> Question:
    """Return the question for several wordings of each field of an email's frame."""
    known = facts.experience
    told = Told(
        occasion=facts.occasion,
        products="one" if facts.has_one_product else "several",
        slots=(FIRST_NAME, *known.slots),
        theme=facts.theme,
        praised=known.praised.aspect if known.praised else None,
        blamed=known.blamed.aspect if known.blamed else None,
        remedy=(style.remedy or None) if facts.occasion is Occasion.SORRY else None,
    )
    return _question(told, style)


@lru_cache(maxsize=CACHED_QUESTIONS)
def _question(told: Told, style: Style) -> Question:
    """Of many customers the same is known."""
    fields = frame_fields(told.occasion)
    entry = {name: value for name, value in told._asdict().items() if value is not None}
    shop = shop_facts(Task.FRAME, style, style.frame_wordings)
    chars = style.frame_wordings * sum(MAX_SHOWN[name] + EVIDENCE_CHARS for name in fields)
    aspects = {"praised": told.praised, "blamed": told.blamed}
    sources = {"theme": told.theme, **aspects, "remedy": told.remedy, "occasion": told.occasion}
    return Question(
        asked(Task.FRAME, style.language, shop=shop, entry=entry, answer=fields_schema(fields), chars=chars),
        fields,
        Ground(
            style.language,
            style.brand,
            sources_of(style, sources),
            {slot: _value(slot, aspects) for slot in told.slots},
            of_several=told.products == "several",
            apology=told.occasion is Occasion.SORRY,
        ),
        {"occasion": told.occasion, "products": told.products},
        strict=style.strict,
    )


def _value(slot: str, aspects: dict[str, str | None]) -> str:
    if slot == FIRST_NAME:
        return LONGEST_NAME
    return aspects.get(slot.partition(".")[0]) or ANY_PRODUCT if attribute(slot) == "aspect" else ANY_PRODUCT
