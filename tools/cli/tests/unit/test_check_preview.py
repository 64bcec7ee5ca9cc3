"""What `fondly check` says of the emails to come: rows, examples, and what is grave."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tools.cli.tests.checking import CUSTOMERS, PRODUCTS, REVIEWS, write
from tools.cli.tests.conftest import Fondly

Rows = Sequence[Mapping[str, str]]
GOOD = [
    {
        **each,
        "category": "Home|Coffee Mugs",
        "product_link": f"https://www.mugs.shop/{number}",
        "img_link": f"https://www.mugs.shop/{number}.jpg",
    }
    for number, each in enumerate(PRODUCTS)
]
NAMED = [{**each, "user_name": "Jordan Weir"} for each in CUSTOMERS]
RATED = [{**each, "rating": "5"} for each in REVIEWS]
SETTINGS = """\
[brand]
name = "Mugs & More"
from_address = "hello@mugs.shop"
postal_address = "Mugs & More, 4 Kiln Lane, Stoke ST1 1AA, UK"

[shop]
url = "https://www.mugs.shop"
currency = "GBP"
locale = "en_GB"
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop about which nothing is grave, in the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FONDLY_CONFIG", raising=False)
    write(tmp_path / "shop", products=GOOD, customers=NAMED, reviews=RATED)
    (tmp_path / "fondly.toml").write_text(SETTINGS)
    return tmp_path


def test_rows_are_shown_as_emails_will_have_them(run_fondly: Fondly, shop: Path) -> None:
    """Price with currency, link, picture and noun; of customers no name and no address."""
    write(
        shop / "shop",
        products=GOOD,
        customers=[*NAMED[:2], {**NAMED[2], "marketing_consent": "no"}, *NAMED[3:]],
    )
    found = run_fondly("check", "shop", "--json").json
    assert found["products"][0] == {
        "name": "Mug 0",
        "price": "£4.50",
        "link": "www.mugs.shop",
        "picture": True,
        "noun": "coffee mug",
    }
    assert len(found["customers"]) == 10
    assert found["customers"][1:3] == [
        {"customer": "C1", "consent": "yes", "why_not": None},
        {"customer": "C2", "consent": "no", "why_not": "without consent"},
    ]
    assert found["findings"] == []
    text = run_fondly("check", "shop", "--json").out
    assert "Weir" not in text
    assert "c1@" not in text


def test_three_examples_are_finished_emails_by_house_text(run_fondly: Fondly, shop: Path) -> None:
    """To real customers, with products that they do not have, the shop's brand, and nothing paid."""
    shown = run_fondly("check", "shop", "--emails", "emails").out
    assert re.findall(r"example \d", shown) == ["example 1", "example 2", "example 3"]
    assert "Jordan" in shown
    assert "✓ these files can be used" in shown
    pages = sorted((shop / "emails").glob("*.html"))
    assert [page.name for page in pages] == ["example-1.html", "example-2.html", "example-3.html"]
    first = pages[0].read_text()
    assert "4 Kiln Lane" in first
    assert "https://www.mugs.shop/" in first
    assert "Mug 0" not in re.findall(r">(Mug \d)<", first)  # what C0 has
    assert "your" in first
    assert not re.search(r"\{[\w.]+\}", first)


def every(rows: Rows, **cells: str) -> Rows:
    """The rows with other cells."""
    return [{**each, **cells} for each in rows]


def but_first(rows: Rows, **cells: str) -> Rows:
    """The rows of which the first has other cells."""
    return [{**rows[0], **cells}, *rows[1:]]


LINKED_ELSEWHERE = [{"homepage": each["product_link"], **each, "product_link": ""} for each in GOOD]
UNREAD = [{**each, "login": each["email"], "tier": "Gold", "fax": ""} for each in NAMED]
PICTURES = '[hosts]\npictures = ["{}"]\n[shop]'
FILES: list[tuple[dict[str, Rows], str, str]] = [
    ({"customers": every(NAMED, marketing_consent="no")}, "nobody", "40 without consent"),
    ({"products": every(GOOD, product_link="")}, "no_links", "{YOUR COLUMN: product_link}"),
    ({"products": LINKED_ELSEWHERE}, "no_links", '{"homepage": product_link}'),
    ({"products": every(GOOD, img_link="")}, "no_pictures", "{YOUR COLUMN: img_link}"),
    ({"products": but_first(GOOD, product_name="Mug &hartz; big")}, "markup", "1 product"),
    ({"products": but_first(GOOD, product_link="")}, "few_links", "1 of 5 products"),
    ({"reviews": every(RATED, review_content="Sehr gut und nicht zu teuer")}, "languages", "de 100%"),
    ({"customers": UNREAD}, "ignored", "login (an email address); tier (Gold); nothing to show: fax"),
]
TEXTS: list[tuple[str, str, str, str]] = [
    ("hello@mugs.shop", "hello@mugs.example", "sender", "hello@mugs.example"),
    ("postal_address = ", "voice = ", "postal_address", "Bengaluru"),
    ('name = "Mugs & More"', "", "name", "'Fondly Shop'"),
    ('currency = "GBP"', "", "currency", "INR"),
    ("www.mugs.shop", "www.cups.shop", "refused_links", '[hosts] links = ["www.mugs.shop"]'),
    ("[shop]", PICTURES.format("cdn.mugs.shop"), "refused_pictures", "5 products"),
    ("[shop]", PICTURES.format('*.mugs.shop", "old.shop'), "unmatched", "pictures: old.shop"),
]


