"""The gallery is one valid page, shows every email, and no email can harm it."""

import base64
import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

from fondly.contracts.records import CopySource, OwnProduct, Reason, ReasonKind, Sentiment
from fondly.evaluation.sample.row import picture_url
from fondly.operations.emails.showing import evidence, is_unhappy
from fondly.operations.emails.shown import Piece, ShownDelivery, ShownEmail, ShownReview
from fondly.stack.gallery.packed import write_runs
from fondly.stack.pictures.addresses import BASE_URL, FOLDER
from tools.stack.tests.gallery_pages import (
    ATTACK,
    email,
    listed,
    packed,
    parsed,
    pick,
    prompt,
    reasons,
    rows,
    unpacked,
    write_gallery,
)

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
    """With customer, address, subject, preheader, picks, reasons, kind of copy and refused fields."""
    changed = email(
        "A2",
        address="a2@shop.example",
        copy_source=CopySource.MIXED,
        template_fields=("intro",),
        prompt_keys=("k1", "k1"),
        picks=(pick("Lamp", "new"), pick("Fan", "same shelf", evidence="Fans", claims=("free", "best"))),
        unhappy=True,
    )
    page = write_gallery(tmp_path, SUMMARY, [email("A1"), changed], prompts=[prompt("k1")])
    data = listed(page)
    assert data["products"][1] == ["lamp", "Lamp", ""]
    assert data["products"][5] == ["fan", "Fan", "free, best"]
    assert reasons(page) == [["popular", ""], ["new", ""], ["same shelf", "Fans"]]
    assert data["fields"] == ["intro", "line", "lines.1"]
    first, second = rows(page)
    assert first == {
        "id": "A1",
        "name": "Priya Rao",
        "address": "",
        "subject": "Five finds ✨",
        "preheader": "From ₹199",
        "products": [0, 1, 2, 3, 4],
        "reasons": [0, 0, 0, 0, 0],
        "source": 0,
        "labels": 0,
        "unhappy": 0,
        "template": [],
        "refused": [],
        "body": first["body"],
        "delivery": 0,
    }
    assert second["address"] == "a2@shop.example"
    assert (second["products"], second["reasons"]) == ([1, 5], [1, 2])
    assert data["sources"][second["source"]] == "mixed"
    assert (second["template"], second["refused"], second["unhappy"]) == ([0], [1, 2], 1)


def test_emails_have_what_became_of_them(tmp_path: Path) -> None:
    """Endings that emails share are stored once; where, how and as what is with the email's contents."""
    sent = ShownDelivery(
        outcome="sent",
        at="2026-11-26 09:00:00 UTC",
        transport="smtp",
        provider_id="queued as 1",
        arrived="mailbox/1.eml",
    )
    left_out = ShownDelivery(outcome="suppressed", reason="no_address")
    endings = [sent, left_out, left_out, replace(sent, bounced="complaint"), None]
    page = write_gallery(tmp_path, SUMMARY, [email(f"A{n}", delivery=each) for n, each in enumerate(endings)])
    assert [row["delivery"] for row in rows(page)] == [1, 2, 2, 3, 0]
    assert listed(page)["deliveries"] == [
        ["sent", "", ""],
        ["suppressed", "no_address", ""],
        ["sent", "", "complaint"],
    ]
    known = packed(page, "bodies-0")["known"]
    assert known[0]["delivery"] == {
        "outcome": "sent",
        "at": "2026-11-26 09:00:00 UTC",
        "transport": "smtp",
        "provider_id": "queued as 1",
        "arrived": "mailbox/1.eml",
    }
    assert [each.get("delivery", {}).get("outcome") for each in known] == [
        "sent",
        "suppressed",
        "suppressed",
        "sent",
        None,
    ]


@pytest.mark.parametrize(
    ("polarities", "unhappy"),
    [
        ((), False),
        ((None,), False),
        ((-0.1,), False),
        ((-0.9,), True),
        ((-0.9, None), True),
        ((-0.9, -0.1), True),
        ((-0.9, 0.1), False),
        ((-0.9, 0.9), False),
    ],
)
def test_a_customer_is_unhappy_who_has_only_bad_experiences(
    polarities: tuple[float | None, ...], *, unhappy: bool
) -> None:
    """Something let them down, and no opinion of theirs is other than bad: as the mailer sees it."""
    owned = [OwnProduct(product_id="p", product_name="Mug", polarity=each) for each in polarities]
    assert is_unhappy(owned) == unhappy


