"""What stands in the place of wordings that people have struck, or written anew."""

from collections.abc import Mapping

from fondly.contracts.revisions import RunRevisions
from fondly.mailer.domain.copy.answers import Judged, check_answer
from fondly.mailer.domain.copy.fields import kind_of, product_of
from fondly.mailer.domain.copy.question import Question
from fondly.mailer.domain.copy.wording import Wording
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.slots import renumbered

HERO = 1


def revised_wording(
    facts: EmailFacts, judged: Mapping[Question, Judged], revisions: RunRevisions, name: str, wording: Wording
) -> Wording | None:
    """Return what a field of an email, such as `lines.2`, has in the place of a wording; None for nothing.

    It is the wording itself unless that was struck. A text that a person wrote rests on the same evidence,
    and is used where the rules for the model's own words admit it.
    """
    field, product = kind_of(name), product_of(name, wording.text, facts) or facts.products[0]
    own = Wording(renumbered(wording.text, product.number, HERO), wording.evidence)
    text = revisions.said(field, own.text, product.entry.product_id)
    if text == own.text:
        return wording
    asked = [each for each, found in judged.items() if own in found.wordings.get(field, ())]
    if text is None or any(refused(each, field, own._replace(text=text)) for each in asked):
        return None
    return own._replace(text=renumbered(text, HERO, product.number))


def refused(question: Question, field: str, wording: Wording) -> tuple[str, ...]:
    """Return what the rules have against a wording among the answers to a question, in words."""
    judged = check_answer({field: [wording]}, question.ground, strict=question.strict)
    return tuple(map(str, judged.verdicts))
