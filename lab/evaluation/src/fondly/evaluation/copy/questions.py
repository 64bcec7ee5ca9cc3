"""The mailer's question that a text would be an answer to."""

from fondly.evaluation.copy.emails import Email
from fondly.evaluation.copy.fields import LINES, OWN
from fondly.mailer.domain.copy.fields import HEADLINES, LINE
from fondly.mailer.domain.copy.frame_prompt import frame_question
from fondly.mailer.domain.copy.own_prompt import own_question
from fondly.mailer.domain.copy.product_prompt import product_question
from fondly.mailer.domain.copy.question import Question
from fondly.mailer.domain.facts.experience import Occasion
from fondly.mailer.domain.slots import owner, slots_in


def question_of(field: str, text: str, email: Email) -> Question | None:
    """Return the question; None for a frame of one's own where the customer has said nothing."""
    if field.startswith(OWN):
        return own_question(email.facts, email.style)
    if number := product_of(field, text, email):
        return product_question(email.products[number - 1], email.style)
    return frame_question(email.facts, email.style)


def product_of(field: str, text: str, email: Email) -> int | None:
    """Return the number of the product that a text is about; None for frames.

    Headlines are about the product of their first slot, else about the first one.
    """
    name, _, number = field.partition(".")
    if name == LINES:
        return int(number)
    if name not in HEADLINES or email.facts.occasion is Occasion.SORRY:
        return None
    numbers = (int(owner(slot)) for slot in slots_in(text) if owner(slot).isdecimal())
    return next((each for each in numbers if 0 < each <= len(email.products)), 1)


def field_of(field: str) -> str:
    """Return what the mailer calls a field of a suite."""
    name, _, part = field.partition(".")
    return {LINES: LINE, OWN: part}.get(name, name)
