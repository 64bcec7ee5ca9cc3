"""The gallery shows what customers said: of the run, by category and product, and beside each email."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from fondly.contracts.records import (
    AspectCount,
    AspectMention,
    CategorySentiment,
    ProductSentiment,
    Review,
    ScoredReview,
    Sentiment,
    SentimentScores,
    SentimentSummary,
)
from fondly.operations.emails.catalogue import CatalogueEntry
from fondly.operations.emails.reviews import pieces, shown_review
from fondly.operations.emails.shown import Piece, ShownReview
from fondly.operations.runs.sentiment_figures import exported
from fondly.stack.gallery.categories import (
    GalleryAspect,
    GalleryCategory,
    GalleryProduct,
    gallery_categories,
)
from tools.stack.tests.gallery_pages import ATTACK, email, listed, packed, parsed, rows, write_gallery

SAID = SentimentSummary(
    texts=100,
    scored=80,
    empty=20,
    labels={Sentiment.POSITIVE: 60, Sentiment.NEGATIVE: 20},
    languages={"en": 70, "hi": 10},
    praised=(AspectCount(aspect="battery life", praised=41, blamed=4, neutral=3),),
    blamed=(AspectCount(aspect="installation", praised=3, blamed=14, neutral=1),),
)
SUMMARY = {"run_id": "run-7f3a", "status": "finished", "sentiment": exported(SAID)}
DOCUMENT = "Love it 😀👍🏽! The बैटरी lasts, but the strap broke."


def mention(aspect: str, words: str, sentiment: Sentiment = Sentiment.POSITIVE) -> AspectMention:
    """Return a mention of these words of `DOCUMENT`."""
    begin = DOCUMENT.index(words)
    return AspectMention(aspect=aspect, sentiment=sentiment, begin=begin, end=begin + len(words))


def counted(aspect: str, praised: int, blamed: int, neutral: int = 0) -> AspectCount:
    """Return an aspect's counts."""
    return AspectCount(aspect=aspect, praised=praised, blamed=blamed, neutral=neutral)


def a_product(product_id: str, *category: str) -> CatalogueEntry:
    """Return a product that is named by its id."""
    return CatalogueEntry(product_id, f"Product {product_id}", category)


def texts(page: Path) -> str:
    """Return the text of the page without its scripts."""
    tree = parsed(page)
    for script in tree.iter("script"):
        script.text = ""
    return " ".join("".join(tree.itertext()).split())


def test_what_is_praised_and_blamed_is_marked_by_code_points() -> None:
    """Emoji of several code points and combining signs before a mention do not move it."""
    found = list(
        pieces(DOCUMENT, [mention("strap", "strap", Sentiment.NEGATIVE), mention("battery", "बैटरी")])
    )
    assert found == [
        Piece("Love it 😀👍🏽! The "),
        Piece("बैटरी", "battery", Sentiment.POSITIVE),
        Piece(" lasts, but the "),
        Piece("strap", "strap", Sentiment.NEGATIVE),
        Piece(" broke."),
    ]


@pytest.mark.parametrize(
    "aspects",
    [
        [],
        [AspectMention(aspect="a", sentiment=Sentiment.POSITIVE, begin=3, end=3)],
        [AspectMention(aspect="a", sentiment=Sentiment.POSITIVE, begin=9, end=4)],
        [AspectMention(aspect="a", sentiment=Sentiment.POSITIVE, begin=5, end=len(DOCUMENT) + 1)],
        [mention("a", "strap", Sentiment.NEUTRAL), mention("b", "lasts", Sentiment.MIXED)],
        [mention("a", "The बैटरी lasts"), mention("b", "बैटरी", Sentiment.NEGATIVE)],
    ],
)
def test_pieces_are_always_the_whole_document(aspects: list[AspectMention]) -> None:
    """Mentions that overlap, are empty or end outside the text neither lose nor repeat a character."""
    found = list(pieces(DOCUMENT, aspects))
    assert "".join(each.text for each in found) == DOCUMENT
    assert all(not (one.sentiment is None and other.sentiment is None) for one, other in pairwise(found))


