"""Copy as tests write it."""

from fondly.mailer.domain.copy.fields import Copy, email_fields
from fondly.mailer.domain.copy.house_text import house_text
from fondly.mailer.domain.facts.email import EmailFacts


def house_copy(facts: EmailFacts) -> Copy:
    """Return copy whose every field is house text."""
    texts = {field: house_text(field, facts) for field in email_fields(facts)}
    return Copy.of({field: text for field, text in texts.items() if text})
