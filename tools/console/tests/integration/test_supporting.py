"""What support sees and does: one customer, found without an address that names them."""

import io
import logging
import zipfile
from collections.abc import Iterator
from http import HTTPStatus

import pytest
import structlog

from fondly.console.roles import Role
from fondly.operations.audit import entries
from fondly.operations.customers.profile import NO_EMAIL
from tools.console.tests.conftest import Asking
from tools.console.tests.support import ADDRESS, KEY, NAME, TEXT, WHO, put_customer
from understudy.testing import UnderstudyServer

PAGE = f"/customers/{KEY}"
PERSONAL = (WHO, NAME, ADDRESS, TEXT)


@pytest.fixture
def personalize(emulator_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have an understudy for Personalize, which the emulator lacks."""
    with UnderstudyServer(s3_endpoint_url=emulator_url) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_PERSONALIZE", server.url)
        yield


@pytest.mark.parametrize("who", [WHO, ADDRESS, ADDRESS.upper(), "quimby"])
async def test_a_customer_is_found_by_id_address_or_name(console: Asking, who: str) -> None:
    """And is called by a digest from then on."""
    await put_customer(console.environment)
    found = await console.post("/customers", {"who": who})
    assert (found.status, found.headers["location"]) == (HTTPStatus.SEE_OTHER, PAGE)
    assert "Nobody was found" in (await console.post("/customers", {"who": "nobody@x.example"})).text


async def test_a_customer_shows_what_they_got_why_and_what_they_said(console: Asking) -> None:
    """With the evidence of each reason, and what has become of the email; the title names nobody."""
    await put_customer(console.environment)
    shown = (await console.as_(Role.READER).get(PAGE)).text
    for words in (
        NAME,
        ADDRESS,
        TEXT,
        "A lamp beside your kettle",
        "liked: Kettle (P9)",
        "sent, 2026-11-27 08:00",
    ):
        assert words in shown
    assert not any(each in shown.partition("</title>")[0] for each in PERSONAL)
    assert "Forget" not in shown
    assert "as they got it" in shown
    assert NO_EMAIL not in shown  # of a ranking that is kept
    assert "1" in (await console.get("/products/P1")).text
    assert (await console.get("/products/P404")).status == HTTPStatus.CONFLICT


async def test_nobody_writes_to_a_customer_until_that_is_taken_back(console: Asking) -> None:
    """Who did so is noted, and whom by the digest alone."""
    await put_customer(console.environment)
    await console.post(f"{PAGE}/suppress")
    assert "Write to them again" in (await console.get(PAGE)).text
    await console.post(f"{PAGE}/suppress", {"again": "yes"})
    assert "Never write to them" in (await console.get(PAGE)).text
    noted = (await entries(console.environment)).entries
    assert [(each.act, each.about) for each in noted] == [("unsuppress", KEY), ("suppress", KEY)]


async def test_an_export_is_given_once_and_to_whoever_asked(console: Asking) -> None:
    """All that is known, as an archive; nobody keeps it."""
    await put_customer(console.environment)
    await console.post(f"{PAGE}/export")
    await console.ended(f"export {KEY}")
    assert "Download" in (await console.get(f"{PAGE}/export")).text
    assert (await console.as_(Role.OPERATOR, name="Bo").post(f"{PAGE}/archive.zip")).status == 404
    await console.as_(Role.OPERATOR).post(f"{PAGE}/export")
    await console.ended(f"export {KEY}")
    given = await console.post(f"{PAGE}/archive.zip")
    assert TEXT in zipfile.ZipFile(io.BytesIO(given.body)).read("customer.json").decode()
    assert (await console.post(f"{PAGE}/archive.zip")).status == HTTPStatus.NOT_FOUND


@pytest.mark.usefixtures("personalize")
async def test_a_forgotten_customer_is_proved_to_be_gone(
    console: Asking, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once the word is typed; then their page is nobody's, and neither pages nor logs name them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    await put_customer(console.environment)
    await console.post(f"{PAGE}/export")
    await console.ended(f"export {KEY}")
    refused = await console.post(f"{PAGE}/forget", {"word": "yes"})
    assert (refused.status, "the word to type is forget" in refused.text) == (HTTPStatus.CONFLICT, True)
    begun = await console.post(f"{PAGE}/forget", {"word": "forget"})
    assert begun.headers["location"] == f"{PAGE}/forget"
    await console.ended(f"forget {KEY}")
    proof = (await console.get(f"{PAGE}/forget")).text
    assert "nothing is left of them" in proof
    assert not any(each in proof for each in PERSONAL)
    assert (await console.get(PAGE)).status == HTTPStatus.NOT_FOUND
    assert (await console.post(f"{PAGE}/archive.zip")).status == HTTPStatus.NOT_FOUND
    told = capsys.readouterr()
    assert not any(each in told.out + told.err for each in PERSONAL)
    structlog.reset_defaults()


@pytest.mark.parametrize("act", ["suppress", "export", "forget"])
async def test_only_operators_act_on_customers(console: Asking, act: str) -> None:
    """Approvers may look."""
    assert (await console.as_(Role.APPROVER).post(f"{PAGE}/{act}")).status == HTTPStatus.FORBIDDEN
    assert (await console.as_(Role.VIEWER).get(PAGE)).status == HTTPStatus.FORBIDDEN