def test_a_text_without_words_has_no_pieces() -> None:
    """There is nothing to show."""
    assert list(pieces("", [])) == []


def test_a_review_has_its_label_scores_and_aspects() -> None:
    """Of the document as it was scored: title and text on one line."""
    review = Review(review_id="r", product_ids=("p",), title="Broke", text="The\nstrap")
    blamed = AspectMention(aspect="strap", sentiment=Sentiment.NEGATIVE, begin=11, end=16)
    scored = ScoredReview(
        review_id="r",
        customer_id="c",
        product_ids=("p",),
        language="en",
        sentiment=Sentiment.NEGATIVE,
        scores=SentimentScores(positive=0.00412, negative=0.98765, neutral=0.008, mixed=0),
        aspects=(blamed,),
    )
    assert shown_review(review, scored, "Watch") == ShownReview(
        review_id="r",
        product="Watch",
        pieces=(Piece("Broke. The "), Piece("strap", "strap", Sentiment.NEGATIVE)),
        label=Sentiment.NEGATIVE,
        scores={"positive": 0.004, "negative": 0.988, "neutral": 0.008, "mixed": 0},
        language="en",
        blamed=("strap",),
    )


def test_a_review_without_a_score_is_shown_all_the_same() -> None:
    """With its words, and with the reason if scoring failed."""
    review = Review(review_id="r", product_ids=("p",), text="Fine")
    assert shown_review(review, None, "Watch") == ShownReview(
        review_id="r", product="Watch", pieces=(Piece("Fine"),)
    )
    failed = ScoredReview(review_id="r", customer_id="c", product_ids=("p",), error="too long")
    assert shown_review(review, failed, "Watch").error == "too long"


def test_reviews_are_in_the_files_of_the_emails(tmp_path: Path) -> None:
    """Whatever they hold arrives unchanged, without what is empty; the page itself has none of it."""
    review = ShownReview(
        product="Kettle",
        pieces=(Piece(ATTACK), Piece("lid", "lid", Sentiment.NEGATIVE)),
        label=Sentiment.NEGATIVE,
        scores={"negative": 0.9},
        blamed=("lid",),
    )
    page = write_gallery(tmp_path, SUMMARY, [email("A1", reviews=(review,)), email("A2")])
    assert packed(page, "bodies-0")["reviews"] == [
        [
            {
                "product": "Kettle",
                "pieces": [{"text": ATTACK}, {"text": "lid", "aspect": "lid", "sentiment": "NEGATIVE"}],
                "label": "NEGATIVE",
                "scores": {"negative": 0.9},
                "blamed": ["lid"],
            }
        ],
        [],
    ]
    assert "alert(1)" not in page.read_text(encoding="utf-8")


def test_the_list_knows_which_labels_a_customers_reviews_have(tmp_path: Path) -> None:
    """As bits, the first label being the lowest; unscored reviews have none."""
    labels: list[list[Sentiment | None]] = [
        [Sentiment.POSITIVE, Sentiment.POSITIVE],
        [Sentiment.NEGATIVE, Sentiment.MIXED, None],
        [None],
        [],
    ]
    emails = [
        email(f"A{i}", reviews=tuple(ShownReview(product="", pieces=(), label=label) for label in given))
        for i, given in enumerate(labels)
    ]
    page = write_gallery(tmp_path, SUMMARY, emails)
    assert listed(page)["labels"] == ["positive", "negative", "neutral", "mixed"]
    assert [row["labels"] for row in rows(page)] == [0b0001, 0b1010, 0, 0]