def test_bodies_that_differ_only_in_name_and_links_are_the_same(tmp_path: Path) -> None:
    """So that neither a greeting nor an address to unsubscribe makes equal copy look personal."""
    same = [
        email(
            "A1", name="Priya Rao", text="Hello Priya,\na kettle.\nhttps://shop.example/u/1 a@shop.example"
        ),
        email("A2", name="", text="Hello ,\na  kettle.\nhttps://shop.example/u/2"),
        email("A3", text="Hello Priya,\na lamp."),
    ]
    first, second, third = (row["body"] for row in rows(write_gallery(tmp_path, SUMMARY, same)))
    assert first == second != third


def test_prompts_are_stored_once(tmp_path: Path) -> None:
    """In files of their own, with answers and verdicts; use and refusals are counted for the figures."""
    prompts = [
        prompt(f"k{number}", paid=number > 0, task="product" if number else "frame") for number in range(60)
    ]
    asked = [email(prompt_keys=("k0", "k55", "k55")), email(prompt_keys=("k0", "gone")), email()]
    page = write_gallery(tmp_path, SUMMARY, asked, prompts=prompts)
    data = listed(page)
    known = packed(page, "bodies-0")["known"]
    assert [each.get("prompts") for each in known] == [[0, 55, 55], [0, -1], None]
    assert {place: many for place, many in enumerate(data["promptEmails"]) if many} == {0: 2, 55: 1}
    assert packed(page, "prompts-1")[55 - data["promptsPerFile"]]["prompt_key"] == "k55"
    assert data["prompts"] == {
        "distinct": 60,
        "frames": 1,
        "paid": 59,
        "input_tokens": 59 * 900,
        "output_tokens": 59 * 300,
        "cache_read_tokens": 59 * 700,
        "cache_write_tokens": 0,
    }
    assert data["refusals"] == [["line", "word", "cures", 60]]


def test_a_failed_run_shows_its_reason(tmp_path: Path) -> None:
    """Above everything, also without a single email."""
    page = write_gallery(tmp_path, {"status": "failed", "reason": f"no bucket {ATTACK}"}, [])
    (failure,) = (each for each in parsed(page).iter("p") if each.get("class") == "failure")
    assert failure.get("role") == "alert"
    assert "".join(failure.itertext()) == f"The run failed: no bucket {ATTACK}"


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
    fields = ("customer_id", "name", "address", "subject", "preheader")
    review = ShownReview(product=ATTACK, pieces=(Piece(ATTACK),), label=Sentiment.NEGATIVE)
    attacked = email(**dict.fromkeys(fields, ATTACK), picks=(pick(ATTACK),), reviews=(review,))
    page = write_gallery(tmp_path, SUMMARY | {"run_id": ATTACK, "status": ATTACK}, [attacked])
    assert len(list(parsed(page).iter("script"))) == 1
    (row,) = rows(page)
    assert [row[name] for name in ("id", "name", "subject", "preheader")] == [ATTACK] * 4
    assert "alert(1)</script" not in page.read_text(encoding="utf-8")


def test_policy_allows_only_the_pages_own_script(tmp_path: Path) -> None:
    """The policy names the hash of the one inline script and forbids all that is not listed."""
    tree = parsed(write_gallery(tmp_path, SUMMARY, [email()]))
    (policy,) = (each.get("content", "") for each in tree.iter("meta") if each.get("http-equiv"))
    (script,) = (each.text or "" for each in tree.iter("script"))
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


def header_of(page: Path) -> list[Element]:
    """Return the page's header with the run's figures."""
    return [each for each in parsed(page).iter("header") if each.get("class") == "run"]


def test_header_shows_the_runs_results(tmp_path: Path) -> None:
    """Counts, duration and cost are above the list."""
    (header,) = header_of(write_gallery(tmp_path, SUMMARY, [email()]))
    names, figures = ([each.text for each in header.iter(tag)] for tag in ("dt", "dd"))
    shown = dict(zip(names, figures, strict=True))
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
    assert rows(page) == []
    (header,) = header_of(page)
    assert not list(header.iter("dd"))


