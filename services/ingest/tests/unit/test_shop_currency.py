"""A file whose amounts are in another currency than the shop's is asked about before anything is paid."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from fondly.ingest.domain.formats.mapping import read_mapping
from fondly.ingest.domain.values.conventions import Defaults
from fondly.ingest.use_cases.check_files import CheckedFiles, check_files
from fondly.ingest.use_cases.source_files import SourceFile
from services.ingest.tests.fakes import csv_lines, limits, numbered

BRAZILIAN = limits(defaults=Defaults("BRL", "pt_BR", "UTC")).load


def check(
    folder: Path, prices: Sequence[str], currencies: Sequence[str] = (), mapping: str = "{}"
) -> CheckedFiles:
    """Check a file of a Brazilian shop with these prices, and with a column of currencies, if any."""
    path = folder / "loja.csv"
    rows = [
        {**numbered(number, discounted_price=price, actual_price="")}
        | ({"moeda": currencies[number - 1]} if currencies else {})
        for number, price in enumerate(prices, start=1)
    ]
    path.write_bytes(csv_lines(rows))
    said = read_mapping(mapping, file="mapping.yaml").for_file(path.name)
    return check_files([SourceFile(path, path.name, mapping=said)], BRAZILIAN)


EUROS = ["49,90 €", "12,00 €", "7,50 €"]
BARE = ["49,90", "12,00", "7,50"]
AS_CURRENCY = "columns: {moeda: currency}"


@pytest.mark.parametrize(
    ("prices", "currencies", "mapping", "question"),
    [
        (EUROS, (), "{}", "is `discounted_price` in EUR? found line 2: '49,90 €', expected BRL"),
        (["US$ 5"] * 40 + ["5"], (), "{}", "in USD?"),
        (["R$ 49,90"] * 3, (), "{}", None),
        (["$ 49,90"] * 3, (), "{}", None),
        (BARE, (), "{}", None),
        (EUROS, (), "units: {currency: EUR}", None),
        (["R$ 5"] * 3, (), "units: {currency: EUR}", "is `discounted_price` in BRL?"),
        (EUROS, (), "constants: {currency: EUR}", None),
        (BARE, ["EUR"] * 3, AS_CURRENCY, None),
        (["49,90 €", "CHF 12,00", "R$ 7,50"], (), "{}", None),
        (["49,90 €", "12,00", "7,50"], (), "{}", None),
    ],
)
def test_nearly_all_amounts_in_another_currency_are_a_question(
    tmp_path: Path, prices: Sequence[str], currencies: Sequence[str], mapping: str, question: str | None
) -> None:
    """Symbols that the shop's currency shares are its own, and what a person has said counts."""
    report = check(tmp_path, prices, currencies, mapping).report
    assert [each.field for each in report.questions] == ["currency"] * bool(question)
    assert (question or "") in (report.failed or "")
    assert bool(report.failed) is bool(question)


def test_a_column_of_currencies_that_nobody_has_mapped_is_a_question(tmp_path: Path) -> None:
    """One that names several currencies is not: such a shop sells in all of them."""
    path = tmp_path / "loja.csv"
    for codes, asked in ((["EUR", "eur", "EUR"], 1), (["EUR", "BRL", "EUR"], 0)):
        rows = [
            numbered(number, discounted_price="5", actual_price="", currency=code)
            for number, code in enumerate(codes, start=1)
        ]
        path.write_bytes(csv_lines(rows))
        report = check_files([SourceFile(path, path.name)], BRAZILIAN).report
        assert len(report.questions) == asked
        assert asked == 0 or report.questions[0].values == {"EUR": 3}


def test_prices_with_further_decimals_are_rounded_half_up_and_counted(tmp_path: Path) -> None:
    """What a binary fraction has behind them is no decimal."""
    found = check(tmp_path, ["12,345", "12,3449", "19,9899999999", "3,50"])
    assert found.report.counts["prices_rounded"] == 2
    assert found.report.counts["rejected_rows"] == 0
