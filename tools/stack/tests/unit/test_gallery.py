"""The gallery is one valid page, shows every email, and no email can harm it."""

import base64
import re
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from encore.contracts.records import Reason, ReasonKind, Sentiment
from encore.stack.gallery import GalleryEmail, GalleryReview, write_gallery
from encore.stack.gallery.evidence import evidence
from encore.stack.gallery.model import Piece
from tools.stack.tests.gallery_pages import ATTACK, email, listed, packed, parsed

SUMMARY = {
    "run_id": "run-7f3a",
    "status": "finished",
    "customers": 2,
    "products": 1351,
    "reviews": 9269,
    "emails": 2,
    "emails_template_copy": 1,
    "rejected_rows": 3,
    "total_seconds": 41.27,
    "cost_usd": {"bedrock": 6.0, "total": 6.41},
}


def test_page_is_valid_html(tmp_path: Path) -> None:
    """The page parses without a single error, whatever the emails hold."""
    page = write_gallery(tmp_path, SUMMARY, [email(name=ATTACK, subject=ATTACK, html=ATTACK)])
    assert page == tmp_path / "index.html"
    assert parsed(page).tag == "html"


def test_list_has_every_email(tmp_path: Path) -> None:
    """With customer, name, subject, preheader, products, reasons and kind of copy."""
    page = write_gallery(
        tmp_path,
        SUMMARY,
        [
            email("A1"),
            email("A2", template_copy=True, products=("Lamp", "Fan"), reasons=("new", "discovery: Fans")),
        ],
    )
    data = listed(page)
    assert data["products"] == ["Kettle", "Lamp", "Mouse", "Bottle", "Iron", "Fan"]
    assert data["reasons"] == ["liked: Mug", "new", "popular", "featured", "discovery: Fans"]
    assert data["emails"] == [
        ["A1", "Priya Rao", "Five finds ✨", "From ₹199", [0, 1, 2, 3, 4], [0, 1, 2, 2, 3], 0, 0],
        ["A2", "Priya Rao", "Five finds ✨", "From ₹199", [1, 5], [1, 4], 1, 0],
    ]


def test_contents_arrive_unchanged(tmp_path: Path) -> None:
    """HTML, text and source in the files are exactly as given, in the list's order."""
    emails = [
        email(f"A{i}", html=f"<p>{i}{ATTACK}", text=f"{i}\r\n{ATTACK}", source=f"{i}: \x00\ud800{ATTACK}")
        for i in range(120)
    ]
    page = write_gallery(tmp_path, SUMMARY, emails)
    per_file = listed(page)["emailsPerFile"]
    for index, each in enumerate(emails):
        content = packed(page, f"bodies-{index // per_file}")
        position = index % per_file
        assert [content[part][position] for part in ("html", "text", "source")] == [
            each.html,
            each.text,
            each.source,
        ]


def test_no_email_breaks_out_of_the_data(tmp_path: Path) -> None:
    """Markup in any field neither ends the data nor starts a script."""
    fields = ("customer_id", "name", "subject", "preheader")
    review = GalleryReview(product=ATTACK, pieces=(Piece(ATTACK),), label=Sentiment.NEGATIVE)
    attacked = email(
        **dict.fromkeys(fields, ATTACK), products=(ATTACK,), reasons=(ATTACK,), reviews=(review,)
    )
    page = write_gallery(tmp_path, SUMMARY | {"run_id": ATTACK, "status": ATTACK}, [attacked])
    scripts = list(parsed(page).iter("script"))
    assert len(scripts) == 2
    assert listed(page)["emails"] == [[ATTACK] * 4 + [[0], [0], 0, 0b10]]
    assert "alert(1)</script" not in page.read_text(encoding="utf-8")


def test_policy_allows_only_the_pages_own_script(tmp_path: Path) -> None:
    """The policy names the hash of the one inline script and forbids all that is not listed."""
    tree = parsed(write_gallery(tmp_path, SUMMARY, [email()]))
    (policy,) = (each.get("content", "") for each in tree.iter("meta") if each.get("http-equiv"))
    (script,) = (each.text or "" for each in tree.iter("script") if each.get("id") is None)
    digest = base64.b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}' 'self' file:;" in policy
    assert policy.startswith("default-src 'none'")
    assert "'unsafe-eval'" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]


def test_emails_are_shown_in_a_sandbox(tmp_path: Path) -> None:
    """The frame of an email may open links and do nothing else."""
    page = write_gallery(tmp_path, SUMMARY, [email()]).read_text(encoding="utf-8")
    (sandbox,) = re.findall(r'setAttribute\("sandbox", "([^"]*)"\)', page)
    assert sandbox == "allow-popups allow-popups-to-escape-sandbox"
    assert "innerHTML" not in page


