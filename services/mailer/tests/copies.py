"""Copy as tests judge and write it."""

from fondly.mailer.domain.copy.fields import LINES, TEXTS, Copy, Problem
from fondly.mailer.domain.copy.gate import Gate
from fondly.mailer.domain.copy.template_copy import template_text
from fondly.mailer.domain.facts.email import EmailFacts


def judge(field: str, text: str, facts: EmailFacts) -> list[Problem]:
    """Return what makes one text untrue or unproved."""
    return Gate(facts).judge(field, text)


def template_copy(facts: EmailFacts) -> Copy:
    """Return copy whose every field is template copy."""
    return Copy(
        **{field: template_text(field, facts) for field in TEXTS},
        lines={str(each.number): template_text(f"{LINES}{each.number}", facts) for each in facts.products},
    )
