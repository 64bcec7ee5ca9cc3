"""Whatever a shop's file, a customer or a model says: nothing harmful is in an email, a gallery or a log."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import html5lib
import pytest
import structlog
from pydantic import ValidationError

from fondly.checks.emails.message import Email, read_email
from fondly.contracts.records import Recommendation, Sentiment
from fondly.evaluation.own_data.reading import read_data
from fondly.mailer.domain.text import is_printable
from fondly.operations.emails.shown import Piece, Refusal, ShownPick, ShownReview
from fondly.runtime.logs import configure_logging, get_logger
from services.ingest.tests.fakes import csv_lines, numbered
from tests.hostile.cases import Case, cases, parameters
from tests.hostile.harm import harm_in
from tests.hostile.world import PRODUCT, AnsweringModel, mailed, recommended
from tools.stack.tests.gallery_pages import email as gallery_email
from tools.stack.tests.gallery_pages import packed, write_gallery
from tools.stack.tests.gallery_pages import prompt as gallery_prompt

MAX_IDENTIFIER = 256
MAX_BRAND, MAX_POSTAL = 60, 200
PACKED = re.compile(r'receive\("[\w-]+", "[A-Za-z0-9+/=]*"\);\n')
CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


def in_product(**changes: object) -> Recommendation:
    """A recommendation whose first product has these members."""
    return recommended(PRODUCT.model_copy(update=changes))


PLACES: dict[str, Callable[[str], Recommendation]] = {
    "customer": lambda text: recommended(name=text),
    "product": lambda text: in_product(name=text),
    "bullet": lambda text: in_product(bullets=(text, text)),
    "category": lambda text: in_product(category=(text, text)),
    "own": lambda text: recommended(own=text),
    "aspect": lambda text: recommended(aspect=text[:MAX_IDENTIFIER]),
    "said": lambda text: recommended(said=text),
    "quote": lambda text: recommended(quote=text or "."),
}


@pytest.fixture(scope="module")
def harmless() -> Email:
    """An email made of harmless facts."""
    return read_email(asyncio.run(only_message(recommended())), name="harmless")


@pytest.fixture(scope="module")
def harmless_elements(tmp_path_factory: pytest.TempPathFactory) -> list[Counter[str]]:
    """The elements of a harmless gallery's page, beside its email and in its prompt."""
    return _elements(_gallery("harmless", tmp_path_factory.mktemp("harmless")))


async def only_message(recommendation: Recommendation, model: AnsweringModel | None = None) -> bytes:
    """The one email that must be made of a recommendation."""
    (message,) = (await mailed(recommendation, model)).messages
    return message


@parameters("texts")
async def test_a_text_does_no_harm(case: Case, harmless: Email) -> None:
    """Wherever it stands, it ends no header, element, attribute, string or `<facts>`, and is no template."""
    for place, recommending in PLACES.items():
        done = await mailed(recommending(case.text))
        (message,) = done.messages
        assert harm_in(message, harmless=harmless, never=case.never) == [], place
        for asked in done.asked:
            assert (asked.count("<facts>"), asked.count("</facts>")) == (1, 1), place
            assert all(is_printable(char) for char in set(asked) - {"\n"}), place


@parameters("texts")
async def test_a_shop_name_does_no_harm(case: Case, harmless: Email) -> None:
    """It comes from a setting that somebody pasted: what would do harm is refused before anything is sent."""
    brand, address = case.text[:MAX_BRAND], case.text[:MAX_POSTAL]
    try:
        done = await mailed(recommended(), mailer_brand_name=brand, mailer_postal_address=address)
    except ValidationError:
        return
    (message,) = done.messages
    assert harm_in(message, harmless=harmless, never=case.never) == []


@pytest.mark.parametrize("place", ["link", "image_url"])
@parameters("urls")
async def test_a_url_of_another_kind_or_host_is_left_out(case: Case, place: str, harmless: Email) -> None:
    """The product is shown without it."""
    message = await only_message(in_product(**{place: case.text}))
    assert harm_in(message, harmless=harmless) == []


@pytest.mark.parametrize("place", ["link", "image_url"])
@parameters("own_urls")
async def test_a_url_of_the_shop_ends_no_attribute(case: Case, place: str, harmless: Email) -> None:
    """Whatever its path holds, it arrives escaped."""
    url = case.text.replace("shop.", "images.") if place == "image_url" else case.text
    message = await only_message(in_product(**{place: url}))
    assert harm_in(message, harmless=harmless) == []


@parameters("addresses")
async def test_nobody_else_receives_the_email(case: Case, harmless: Email) -> None:
    """An address that is not one plain address is replaced by one that cannot be delivered to."""
    message = await only_message(recommended(email=case.text))
    assert harm_in(message, harmless=harmless) == []
    (recipient,) = [line for line in message.split(b"\r\n") if line.startswith(b"To: ")]
    assert recipient.endswith((b"@customers.invalid", b"@customers.example"))


@parameters("identifiers")
async def test_an_id_does_no_harm(case: Case, harmless: Email) -> None:
    """It stands in headers, in object keys and in the link to unsubscribe."""
    message = await only_message(recommended(customer_id=case.text[:MAX_IDENTIFIER], email=None))
    assert harm_in(message, harmless=harmless) == []


