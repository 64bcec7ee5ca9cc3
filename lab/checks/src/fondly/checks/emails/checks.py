"""All checks, on as many emails as each can afford."""

from collections.abc import Iterator, Sequence

from fondly.checks.emails.axe import axe
from fondly.checks.emails.caniemail import caniemail
from fondly.checks.emails.content import MAX_HTML_BYTES, Hosts, content_problems
from fondly.checks.emails.finding import Finding, Result
from fondly.checks.emails.message import Email
from fondly.checks.emails.mime import mime_problems
from fondly.checks.emails.nu_html import nu_html
from fondly.checks.emails.spamassassin import spamassassin

SPAM_SAMPLE = 50
HTML_SAMPLE = 50
FEATURES_SAMPLE = 12
BROWSER_SAMPLE = 12


def check(emails: Sequence[Email], hosts: Hosts, *, exact: bool) -> Iterator[Result]:
    """Yield the result of each check, the quick ones first, which judge every email.

    `exact`: the emails show all that the mailer can, so whatever else is allowed is allowed in vain.
    """
    yield _mime(emails)
    yield _content(emails, hosts)
    yield spamassassin(spread(emails, SPAM_SAMPLE))
    yield nu_html(spread(emails, HTML_SAMPLE))
    yield caniemail(spread(emails, FEATURES_SAMPLE), exact=exact)
    yield axe(spread(emails, BROWSER_SAMPLE))


def spread(emails: Sequence[Email], at_most: int) -> list[Email]:
    """Return that many emails, evenly spread over all."""
    count = min(at_most, len(emails))
    return [emails[place * len(emails) // count] for place in range(count)]


def _mime(emails: Sequence[Email]) -> Result:
    found = [Finding(email.name, problem) for email in emails for problem in mime_problems(email)]
    return Result("MIME and headers", len(emails), found)


def _content(emails: Sequence[Email], hosts: Hosts) -> Result:
    found = [Finding(email.name, problem) for email in emails for problem in content_problems(email, hosts)]
    largest = max(len(email.html.encode()) for email in emails)
    figure = f"HTML {largest / 1024:.1f} of {MAX_HTML_BYTES / 1024:.0f} KB"
    return Result("Size, hosts, slots, alt texts", len(emails), found, figure=figure)
