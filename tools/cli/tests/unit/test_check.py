"""`fondly check`: what a shop's files are, offline, before anything is started."""

import json
import os
from pathlib import Path

import pytest

from fondly.ingest.domain.formats.mapping import read_mapping
from tools.cli.tests.checking import CUSTOMERS, REVIEWS, write
from tools.cli.tests.conftest import Fondly

EXAMPLES = Path(__file__).parents[4] / "examples"


@pytest.fixture(autouse=True)
def without_aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No endpoint, no credentials, no settings of the developer's: a check needs none."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "FONDLY_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("example", "formats", "left_out"),
    [
        (
            "fashion-de",
            {"mapping.yaml", "Fondly customers", "Fondly orders"},
            {"no_consent", "suppressed", "under_age"},
        ),
        (
            "electronics-us",
            {"Shopify products", "Shopify customers", "Shopify orders"},
            {"no_consent", "nothing_kept"},
        ),
        ("marketplace-in", {"Kaggle Amazon Sales"}, set()),
    ],
)
def test_every_example_can_be_used_and_trained_on(
    run_fondly: Fondly, monkeypatch: pytest.MonkeyPatch, example: str, formats: set[str], left_out: set[str]
) -> None:
    """Each is recognised, loses no row, and says what a run of it takes."""
    monkeypatch.chdir(EXAMPLES / example)
    answer = run_fondly("check", ".", "--json")
    assert answer.code == 0, answer.err
    found = answer.json
    assert found["usable"]
    assert formats <= {file["format"] for file in found["report"]["files"]}
    assert found["report"]["counts"]["rejected_rows"] == 0
    assert set(found["report"]["exclusions"]) == left_out
    assert found["training"]["trains"]
    mailed = found["report"]["counts"]["customers"] - sum(found["report"]["exclusions"].values())
    assert found["estimate"]["emails"] == mailed
    assert 0 < float(found["estimate"]["cost_usd"]["total"]) < 1