def test_page_needs_nothing_from_elsewhere(tmp_path: Path) -> None:
    """No script, style, font or image of the page itself is loaded from outside."""
    tree = parsed(write_gallery(tmp_path, SUMMARY, [email()]))
    assert not [each for each in tree.iter() if each.get("src") or each.tag == "link"]
    styles = "".join(each.text or "" for each in tree.iter("style"))
    assert "url(" not in styles
    assert "@import" not in styles


def test_controls_have_names(tmp_path: Path) -> None:
    """Every field has a label and every button a text or a label."""
    tree = parsed(write_gallery(tmp_path, SUMMARY, [email()]))
    labelled = {each.get("for") for each in tree.iter("label")}
    fields = [each for tag in ("input", "select") for each in tree.iter(tag)]
    assert fields
    assert all(each.get("id") in labelled for each in fields)
    assert all(each.text or each.get("aria-label") for each in tree.iter("button"))
    known = {each.get("id") for each in tree.iter()}
    assert all(each.get("aria-controls") in known for each in tree.iter() if each.get("aria-controls"))


def test_header_shows_the_runs_results(tmp_path: Path) -> None:
    """Counts, duration and cost are above the list."""
    tree = parsed(write_gallery(tmp_path, SUMMARY, [email()]))
    shown = dict(
        zip((each.text for each in tree.iter("dt")), (each.text for each in tree.iter("dd")), strict=True)
    )
    assert shown == {
        "emails": "2",
        "customers": "2",
        "products": "1,351",
        "reviews": "9,269",
        "template copy": "1",
        "rejected rows": "3",
        "from upload to last email": "41.3 s",
        "at AWS list prices": "$6.41",
    }


def test_failed_run_without_emails_still_has_a_page(tmp_path: Path) -> None:
    """Missing figures are left out, and the list is empty."""
    page = write_gallery(tmp_path, {"run_id": "run-1", "status": "failed"}, [])
    assert listed(page)["emails"] == []
    assert not list(parsed(page).iter("dd"))


def test_writing_again_removes_the_former_gallery(tmp_path: Path) -> None:
    """Files of an earlier, larger gallery are gone; other files stay."""
    write_gallery(tmp_path, SUMMARY, [email(f"A{i}") for i in range(120)])
    foreign = tmp_path / "gallery" / "notes.txt"
    foreign.write_text("keep")
    write_gallery(tmp_path, SUMMARY, [email()])
    assert sorted(each.name for each in (tmp_path / "gallery").iterdir()) == ["bodies-0.js", "notes.txt"]


def test_ten_thousand_emails_are_quick_and_small(tmp_path: Path) -> None:
    """Ten thousand emails of 35 KB, read one by one, take seconds and a tenth of their size."""
    cell = "".join(f"<td style='padding:{i}px'>product {i} ₹{i * 7}</td>" for i in range(330))

    def emails() -> Iterator[GalleryEmail]:
        for i in range(10_000):
            html = f"<!doctype html><html><body>{i}{cell}</body></html>"
            yield email(f"A{i}", html=html, source=f"{i}{cell}{cell}")

    started = time.perf_counter()
    page = write_gallery(tmp_path, SUMMARY, emails())
    assert time.perf_counter() - started < 30  # under 10 s on one idle core
    sizes = [each.stat().st_size for each in tmp_path.rglob("*") if each.is_file()]
    assert sum(sizes) < 35_000_000
    assert page.stat().st_size < 3_000_000


@pytest.mark.parametrize("customer_id", ["../../etc", "a b", "ä"])
def test_customer_ids_are_not_used_in_paths(tmp_path: Path, customer_id: str) -> None:
    """Files are named by number, never by data."""
    write_gallery(tmp_path, SUMMARY, [email(customer_id)])
    names = {str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*") if each.is_file()}
    assert names == {"index.html", "gallery/bodies-0.js"}


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        (
            Reason(kind=ReasonKind.LIKED, product_name="Desk Lamp", product_id="P9", review_id="R7"),
            "liked: Desk Lamp (P9), review R7",
        ),
        (
            Reason(kind=ReasonKind.ALSO_LIKED, product_name="Desk Lamp", customers=1_200),
            "also liked: Desk Lamp, 1,200 customers",
        ),
        (
            Reason(kind=ReasonKind.BOUGHT_TOGETHER, product_id="P9", customers=1),
            "bought together: (P9), 1 customer",
        ),
        (
            Reason(kind=ReasonKind.POPULAR_IN_CATEGORY, category=("Home", "Lamps"), rank=2, out_of=40),
            "popular in category: Lamps, number 2 of 40",
        ),
        (Reason(kind=ReasonKind.NEW), "new"),
        (Reason(kind=ReasonKind.LIKED, product_name="Lamp " * 40), f"liked: {'Lamp ' * 11}Lamp…"),
    ],
)
def test_a_reason_is_shown_with_its_evidence(reason: Reason, shown: str) -> None:
    """Product, review, customers, category and rank, as far as the kind has them."""
    assert evidence(reason) == shown
