"""Shim until the languages are merged."""

from encore.mailer.domain.copy.template_copy import template_copy
from encore.mailer.domain.facts.email import EmailFacts


def house_text(field: str, facts: EmailFacts) -> str:
    """Return a text."""
    return dict(template_copy(facts).fields())[field]