def everywhere(field: str, text: str, *, cites: str = "") -> str:
    """An answer with a text, and with it as a sentence, in a field of every question; both cite a bullet."""
    name = "line" if field.startswith("lines.") else field
    texts = (text, f"{text}.")
    wordings = {name: [{"text": each, "evidence": [f"b1: {cites}"]} for each in texts]}
    members = dict.fromkeys(("1", "2"), wordings)
    return json.dumps({**wordings, "products": members, "customers": members})


@pytest.mark.parametrize("field", ["subject", "preheader", "intro", "lines.1", "closing"])
async def test_a_harmless_answer_is_heard(field: str) -> None:
    """Else the others would prove nothing."""
    message = await only_message(recommended(), AnsweringModel(everywhere(field, "A quiet evening at home")))
    assert b"A quiet evening at home" in message


@parameters("answers")
async def test_a_model_that_obeys_an_attacker_is_not_heard(case: Case, harmless: Email) -> None:
    """Every wording is refused, and the field has house text."""
    message = await only_message(recommended(), AnsweringModel(everywhere(case.field, case.text)))
    assert harm_in(message, harmless=harmless, never=case.never) == []


@parameters("raw_answers")
async def test_an_answer_of_another_form_is_not_heard(case: Case, harmless: Email) -> None:
    """The email has house text throughout."""
    message = await only_message(recommended(), AnsweringModel(case.text))
    assert harm_in(message, harmless=harmless, never=["evil.example"]) == []


@parameters("bullets")
async def test_a_bullet_is_not_repeated_because_a_model_cites_it(case: Case, harmless: Email) -> None:
    """The model cites the whole bullet in every wording."""
    model = AnsweringModel(everywhere("lines.1", f"It has {case.text}", cites=case.text))
    message = await only_message(in_product(bullets=(case.text,)), model)
    assert harm_in(message, harmless=harmless, never=case.never) == []


def test_ingest_reads_hostile_rows_and_keeps_no_control_character(tmp_path: Path) -> None:
    """A row is used or refused; neither stops the file."""
    texts = [case.text for case in cases("texts")]
    rows = [
        numbered(
            number,
            product_name=text,
            about_product=text,
            user_name=text,
            review_title=text,
            review_content=text,
        )
        for number, text in enumerate(texts)
    ]
    rows += [
        numbered(100 + number, img_link=case.text, product_link=case.text)
        for number, case in enumerate(cases("urls"))
    ]
    file = tmp_path / "hostile.csv"
    file.write_bytes(csv_lines(rows))
    data = read_data(file)
    assert len(data.products) + data.rejected_rows == len(rows)
    kept = [each.model_dump_json() for each in (*data.products, *data.customers)]
    assert not any("\\u0000" in text or "\\u001b" in text for text in kept)
    assert {product.link.partition(":")[0] for product in data.products if product.link} <= {"http", "https"}


@parameters("texts")
def test_a_gallery_shows_a_text_and_does_not_run_it(
    case: Case, tmp_path: Path, harmless_elements: list[Counter[str]]
) -> None:
    """All HTML has the elements that a harmless text makes, and files have only what `receive` unpacks."""
    page = _gallery(case.text or "-", tmp_path)
    assert _elements(page) == harmless_elements
    for file in page.parent.glob("gallery/*.js"):
        assert PACKED.fullmatch(file.read_text("ascii")), file.name


def _gallery(text: str, folder: Path) -> Path:
    """The page of a gallery in which a text is all that is said: of a run, an email and a prompt."""
    texts = dict.fromkeys(("name", "subject", "preheader", "html", "text"), text)
    review = ShownReview(review_id="r", product=text, pieces=(Piece(text, text, Sentiment.NEGATIVE),))
    shown = (ShownPick(product_id=text, name=text, kind=text, evidence=text, review_id="r", praised=(text,)),)
    texts |= {"customer_id": text[:MAX_IDENTIFIER]}
    hostile = gallery_email(**texts, picks=shown, reviews=(review,), prompt_keys=("k1",))
    refused = Refusal(text, text, text, text)
    prompted = gallery_prompt(prompt=text, answers=(text,), model_id=text, verdicts=(refused,))
    told = {"run_id": text, "status": text, "reason": text, "ranking": text, "missing": [text]}
    return write_gallery(folder, told, [hostile], [prompted])


def _elements(page: Path) -> list[Counter[str]]:
    """How often each element and attribute is in the page, and in the HTML that its script puts there."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    pieces = (*packed(page, "bodies-0")["beside"], *packed(page, "prompts-0"))
    trees = [parser.parse(page.read_text("utf-8")), *(parser.parseFragment(each) for each in pieces)]
    return [Counter(name for each in tree.iter() for name in (str(each.tag), *each.keys())) for tree in trees]


@parameters("texts")
def test_a_log_has_one_line_an_event(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    """Also one about an id or an error with line ends or colours for a terminal."""
    configure_logging(service="mailer")
    get_logger().warning("email_failed", customer_id=case.text, error=repr(ValueError(case.text)))
    structlog.reset_defaults()
    (line,) = capsys.readouterr().err.split("\n")[:-1]
    assert json.loads(line)["customer_id"] == case.text
    assert not CONTROLS.search(line)