def test_overview_has_label_mix_and_aspects(tmp_path: Path) -> None:
    """With shares, counts, unscored texts and languages, readable without JavaScript."""
    shown = texts(write_gallery(tmp_path, SUMMARY, [email()]))
    for words in (
        "positive 75.0% 60",
        "negative 25.0% 20",
        "neutral 0.0% 0",
        "mixed 0.0% 0",
        "not scored 20.0% of 100",
        "languages: en 70, hi 10",
        "Most praised battery life 41 of 48",
        "Most criticised installation 14 of 18",
    ):
        assert words in shown


@pytest.mark.parametrize("summary", [{"run_id": "run-1"}, {"run_id": "run-1", "sentiment": None}])
def test_a_run_without_sentiment_has_no_such_overview(tmp_path: Path, summary: dict[str, Any]) -> None:
    """As one of an earlier version, or one that failed before."""
    page = write_gallery(tmp_path, summary, [email()])
    classes = {each.get("class") for each in parsed(page).iter()}
    assert not {"said", "categories"} & classes
    assert not (tmp_path / "gallery" / "categories.js").exists()


def test_a_run_without_texts_is_shown(tmp_path: Path) -> None:
    """Nothing is divided by zero."""
    empty = exported(SentimentSummary(texts=0, scored=0, empty=0))
    assert "not scored 0.0% of 0" in texts(write_gallery(tmp_path, {"sentiment": empty}, []))


def test_no_aspect_breaks_out_of_the_overview(tmp_path: Path) -> None:
    """Aspects may come from reviews."""
    attacked = SAID.model_copy(
        update={"praised": (counted(ATTACK, 1, 0),), "languages": {ATTACK: 1, "en": 2}}
    )
    page = write_gallery(tmp_path, {"sentiment": exported(attacked)}, [email()])
    assert len(list(parsed(page).iter("script"))) == 1
    assert "alert(1)</script" not in page.read_text(encoding="utf-8")


def test_a_products_aspects_are_beside_those_of_its_category() -> None:
    """In words, with the verdict that most texts share; what few texts mention is left out."""
    battery, strap = counted("battery", 17, 20, 2), counted("strap", 3, 1)
    of_product = (
        counted("battery", 7, 1, 1),
        counted("strap", 0, 2),
        counted("screen", 1, 1),
        counted("box", 0, 0, 2),
        counted("lid", 2, 1),
        counted("price", 1, 0),
    )
    (found,) = gallery_categories(
        [a_product("p", "Wearables", "Watches")],
        [ProductSentiment(product_id="p", positive=8, negative=1_200, aspects=of_product)],
        [
            CategorySentiment(
                category=("Wearables", "Watches"), products=1, scored=1_208, aspects=(battery, strap)
            )
        ],
    )
    assert found == GalleryCategory(
        path=("Wearables", "Watches"),
        scored=1_208,
        aspects=(GalleryAspect("battery", "divided", "17 of 39 praise, 20 criticise"),),
        products=(
            GalleryProduct(
                "Product p",
                "8 positive, 1,200 negative",
                (
                    GalleryAspect("battery", "praised", "7 of 9 praise, category 17 of 39"),
                    GalleryAspect("lid", "praised", "2 of 3 praise"),
                    GalleryAspect("box", "mentioned", "2 mentions"),
                    GalleryAspect("screen", "divided", "1 of 2 praise, 1 criticise"),
                    GalleryAspect("strap", "blamed", "2 of 2 criticise"),
                ),
            ),
        ),
    )


def test_a_divided_aspect_has_both_sides_beside_those_of_the_category() -> None:
    """If neither side has twice as many texts as the other."""
    (found,) = gallery_categories(
        [a_product("p", "A")],
        [ProductSentiment(product_id="p", positive=9, aspects=(counted("battery", 5, 3, 1),))],
        [CategorySentiment(category=("A",), products=2, scored=50, aspects=(counted("battery", 17, 20, 2),))],
    )
    assert found.products[0].aspects == (
        GalleryAspect(
            "battery", "divided", "5 of 9 praise, 3 criticise; category 17 of 39 praise, 20 criticise"
        ),
    )


