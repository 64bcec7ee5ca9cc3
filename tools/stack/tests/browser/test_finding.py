"""Emails that deserve a look are found by search and filters."""

import pytest
from playwright.sync_api import expect

from tools.stack.tests import campaign
from tools.stack.tests.browser.conftest import Open

EMAILS = campaign.campaign()


def number_with(name: str, kind: str) -> int:
    """Return how many customers of this name have a pick for this kind of reason."""
    return sum(name in email.name and any(pick.kind == kind for pick in email.picks) for email in EMAILS)


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("copy", "template", sum(email.copy_source == "template" for email in EMAILS)),
        ("template", "intro", sum("intro" in email.template_fields for email in EMAILS)),
        ("refused", "greeting", 18),
        ("customer", "only bad experiences", sum(email.unhappy for email in EMAILS)),
        ("review", "positive", sum(not email.unhappy for email in EMAILS)),
        ("seller claims", "warranty", sum(any(pick.claims for pick in email.picks) for email in EMAILS)),
        ("reason", "new", sum(any(pick.kind == "new" for pick in email.picks) for email in EMAILS)),
        ("delivery", "unsubscribed", len(EMAILS[::11])),
    ],
)
def test_a_filter_leaves_what_it_names(open_page: Open, name: str, value: str, wanted: int) -> None:
    """Exactly as many emails as it says before."""
    page = open_page()
    page.get_by_text("Filters").click()
    page.get_by_role("combobox", name=name, exact=True).select_option(f"{value} ({wanted})")
    expect(page.locator("#found")).to_have_text(f"{wanted} of 130 emails")


def test_search_and_filters_apply_together(open_page: Open) -> None:
    """All words must be there, in any order and case; the first email that is left is opened."""
    page = open_page()
    page.get_by_text("Filters").click()
    page.get_by_role("combobox", name="reason", exact=True).select_option(
        label=f"new ({number_with('', 'new')})"
    )
    page.locator("#search").fill("  FINDS gita")
    expect(page.locator("#found")).to_have_text(f"{number_with('Gita', 'new')} of 130 emails")
    expect(page.locator("#beside")).to_contain_text("Gita Sen")
    page.locator("#search").fill("c18@shop.example product")
    expect(page.locator("#found")).to_have_text("1 of 130 emails")
    page.locator("#search").fill("nothing like it")
    expect(page.locator("#found")).to_have_text("0 of 130 emails")
    expect(page.locator("#reader")).to_be_hidden()
