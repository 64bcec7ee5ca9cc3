"""What stands in the place of wordings that people have struck, or written anew."""

from collections.abc import Iterable, Mapping

from fondly.contracts.revisions import RunRevisions
from fondly.mailer.domain.copy.answers import Judged, Verdict, check_answer
from fondly.mailer.domain.copy.fields import kind_of_field, product_of
from fondly.mailer.domain.copy.question import Question
from fondly.mailer.domain.copy.wording import Wording
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.slots import renumbered

HERO = 1


def revised_wording(
    facts: EmailFacts,
    judged: Mapping[Question, Judged],
    revisions: RunRevisions,
    name: str,
    wording: Wording,
) -> Wording | None:
    """Return what a field of an email, such as `lines.2`, has in the place of a wording; None for nothing.

    It is the wording itself unless that was struck. A text that a person wrote rests on the same evidence,
    and is used where the rules for the model's own words admit it.
    """
    field, product = kind_of_field(name), product_of(name, wording.text, facts) or facts.products[0]
    own = renumbered(wording.text, product.number, HERO)
    text = revisions.said(field, own, product.entry.product_id)
    if text is None or text == own:
        return None if text is None else wording
    edited = Wording(text, wording.evidence)
    if any(refusals(field, edited, sources(judged, field, Wording(own, wording.evidence)))):
        return None
    return Wording(renumbered(text, HERO, product.number), wording.evidence)


def sources(judged: Mapping[Question, Judged], field: str, wording: Wording) -> list[Question]:
    """Return the questions of which the answers have a wording."""
    return [each for each, found in judged.items() if wording in found.wordings.get(field, ())]


def refusals(field: str, wording: Wording, questions: Iterable[Question]) -> list[Verdict]:
    """Return what the rules have against a wording among the answers to these questions."""
    return [
        verdict
        for each in questions
        for verdict in check_answer({field: [wording]}, each.ground, strict=each.strict).verdicts
    ]