def test_cancelled_and_refunded_orders_are_counted(
    run_fondly: Fondly, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are no purchases, and no faults of the file either."""
    monkeypatch.chdir(EXAMPLES / "electronics-us")
    shown = run_fondly("check", ".").out
    assert "rows left out on purpose: 42 refunded, 39 cancelled, 14 voided" in shown
    assert "14 who kept nothing of their orders: no email" in shown


def test_too_little_data_says_what_personalize_needs_and_what_happens_instead(
    run_fondly: Fondly, tmp_path: Path
) -> None:
    """A small shop may go on: everybody gets popular products, and nothing is paid for training."""
    write(tmp_path / "shop")
    answer = run_fondly("check", str(tmp_path / "shop"), "--json")
    assert answer.code == 0
    assert not answer.json["training"]["trains"]
    assert "personalize" not in answer.json["estimate"]["cost_usd"]
    shown = run_fondly("check", str(tmp_path / "shop")).out
    assert "Amazon Personalize cannot train: 40 interactions, Personalize needs 1,000" in shown
    assert "everybody gets popular products" in shown


def test_nobody_to_write_to_costs_nothing(run_fondly: Fondly, tmp_path: Path) -> None:
    """A run of people without consent pays for nothing, and the check says so."""
    write(tmp_path / "shop", customers=[{**each, "marketing_consent": "no"} for each in CUSTOMERS])
    answer = run_fondly("check", str(tmp_path / "shop"))
    assert answer.code == 0
    assert "40 without consent: no email" in answer.out
    assert "a run makes no email and pays for nothing" in answer.out


def test_a_missing_column_is_told_at_once_with_the_nearest_one(run_fondly: Fondly, tmp_path: Path) -> None:
    """Before a stack is started, and with how to map it; the exit code says that something is wrong."""
    write(tmp_path / "shop", products=[{"product_id": "P0", "produkt": "Mug", "discounted_price": "4"}])
    answer = run_fondly("check", str(tmp_path / "shop"))
    assert answer.code == 1
    assert "products.csv" in answer.out
    assert "product_name" in answer.out
    assert "produkt" in answer.out
    assert "mapping.yaml" in answer.out


def test_rejects_are_counted_by_reason_with_line_and_value(run_fondly: Fondly, tmp_path: Path) -> None:
    """Every reject is in the file that was asked for; the table has each reason once."""
    bad = [{**REVIEWS[0], "review_id": f"X{n}", "user_id": "C99"} for n in range(2)]
    write(tmp_path / "shop", reviews=[*REVIEWS, *bad])
    rejects = tmp_path / "rejects.jsonl"
    answer = run_fondly("check", str(tmp_path / "shop"), "--json", "--rejects", str(rejects))
    (reason,) = answer.json["report"]["rejects"]
    assert (reason["count"], reason["line"], reason["column"], reason["found"]) == (2, 62, "user_id", "'C99'")
    assert [json.loads(line)["line"] for line in rejects.read_text().splitlines()] == [62, 63]


def test_too_many_rejects_fail_the_check_as_they_would_fail_the_run(
    run_fondly: Fondly, tmp_path: Path
) -> None:
    """By the share that the shop's settings allow."""
    bad = [{**REVIEWS[0], "review_id": f"X{n}", "product_id": "P99"} for n in range(20)]
    write(tmp_path / "shop", reviews=[*REVIEWS, *bad])
    answer = run_fondly("check", str(tmp_path / "shop"))
    assert answer.code == 1
    assert "20 of 80 rows were rejected (25.0%), expected at most 5.0%" in answer.out
    (tmp_path / "fondly.toml").write_text("[shop]\nmax_rejected_share = 0.5\n")
    assert run_fondly("check", str(tmp_path / "shop")).code == 0


def test_a_set_without_products_is_incomplete(run_fondly: Fondly, tmp_path: Path) -> None:
    """What is there and what is missing."""
    write(tmp_path / "shop")
    answer = run_fondly(
        "check", str(tmp_path / "shop" / "customers.csv"), str(tmp_path / "shop" / "reviews.csv")
    )
    assert answer.code == 1
    assert "found customers, reviews, expected products as well" in answer.out


def test_a_mapping_is_written_of_a_folder_that_cannot_be_used(run_fondly: Fondly, tmp_path: Path) -> None:
    """With what is unsure of each file: guesses, questions, and files of which nothing is known."""
    (tmp_path / "ware.csv").write_text("art_no;Bezeichnung;VK-Preis;Preis\nP1;Kettle;1,5;2,5\n")
    (tmp_path / "wer.csv").write_text("id;email;gdpr_consent\n" + "C1;a@shop.example;7\n" * 4)
    (tmp_path / "costs.csv").write_text("month,amount\n1,2\n")
    (tmp_path / "book.xlsx").write_bytes(b"PK\x03\x04 cut")
    written = tmp_path / "mapping.yaml"
    assert run_fondly("check", str(tmp_path)).code == 1
    assert run_fondly("check", str(tmp_path), "--write-mapping", str(written)).code == 0
    text = written.read_text()
    for part in (
        "\"art_no\": product_id # a guess: its name is most like 'artnr'",
        "\"VK-Preis\": discounted_price # a guess: or 'Preis'",
        "# Open: is `gdpr_consent` consent",
        "# Open: the workbook is damaged",
    ):
        assert part in text
    said = read_mapping(text, file="mapping.yaml")
    assert [(each and each.kind) for each in map(said.for_file, ("ware.csv", "wer.csv", "costs.csv"))] == [
        "products",
        "customers",
        None,
    ]


def test_a_mapping_is_written_completed_and_used(run_fondly: Fondly, tmp_path: Path) -> None:
    """A person fills in what is missing, and nothing that they have is overwritten."""
    folder, mapping = tmp_path / "shop", tmp_path / "mapping.yaml"
    write(folder, products=[{"product_id": "P0", "wording": "Mug", "discounted_price": "4"}])
    assert run_fondly("check", str(folder / "products.csv"), "--write-mapping", str(mapping)).code == 0
    text = mapping.read_text()
    assert '"wording"' in text
    assert run_fondly("check", str(folder / "products.csv"), "--write-mapping", str(mapping)).code == 1
    mapping.write_text("files:\n  products.csv:\n    columns: {wording: product_name}\n")
    found = run_fondly("check", str(folder), "--mapping", str(mapping), "--json").json["report"]["files"]
    assert found[0]["columns"]["product_name"] == "wording"


def test_the_shops_settings_decide_how_files_are_read(run_fondly: Fondly, tmp_path: Path) -> None:
    """Columns, currency and age of `fondly.toml` hold for a check as for a run."""
    write(tmp_path / "shop", customers=[{**each, "alter": "17"} for each in CUSTOMERS])
    settings = '[shop]\nminimum_age = 16\n[columns.files."customers.csv".columns]\nalter = "age"\n'
    (tmp_path / "fondly.toml").write_text(settings)
    assert run_fondly("check", str(tmp_path / "shop"), "--json").json["report"]["exclusions"] == {}
    (tmp_path / "fondly.toml").write_text(settings.replace("16", "18"))
    answer = run_fondly("check", str(tmp_path / "shop"), "--json")
    assert answer.json["report"]["exclusions"] == {"under_age": 40}


def test_notes_beside_the_data_are_ignored_with_a_word(run_fondly: Fondly, tmp_path: Path) -> None:
    """So are hidden files; the shop's own settings and mapping are no news."""
    write(tmp_path / "shop")
    (tmp_path / "shop" / "README.md").write_text("# Notes")
    (tmp_path / "shop" / ".DS_Store").write_bytes(b"\0")
    (tmp_path / "shop" / "fondly.toml").write_text("")
    answer = run_fondly("check", str(tmp_path / "shop"), "--json")
    assert [each["file"] for each in answer.json["report"]["ignored_files"]] == [".DS_Store", "README.md"]


def test_a_demo_stops_with_the_report_before_it_starts_anything(run_fondly: Fondly, tmp_path: Path) -> None:
    """Nothing is left in the folder for results."""
    write(tmp_path / "shop", products=[{"product_id": "P0", "discounted_price": "4"}])
    answer = run_fondly("demo", "--data", str(tmp_path / "shop"), "--out", str(tmp_path / "out"))
    assert answer.code == 1
    assert "product_name" in answer.out
    assert not (tmp_path / "out").exists()


def test_a_table_in_pieces_is_checked_as_one(run_fondly: Fondly, tmp_path: Path) -> None:
    """In a folder or named one by one; a piece that is missing is named."""
    write(tmp_path / "shop")
    whole = (tmp_path / "shop" / "reviews.csv").read_text().splitlines(keepends=True)
    for number, rows in ((1, whole[1:20]), (2, whole[20:])):
        (tmp_path / "shop" / f"reviews-{number:02}.csv").write_text("".join([whole[0], *rows]))
    (tmp_path / "shop" / "reviews.csv").unlink()
    named = [f"shop/{name}.csv" for name in ("reviews-02", "products", "reviews-01", "customers")]
    for asked in (["shop"], named):
        counts = run_fondly("check", *asked, "--json").json["report"]["counts"]
        assert (counts["reviews"], counts["rejected_rows"]) == (60, 0)
    refused = run_fondly("check", "shop/products.csv", "shop/customers.csv", "shop/reviews-02.csv", "--json")
    assert refused.code == 1
    assert "found reviews-02.csv, expected reviews-01.csv as well" in refused.json["report"]["failed"]


def test_files_without_consent_can_be_tried_but_not_be_a_shops(run_fondly: Fondly, tmp_path: Path) -> None:
    """A check without a shop's file is a trial, and says so; with one, the question stops it."""
    write(tmp_path / "shop", customers=[{"user_id": f"C{n}"} for n in range(40)])
    answer = run_fondly("check", str(tmp_path / "shop"))
    assert (answer.code, "consent: not required: a trial: nothing leaves this machine" in answer.out) == (
        0,
        True,
    )
    (tmp_path / "fondly.toml").write_text("")
    answer = run_fondly("check", str(tmp_path / "shop"), "--json")
    assert (answer.code, answer.json["usable"]) == (1, False)
    assert [each["field"] for each in answer.json["report"]["questions"]] == ["marketing_consent"]
