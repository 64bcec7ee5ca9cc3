"""Whatever customers, sellers and models wrote, the gallery shows it as text."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Dialog, expect

from fondly.contracts.records import Sentiment
from fondly.operations.emails.shown import (
    Piece,
    Refusal,
    ShownEmail,
    ShownMention,
    ShownOwned,
    ShownPrompt,
    ShownReview,
)
from tests.hostile.cases import cases
from tools.stack.tests.browser.conftest import Open
from tools.stack.tests.gallery_pages import email, pick, prompt, write_gallery

TEXTS = {case.id: case.text for case in cases("texts")}
SHOWN = ("#name", "#subject", "#preheader")
ACTIVE = "script, object, embed, img, a, form, base, link, meta"
"""Elements that load, run or lead anywhere, but for the email's own frame."""


def hostile_email(text: str, key: str) -> ShownEmail:
    """Return an email of which every text is this one, its HTML too."""
    review = ShownReview(
        review_id="r", product=text, pieces=(Piece(text, text, Sentiment.NEGATIVE),), label=Sentiment.NEGATIVE
    )
    return email(
        key,
        **dict.fromkeys(("name", "address", "subject", "preheader", "html", "text", "source"), text),
        picks=(pick(text, evidence=text, category=text, review_id="r", praised=(text,), claims=(text,)),),
        prompt_keys=(key, key),
        template_fields=(text,),
        reviews=(review,),
        owned=(ShownOwned(text, text, "disliked"),),
        blamed=(ShownMention(text, text),),
    )


def hostile_prompt(text: str, key: str) -> ShownPrompt:
    """Return a prompt of which every text is this one."""
    return prompt(
        key,
        prompt=f"<facts>{text}</facts>{text}",
        answers=(text,),
        model_id=text,
        verdicts=(Refusal(text, text, text, text),),
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page on which every email and every prompt is hostile."""
    emails = [hostile_email(text, key) for key, text in TEXTS.items()]
    prompts = [hostile_prompt(text, key) for key, text in TEXTS.items()]
    return write_gallery(tmp_path_factory.mktemp("run-1"), {"run_id": "run-1"}, emails, prompts=prompts)


@pytest.mark.parametrize("beside", ["customer", "picks", "copy"])
def test_no_text_becomes_markup(open_page: Open, context: BrowserContext, hostile: Path, beside: str) -> None:
    """Neither in the list nor in the header nor beside the email: no element, no dialog, no other page."""
    context.route(re.compile("^https?://"), lambda route: route.abort())  # an email may name pictures
    page = open_page(hostile.as_uri(), hash_=f"#emails/{next(iter(TEXTS))}")
    dialogs: list[str] = []

    def dismissed(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismissed)
    page.locator("#view > iframe").wait_for()
    address, allowed = page.url.partition("#")[0], page.locator(ACTIVE).count()
    if page.locator(f"[data-beside={beside}]").get_attribute("aria-pressed") == "false":
        page.click(f"[data-beside={beside}]")
    for key, text in TEXTS.items():
        expect(page.locator("#customer")).to_have_text(key)
        assert {page.locator(shown).text_content() for shown in SHOWN} == {text}
        page.keyboard.press("j")
    expect(page.locator("#beside > *").first).to_be_attached()
    expect(page.locator(ACTIVE)).to_have_count(allowed)
    page.click("[data-page=figures]")
    expect(page.locator("#figures figure").first).to_be_visible()
    expect(page.locator(ACTIVE)).to_have_count(allowed)
    assert dialogs == []
    assert page.url.partition("#")[0] == address
