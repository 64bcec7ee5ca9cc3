"""The gallery is one valid page, shows every email, and no email can harm it."""

import base64
import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from fondly.contracts.records import (
    AspectCount,
    CopySource,
    OwnProduct,
    Reason,
    ReasonKind,
    Sentiment,
    SentimentSummary,
)
from fondly.evaluation.sample.row import picture_url
from fondly.operations.emails.showing import evidence, is_unhappy
from fondly.operations.emails.shown import Piece, ShownDelivery, ShownEmail, ShownOwned, ShownReview
from fondly.operations.runs.sentiment_figures import exported
from fondly.stack.pictures.addresses import BASE_URL, FOLDER
from tools.stack.tests.gallery_pages import (
    ATTACK,
    email,
    listed,
    packed,
    parsed,
    pick,
    prompt,
    rows,
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
    """With customer, address, subject, preheader, products, and what it is filtered by."""
    changed = email(
        "A2",
        address="a2@shop.example",
        copy_source=CopySource.MIXED,
        template_fields=("intro",),
        prompt_keys=("k1", "k1"),
        picks=(pick("Lamp", "new"), pick("Fan", "same shelf", evidence="Fans", claims=("free", "best"))),
        reviews=tuple(ShownReview(product="", pieces=(), label=each) for each in (Sentiment.MIXED, None)),
        unhappy=True,
    )
    page = write_gallery(tmp_path, SUMMARY, [email("A1"), changed], prompts=[prompt("k1")])
    first, second = rows(page)
    assert first == {
        "id": "A1",
        "name": "Priya Rao",
        "address": "",
        "subject": "Five finds ✨",
        "preheader": "From ₹199",
        "products": [[each.lower(), each] for each in ("Kettle", "Lamp", "Mouse", "Bottle", "Iron")],
        "facets": ["copy:ai", "reason:popular"],
    }
    assert (second["address"], second["products"]) == ("a2@shop.example", [["lamp", "Lamp"], ["fan", "Fan"]])
    assert second["facets"] == [
        *("copy:mixed", "template:intro", "refused:line", "reason:new", "reason:same shelf"),
        *("seller claims:free", "seller claims:best", "review:mixed", "customer:only bad experiences"),
    ]


def test_emails_are_filtered_by_what_became_of_them(tmp_path: Path) -> None:
    """What came last counts: sent, why it was not sent, or how it came back."""
    sent = ShownDelivery(outcome="sent", transport="smtp", provider_id="queued as 1")
    left_out = ShownDelivery(outcome="suppressed", reason="no_address")
    endings = [sent, left_out, replace(sent, bounced="complaint"), None]
    page = write_gallery(tmp_path, SUMMARY, [email(f"A{n}", delivery=each) for n, each in enumerate(endings)])
    assert [row["facets"][2:] for row in rows(page)] == [
        *(["delivery:sent"], ["delivery:no address"], ["delivery:complaint"], []),
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


def test_prompts_are_stored_once(tmp_path: Path) -> None:
    """In files of their own, with answers and verdicts; an email names them by what they are about."""
    facts = '<facts>{"products": [{"n": 1, "name": "A \\"5 l\\" pot"}]}</facts>'
    prompts = [prompt(f"k{number}", prompt=facts) for number in range(60)]
    prompts[0] = replace(prompts[0], task="frame", prompt="Write.", verdicts=())
    asked = [email(prompt_keys=("k0", "k55")), email(prompt_keys=("gone",)), email()]
    page = write_gallery(tmp_path, SUMMARY, asked, prompts=prompts)
    first, second, third = packed(page, "bodies-0")["beside"]
    assert re.findall("<summary>(.*)</summary>", first) == [
        "The frame",
        "A &#34;5 l&#34; pot · refused: line",
    ]
    assert re.findall('data-prompt="(.*)"', first) == ["0", "55"]
    assert "The run kept none of its prompts." in second
    assert "Nothing was asked for this email." in third
    answered = packed(page, "prompts-1")[55 - listed(page)["promptsPerFile"]]
    assert all(
        text in answered for text in ("It cures a headache.", "&#34;One&#34;", "a-model", "900 tokens in")
    )


@pytest.mark.parametrize(
    ("task", "text", "about"),
    [
        ("own", "Write.", "A frame of their own words"),
        ("product", "Write.", "A product"),
        ("product", '"products": [{"n": 1, "name": "\\x"', "A product"),
    ],
)
def test_a_prompt_is_named_whatever_its_text_is(task: str, text: str, about: str) -> None:
    """By the name of its product only if its facts have one that can be read."""
    assert prompt(task=task, prompt=text).about == about


def test_what_an_email_rests_on_is_beside_it(tmp_path: Path) -> None:
    """As the console shows it: the customer, what they have and wrote, products and why, the message."""
    said = ShownReview(
        review_id="r", product="Kettle", pieces=(Piece("Its "), Piece("lid", "lid", Sentiment.NEGATIVE))
    )
    shown = email(
        picks=(pick("Lamp", "liked", evidence="review r", review_id="r", claims=("free",)),),
        reviews=(said,),
        owned=(ShownOwned("Glass kettle", "Kettles", "disliked"),),
        blamed=("lid",),
        delivery=ShownDelivery(outcome="sent", arrived="mailbox/1.eml"),
    )
    (beside,) = packed(write_gallery(tmp_path, SUMMARY, [shown]), "bodies-0")["beside"]
    for expected in (
        *("Priya Rao", "criticises lid", "Glass kettle", "<b>liked</b>: review r", "The seller claims: free"),
        *(
            '<mark class="bad" title="lid">lid</mark>',
            '<a href="mailbox/1.eml">The message as it arrived</a>',
        ),
    ):
        assert expected in beside


def test_a_failed_run_shows_its_reason(tmp_path: Path) -> None:
    """Above everything, also without a single email."""
    page = write_gallery(tmp_path, {"status": "failed", "reason": f"no bucket {ATTACK}"}, [])
    (failure,) = (each for each in parsed(page).iter("p") if each.get("role") == "alert")
    assert "".join(failure.itertext()) == f"no bucket {ATTACK}"


def test_a_run_without_emails_says_why(tmp_path: Path) -> None:
    """Where no reason is known, by what became of its customers."""
    page = write_gallery(tmp_path, {"status": "finished", "customers": 10, "customers_held_out": 10}, [])
    assert "This run has no emails, though it has 10 customers: 10 held out." in text_of(page)


def test_contents_arrive_unchanged(tmp_path: Path) -> None:
    """HTML and text in the files are exactly as given, in the list's order, with the message's file."""
    emails = [email(f"A{i}", html=f"<p>{i}{ATTACK}", text=f"{i}\r\n\x00\ud800{ATTACK}") for i in range(120)]
    page = write_gallery(tmp_path, SUMMARY, emails)
    per_file = listed(page)["emailsPerFile"]
    for index, each in enumerate(emails):
        content, position = packed(page, f"bodies-{index // per_file}"), index % per_file
        members = [content[part][position] for part in ("html", "text", "file")]
        assert members == [each.html, each.text, f"A{index}.eml"]


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
    fields = list(tree.iter("input"))
    assert fields
    assert fields == [each for label in tree.iter("label") for each in label.iter("input")]
    assert all("".join(each.itertext()).strip() for each in tree.iter("button"))


def text_of(page: Path) -> str:
    """Return the text of the page without its scripts."""
    tree = parsed(page)
    for script in tree.iter("script"):
        script.text = ""
    return " ".join("".join(tree.itertext()).split())


def test_the_runs_results_are_above_the_emails(tmp_path: Path) -> None:
    """As the console says them: who gets mail, duration, cost, and what customers say."""
    said = SentimentSummary(
        texts=100,
        scored=80,
        empty=20,
        labels={Sentiment.POSITIVE: 60, Sentiment.NEGATIVE: 20},
        praised=(AspectCount(aspect=ATTACK, praised=41, blamed=4, neutral=3),),
    )
    shown = text_of(write_gallery(tmp_path, SUMMARY | {"sentiment": exported(said)}, [email()]))
    for words in (
        *("2 of 2 customers have an email", "41.3 s in all", "$6.41 at list prices", "bedrock$6.00"),
        *("80 of 100 texts scored", "positive60 75.0%", f"{ATTACK} 41 of 48"),
    ):
        assert " ".join(words.split()) in shown


def test_a_run_of_which_little_is_known_has_a_page(tmp_path: Path) -> None:
    """As the emails that `fondly email sample` draws."""
    page = write_gallery(tmp_path, {"run_id": "run-1"}, [email()])
    assert "Customers and data" not in text_of(page)
    empty = SUMMARY | {"sentiment": exported(SentimentSummary(texts=0, scored=0, empty=0))}
    assert "0 of 0 texts scored" in text_of(write_gallery(tmp_path, empty, [email()]))


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
            yield email(f"A{i}", html=html)

    page = write_gallery(tmp_path, SUMMARY, emails())
    sizes = [each.stat().st_size for each in tmp_path.rglob("*") if each.is_file()]
    assert sum(sizes) < 3_500_000
    assert page.stat().st_size < 50_000
    assert (tmp_path / "gallery" / "list.js").stat().st_size < 100_000


@pytest.mark.parametrize("customer_id", ["../../etc", "a b", "ä"])
def test_customer_ids_are_not_used_in_paths(tmp_path: Path, customer_id: str) -> None:
    """Files are named by number, never by data."""
    write_gallery(tmp_path, SUMMARY, [email(customer_id)])
    names = {str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*") if each.is_file()}
    assert names == {"index.html", "gallery/bodies-0.js", "gallery/list.js"}


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