@pytest.mark.parametrize(("changed", "kind", "said"), FILES, ids=[kind for _, kind, _ in FILES])
def test_each_fault_of_files_is_found_alone_with_its_remedy(
    run_fondly: Fondly, shop: Path, *, changed: dict[str, Rows], kind: str, said: str
) -> None:
    """Nothing else is said of a shop that is right otherwise, and its files can be used."""
    write(shop / "shop", **{"products": GOOD, "customers": NAMED, "reviews": RATED, **changed})
    assert_found(run_fondly, kind, said)


@pytest.mark.parametrize(("old", "new", "kind", "said"), TEXTS, ids=[kind for *_, kind, _ in TEXTS])
def test_each_fault_of_settings_is_found_alone_with_its_remedy(
    run_fondly: Fondly, shop: Path, *, old: str, new: str, kind: str, said: str
) -> None:
    """What is left out has the example's value, which nobody should get emails with."""
    assert old in SETTINGS
    (shop / "fondly.toml").write_text(SETTINGS.replace(old, new))
    assert_found(run_fondly, kind, said)


def assert_found(run_fondly: Fondly, kind: str, said: str) -> None:
    """A check of the shop says this, and nothing else but what it ignores and what hangs together with it."""
    found = run_fondly("check", "shop", "--json")
    by_kind = {each["kind"]: each for each in found.json["findings"]}
    assert by_kind.keys() <= {kind, "ignored", "refused_pictures"}
    assert said in by_kind[kind]["found"] + by_kind[kind]["remedy"]
    assert found.code == 0


def test_rules_that_match_nothing_are_errors(run_fondly: Fondly, shop: Path) -> None:
    """Of the merchandiser and of the mapping; a file of rules that cannot be read is one, too."""
    (shop / "shop/merchandising.yaml").write_text("exclude: {brands: [Akme]}\npin: [P1, P9]\n")
    (shop / "shop/mapping.yaml").write_text("files: {retouren.csv: {kind: orders}}\n")
    answer = run_fondly("check", "shop", "--json")
    assert [each["found"].split(": nothing")[0] for each in answer.json["findings"]] == [
        "mapping.yaml: files: retouren.csv",
        "pin: P9",
        "exclude.brands: Akme",
    ]
    assert answer.json["report"]["ignored_files"] == []
    other = shop / "rules.yaml"
    other.write_text("pin: [P2]\n")
    (shop / "shop/mapping.yaml").unlink()
    assert run_fondly("check", "shop", "--merchandising", str(other), "--strict").code == 0
    other.write_text("pins: [P2]\n")
    assert "pins" in run_fondly("check", "shop", "--merchandising", str(other)).err


def test_examples_offer_nothing_that_the_shop_excludes(run_fondly: Fondly, shop: Path) -> None:
    """Where that is everything, there is none, and it is said."""
    (shop / "shop/merchandising.yaml").write_text("exclude: {products: [P1, P2, P3]}\n")
    shown = run_fondly("check", "shop").out
    assert set(re.findall(r"│ \d\. (Mug \d)", shown)) <= {"Mug 0", "Mug 4"}
    (shop / "shop/merchandising.yaml").write_text("exclude: {categories: [Coffee Mugs]}\n")
    answer = run_fondly("check", "shop")
    assert "example 1" not in answer.out
    assert "no example email" in answer.err


def test_strict_fails_where_anything_grave_is_open(run_fondly: Fondly, shop: Path) -> None:
    """The last line names all of it, and there is no tick; without `--strict` the files can be used."""
    assert run_fondly("check", "shop", "--strict").code == 0
    (shop / "fondly.toml").unlink()
    write(shop / "shop", products=GOOD, customers=[{"user_id": each["user_id"]} for each in NAMED])
    answer = run_fondly("check", "shop", "--strict")
    assert answer.code == 1
    *_, last = answer.out.splitlines()
    identity = ("the example's sender", "the example's postal address")
    grave = ("no consent column", *identity, "refused links", "refused pictures", "no currency")
    assert last == f"✗ 6 grave: {', '.join(grave)}"
    assert "✓" not in answer.out
    assert run_fondly("check", "shop").code == 0


def test_an_open_question_is_told_with_the_line_that_answers_it(run_fondly: Fondly, shop: Path) -> None:
    """Once, and its column is not ignored: the last line says that there are questions."""
    answers = ["yes", *["no"] * 39]
    asking = [
        {"user_id": each["user_id"], "gdpr_ok": answer, "vip": "A"}
        for each, answer in zip(NAMED, answers, strict=True)
    ]
    write(shop / "shop", products=GOOD, customers=asking, reviews=RATED)
    answer = run_fondly("check", "shop")
    assert answer.code == 1
    assert "✗ customers.csv: is `gdpr_ok` consent" in answer.out
    assert "columns: {gdpr_ok: marketing_consent}" in answer.out
    assert answer.out.count("gdpr_ok") == 3
    assert "1 column ignored: vip (A)" in answer.out
    *_, last = answer.out.splitlines()
    assert last == "✗ these files cannot be used yet: 1 open question, above"