def test_the_categories_and_products_with_the_most_texts_come_first() -> None:
    """Also without counts of categories, as in runs of earlier versions; without texts they are left out."""
    products = [a_product("a", "A"), a_product("b", "B"), a_product("c", "B"), a_product("d", "B")]
    numbers = {"a": 4, "b": 2, "c": 3, "d": 0}
    sentiments = [ProductSentiment(product_id=each, neutral=number) for each, number in numbers.items()]
    found = gallery_categories(products, sentiments, [])
    assert [(each.path, each.scored) for each in found] == [(("B",), 5), (("A",), 4)]
    assert [each.name for each in found[0].products] == ["Product c", "Product b"]


def test_categories_are_in_a_file_of_their_own(tmp_path: Path) -> None:
    """Which is gone once a later gallery has none."""
    aspect = GalleryAspect(ATTACK, "praised", "7 of 9 praise")
    category = GalleryCategory((ATTACK,), 9, (aspect,), (GalleryProduct(ATTACK, "9 positive", (aspect,)),))
    page = write_gallery(tmp_path, SUMMARY, [email()], [category])
    assert packed(page, "categories") == [
        {
            "path": [ATTACK],
            "scored": 9,
            "aspects": [{"name": ATTACK, "verdict": "praised", "counts": "7 of 9 praise"}],
            "products": [
                {
                    "name": ATTACK,
                    "labels": "9 positive",
                    "aspects": [{"name": ATTACK, "verdict": "praised", "counts": "7 of 9 praise"}],
                }
            ],
        }
    ]
    assert "alert(1)</script" not in page.read_text(encoding="utf-8")
    write_gallery(tmp_path, SUMMARY, [email()])
    assert not (tmp_path / "gallery" / "categories.js").exists()


def test_the_page_with_opinions_is_valid_and_its_controls_have_names(tmp_path: Path) -> None:
    """Every field has a label and every button a text or a label."""
    category = GalleryCategory(("A",), 9, (), ())
    tree = parsed(write_gallery(tmp_path, SUMMARY, [email()], [category]))
    labelled = {each.get("for") for each in tree.iter("label")}
    fields = [each for tag in ("input", "select") for each in tree.iter(tag)]
    assert {"filter-labels", "category-search"} <= {each.get("id") for each in fields}
    assert all(each.get("id") in labelled for each in fields)
    assert all(each.text or each.get("aria-label") for each in tree.iter("button"))
    known = {each.get("id") for each in tree.iter()}
    assert all(each.get("aria-controls") in known for each in tree.iter() if each.get("aria-controls"))


def luminance(colour: str) -> float:
    """Return a colour's relative luminance (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_text_has_contrast_in_both_themes(tmp_path: Path) -> None:
    """At least 4.5 to 1 for text, and 3 to 1 for the parts of the bar (WCAG 2.2, AA)."""
    page = write_gallery(tmp_path, SUMMARY, [email()]).read_text(encoding="utf-8")
    themes = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root[^{]*\{([^}]*)\}", page)
    ]
    assert len(themes) == 2
    for colours in themes:
        for ink, ground in (
            ("good", "good-tint"),
            ("bad", "bad-tint"),
            ("warn", "warn-tint"),
            ("ink", "sunk"),
            ("soft", "paper"),
        ):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
        for label in ("positive", "negative", "neutral", "mixed"):
            assert contrast(colours[label], colours["paper"]) >= 3, label


def test_a_verdict_does_not_depend_on_its_colour(tmp_path: Path) -> None:
    """Praise has a plus sign and a solid line, criticism a minus sign and a dashed line, both have words."""
    page = write_gallery(tmp_path, SUMMARY, [email()]).read_text(encoding="utf-8")
    assert 'mark[data-verdict="praised"]::before { content: "+"; }' in page
    assert 'mark[data-verdict="blamed"]::before { content: "−"; }' in page  # noqa: RUF001 - a minus sign
    assert "border-bottom: 2px dashed" in page
    assert 'mark.append(node("span", "hidden", ` (${word})`))' in page
