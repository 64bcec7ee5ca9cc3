"""Whatever customers, sellers and models wrote, the gallery shows it as text."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Dialog, expect

from fondly.contracts.records import Sentiment
from fondly.operations.emails.shown import (
    Piece,
    Refusal,
    ShownDelivery,
    ShownEmail,
    ShownOwned,
    ShownPrompt,
    ShownReview,
)
from tests.hostile.cases import cases
from tools.stack.tests.browser.conftest import Open
from tools.stack.tests.gallery_pages import email, pick, prompt, write_gallery

TEXTS = {case.id: case.text for case in cases("texts")}
SHOWN = ("#subject", "#preheader", "[aria-current=true] b")
ACTIVE = "script, object, embed, img, video, svg, math, form, base, link, meta, [style], [onload], [onerror]"
"""What loads, runs or leads anywhere."""


def hostile_email(text: str, key: str) -> ShownEmail:
    """Return an email of which every text is this one, its HTML too."""
    review = ShownReview(
        review_id="r", product=text, pieces=(Piece(text, text, Sentiment.NEGATIVE),), label=Sentiment.NEGATIVE
    )
    return email(
        key,
        **dict.fromkeys(("name", "address", "subject", "preheader", "html", "text"), text),
        picks=(pick(text, evidence=text, category=text, review_id="r", praised=(text,), claims=(text,)),),
        prompt_keys=(key,),
        template_fields=(text,),
        reviews=(review,),
        owned=(ShownOwned(text, text, "disliked"),),
        blamed=(text,),
        delivery=ShownDelivery(outcome=text, reason=text, transport=text, provider_id=text, bounced=text),
    )


def hostile_prompt(text: str, key: str) -> ShownPrompt:
    """Return a prompt of which every text is this one."""
    return prompt(
        key,
        prompt=text,
        answers=(text,),
        model_id=text,
        verdicts=(Refusal(text, text, text, text),),
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page on which all of the run, of every email and of every prompt is hostile."""
    text = " ".join(TEXTS.values())
    emails = [hostile_email(text, key) for key, text in TEXTS.items()]
    prompts = [hostile_prompt(text, key) for key, text in TEXTS.items()]
    told = {"run_id": text, "status": text, "reason": text, "ranking": text, "missing": [text]}
    return write_gallery(tmp_path_factory.mktemp("run-1"), told, emails, prompts)


def test_no_text_becomes_markup(open_page: Open, context: BrowserContext, hostile: Path) -> None:
    """Neither in the list nor in the reader nor beside the email: no element, no dialog, no other page."""
    context.route(re.compile("^https?://"), lambda route: route.abort())  # an email may name pictures
    page = open_page(hostile.as_uri())
    dialogs: list[str] = []

    def dismissed(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismissed)
    page.locator("#view > iframe").wait_for()
    address, allowed = page.url.partition("#")[0], page.locator(ACTIVE).count()
    for text in TEXTS.values():
        page.locator("#beside summary").click()
        expect(page.locator("#beside [data-prompt] pre")).to_have_count(2)
        assert {page.locator(shown).first.text_content() for shown in SHOWN} == {text}
        expect(page.locator(ACTIVE)).to_have_count(allowed)
        page.keyboard.press("j")
    assert dialogs == []
    assert page.url.partition("#")[0] == address
