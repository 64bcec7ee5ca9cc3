"""Each tool itself, on an email that it must like and one that it must not.

Without the tool the test is skipped, except in CI.
"""

import pytest

from fondly.checks.emails.axe import axe
from fondly.checks.emails.caniemail import allowed_features, unsupported_features
from fondly.checks.emails.nu_html import nu_html
from fondly.checks.emails.spamassassin import spamassassin
from fondly.checks.programs import ToolError, program, run
from lab.checks.tests.emails import HTML, an_email
from lab.checks.tests.tools import skipped_without_tools


def test_spamassassin_names_the_rules_that_an_email_breaks() -> None:
    """A subject in capitals about money scores, and the finding says by which rule."""
    bad = an_email(subject="RE: GUARANTEED!!! $$$ CLICK NOW", header="Subject: {subject}\n\n")
    with skipped_without_tools():
        result = spamassassin([bad])
    assert result.judged == 1
    assert "MISSING_DATE" in result.findings[0].what


def test_the_html_checker_finds_an_unknown_attribute_and_a_good_email_good() -> None:
    """Each finding is under its own email."""
    with skipped_without_tools():
        result = nu_html([an_email(), an_email(html=HTML.replace("<h1>", '<h1 colour="red">'))])
    assert [finding.what for finding in result.findings] == [
        "HTML: Attribute “colour” not allowed on element “h1” at this point."
    ]


def test_features_are_reported_for_the_readers_that_do_not_show_them() -> None:
    """Outlook for Windows does not fit pictures; each document has its own features."""
    clients, _ = allowed_features()
    fitted = HTML.replace("<img", '<img style="object-fit:cover"')
    with skipped_without_tools():
        plain, found = unsupported_features([HTML, fitted], clients)
    assert ("outlook.windows", "object-fit") in found - plain
    assert not any(feature == "object-fit" for _, feature in plain)


def test_axe_finds_grey_on_grey_in_every_view_and_a_good_email_good() -> None:
    """Four views: two widths, light and dark."""
    with skipped_without_tools():
        result = axe(
            [an_email(), an_email(html=HTML.replace("<h1>", '<h1 style="color:#ddd;background:#fff">'))]
        )
    assert {finding.what.partition(":")[0] for finding in result.findings} == {"axe color-contrast"}
    assert len(result.findings) == 4


def test_a_missing_program_says_how_to_install_it() -> None:
    """The first of several names is the one to install."""
    with pytest.raises(ToolError, match=r"^no-such-program is not installed: `make email-tools` installs it"):
        program("no-such-program", "nor-this-one")


def test_a_program_that_fails_is_quoted() -> None:
    """What it wrote to standard error is in the message."""
    with pytest.raises(ToolError, match=r"sh ended with code 3:\nno rules"):
        run([program("sh"), "-c", "echo no rules >&2; exit 3"])
