"""Emails that deserve a look are found by search, filters and figures."""

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
        ("copy", "mixed", sum(email.copy_source == "mixed" for email in EMAILS)),
        ("template", "intro", sum("intro" in email.template_fields for email in EMAILS)),
        ("refused", "any", sum(not campaign.WITH_REFUSALS.isdisjoint(email.prompt_keys) for email in EMAILS)),
        ("refused", "lines.2", 3),
        ("refused", "greeting", 18),
        ("labels", "unhappy", sum(email.unhappy for email in EMAILS)),
        ("labels", "positive", sum(not email.unhappy for email in EMAILS)),
        ("claims", "any", sum(any(pick.claims for pick in email.picks) for email in EMAILS)),
        ("claims", "warranty", sum(any(pick.claims for pick in email.picks) for email in EMAILS)),
        (
            "reason",
            "goes with",
            sum(any(pick.kind == "goes with" for pick in email.picks) for email in EMAILS),
        ),
        ("delivery", "sent", sum(email.delivery.outcome == "sent" for email in EMAILS if email.delivery)),
        ("delivery", "suppressed: unsubscribed", len(EMAILS[::11])),
        ("shared", "list", len(EMAILS) - 1),
        ("shared", "body", len(EMAILS)),
    ],
)
def test_a_filter_leaves_what_it_names(open_page: Open, name: str, value: str, wanted: int) -> None:
    """Exactly those emails; clearing the filters brings all back."""
    page = open_page()
    page.get_by_text("Filters", exact=False).first.click()
    page.locator(f"#filter-{name}").select_option(value)
    expect(page.locator("#found")).to_have_text(f"{wanted} emails")
    page.get_by_role("button", name="Clear filters").click()
    expect(page.locator("#found")).to_have_text(f"{len(EMAILS)} emails")


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("c17@shop.example", "1 email"),
        ("GITA popular", f"{number_with('Gita', 'popular in category')} emails"),
        ("12 customers", "130 emails"),
        ("nothing like it", "0 emails"),
    ],
)
def test_search_looks_into_addresses_products_and_reasons(open_page: Open, words: str, wanted: str) -> None:
    """All words must be there, in any order and case."""
    page = open_page()
    page.locator("#search").fill(words)
    expect(page.locator("#found")).to_have_text(wanted)
    assert page.locator("#nothing").is_visible() == (wanted == "0 emails")


def test_figures_count_the_emails(open_page: Open) -> None:
    """Distinct bodies, subjects and lists, coverage, cost and aspects; each chart is a table as well."""
    page = open_page(hash_="#figures")
    shown = page.locator("#figures").inner_text()
    for words in (
        "65 (50.0%)",
        "48 (80.0% of 60)",
        "$0.65",
        "$5.00",
        "41, 4 of 48",
        "55 prompts (7 for frames), 54 paid",
    ):
        assert words in shown
    assert page.locator("#figures figure").count() == page.locator("#figures figure table").count()


def test_a_row_of_a_figure_opens_its_emails(open_page: Open) -> None:
    """With the filter set that the row stands for."""
    page = open_page(hash_="#figures")
    page.get_by_role("button", name="template copy").click()
    expect(page.locator("#found")).to_have_text("13 emails")
    page.go_back()
    expect(page.locator("#figures")).to_be_visible()
