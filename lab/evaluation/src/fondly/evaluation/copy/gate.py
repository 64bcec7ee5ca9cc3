"""The mailer's own gate, as the evaluation calls it."""

from collections.abc import Sequence

from fondly.evaluation.copy.judging import Objection
from fondly.evaluation.errors import EvaluationError
from fondly.mailer.domain.copy import gate
from fondly.mailer.domain.facts.email import EmailFacts


def mailer_gate(field: str, text: str, facts: EmailFacts) -> Sequence[Objection]:
    """Return what speaks against the truth of a text; nothing if the mailer would take it.

    Raises `EvaluationError` for an email in a language without word lists.
    """
    try:
        return gate.judge(field, text, facts)
    except LookupError as error:
        raise EvaluationError(str(error)) from error