def test_writing_again_removes_the_former_gallery(tmp_path: Path) -> None:
    """Files of an earlier, larger gallery are gone; other files stay."""
    write_gallery(tmp_path, SUMMARY, [email(f"A{i}") for i in range(120)])
    foreign = tmp_path / "gallery" / "notes.txt"
    foreign.write_text("keep")
    write_gallery(tmp_path, SUMMARY, [email()])
    assert sorted(each.name for each in (tmp_path / "gallery").iterdir()) == [
        "bodies-0.js",
        "list.js",
        "notes.txt",
    ]


def test_many_emails_are_small(tmp_path: Path) -> None:
    """Emails of 35 KB, read one by one, take a tenth of their size, and a hundred bytes each of the list."""
    cell = "".join(f"<td style='padding:{i}px'>product {i} ₹{i * 7}</td>" for i in range(330))

    def emails() -> Iterator[ShownEmail]:
        for i in range(1_000):
            html = f"<!doctype html><html><body>{i}{cell}</body></html>"
            yield email(f"A{i}", html=html, source=f"{i}{cell}{cell}")

    page = write_gallery(tmp_path, SUMMARY, emails())
    sizes = [each.stat().st_size for each in tmp_path.rglob("*") if each.is_file()]
    assert sum(sizes) < 3_500_000
    assert page.stat().st_size < 200_000
    assert (tmp_path / "gallery" / "list.js").stat().st_size < 100_000


@pytest.mark.parametrize("customer_id", ["../../etc", "a b", "ä"])
def test_customer_ids_are_not_used_in_paths(tmp_path: Path, customer_id: str) -> None:
    """Files are named by number, never by data."""
    write_gallery(tmp_path, SUMMARY, [email(customer_id)])
    names = {str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*") if each.is_file()}
    assert names == {"index.html", "gallery/bodies-0.js", "gallery/list.js"}


def test_the_runs_of_a_folder_are_listed(tmp_path: Path) -> None:
    """Those with a gallery, the newest first, with the time and the number of their emails."""
    for number, name in enumerate(("run-1", "run-2")):
        page = write_gallery(tmp_path / name, SUMMARY, [email()])
        os.utime(page.parent / "gallery" / "list.js", (1_000 + number, 1_000 + number))
    (tmp_path / "run-2" / "summary.json").write_text(json.dumps(SUMMARY))
    (tmp_path / "demo-unfinished").mkdir()
    write_runs(tmp_path)
    assert unpacked(tmp_path / "runs.js") == [
        {"folder": "run-2", "written": 1_001, "emails": 2},
        {"folder": "run-1", "written": 1_000, "emails": None},
    ]


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        (
            Reason(kind=ReasonKind.LIKED, product_name="Desk Lamp", product_id="P9", review_id="R7"),
            "Desk Lamp (P9), review R7",
        ),
        (
            Reason(kind=ReasonKind.ALSO_LIKED, product_name="Desk Lamp", customers=1_200),
            "Desk Lamp, 1,200 customers",
        ),
        (
            Reason(kind=ReasonKind.BOUGHT_TOGETHER, product_id="P9", customers=1),
            "(P9), 1 customer",
        ),
        (
            Reason(kind=ReasonKind.POPULAR_IN_CATEGORY, category=("Home", "Lamps"), rank=2, out_of=40),
            "Lamps, number 2 of 40",
        ),
        (Reason(kind=ReasonKind.ASSORTMENT), ""),
        (Reason(kind=ReasonKind.LIKED, product_name="Lamp " * 40), f"{'Lamp ' * 11}Lamp…"),
    ],
)
def test_a_reason_is_shown_with_its_evidence(reason: Reason, shown: str) -> None:
    """Product, review, customers, category and rank, as far as the kind has them."""
    assert evidence(reason) == shown


def test_the_pictures_of_the_sample_are_copied_once(tmp_path: Path) -> None:
    """Those that emails show and that exist; without any there is no file, also after a former gallery."""
    kettle = picture_url("kettle", "Sage")
    html = f'<img src="{kettle}"><img src="{BASE_URL}no-such-picture.png">'
    page = write_gallery(tmp_path, SUMMARY, [email("A1", html=html), email("A2", html=html)])
    copies = packed(page, "pictures")
    assert list(copies) == [kettle]
    copied = base64.b64decode(copies[kettle].removeprefix("data:image/png;base64,"))
    assert copied == (FOLDER / "kettle-sage.png").read_bytes()
    write_gallery(tmp_path, SUMMARY, [email()])
    assert not (tmp_path / "gallery" / "pictures.js").exists()
