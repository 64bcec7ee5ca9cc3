"""Values that read alike whatever their column."""

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.values.conventions import ColumnSurvey, Decided, Defaults, Reads
from fondly.ingest.domain.values.currencies import read_currency
from fondly.ingest.domain.values.flags import read_consent, read_stock_state, read_suppression
from fondly.ingest.domain.values.moments import read_moment
from fondly.ingest.domain.values.money import read_price
from fondly.ingest.domain.values.numbers import (
    read_count,
    read_percent,
    read_quantity,
    read_rating,
    read_stock,
)
from fondly.ingest.domain.values.people import read_age, read_email, read_language, read_time_zone
from fondly.ingest.domain.values.texts import bounded, read_id, read_path
from services.ingest.tests.unit.values.columns import INDIAN, decided

BY_CUSTOM = decided(Reads.NUMBER, ["24,269"], INDIAN)
UNDECIDED = decided(Reads.NUMBER, ["24,269", "1.000"], INDIAN)
GOOD = [
    (read_percent, "64%", 64),
    (read_percent, "64.9 %", 64),
    (read_percent, "12,5 %", 12),
    (read_percent, "٦٤%", 64),
    (read_percent, "0", 0),
    (read_percent, "0.64%", 0),
    (read_percent, "100", 100),
    (partial(read_count, decided=BY_CUSTOM), "4,26,973", 426_973),
    (partial(read_count, decided=BY_CUSTOM), "24,269", 24_269),
    (partial(read_count, decided=BY_CUSTOM), "1 299", 1_299),
    (partial(read_count, decided=UNDECIDED), "12", 12),
    (partial(read_count, decided=UNDECIDED), "0", 0),
    (partial(read_count, decided=UNDECIDED), "24269.0", 24_269),
    (partial(read_stock, decided=UNDECIDED), "7", 7),
    (partial(read_stock, decided=UNDECIDED), "-3", 0),
    (partial(read_quantity, decided=UNDECIDED), "2", 2),
    (partial(read_quantity, decided=UNDECIDED), "2.00", 2),
    (read_rating, "4.2", Decimal("4.2")),
    (read_rating, "4,5", Decimal("4.5")),
    (read_rating, "4.125", Decimal("4.125")),
    (read_rating, "5", Decimal(5)),
    (read_rating, "0", Decimal(0)),
    (read_rating, "4/5", Decimal(4)),
    (read_rating, "4.0 out of 5 stars", Decimal(4)),
    (read_rating, "4,0 von 5 Sternen", Decimal(4)),
    (read_consent, "Yes", True),
    (read_consent, "1", True),
    (read_consent, "off", False),
    (read_consent, "Nein", False),
    (read_consent, "sí", True),
    (read_consent, "SUBSCRIBED", True),
    (read_consent, "not_subscribed", False),
    (read_consent, "Opted-in", True),
    (read_consent, "pending", False),
    (read_consent, "no", False),
    (read_suppression, "unsubscribed", True),
    (read_suppression, "Subscribed", False),
    (read_suppression, "hard_bounce", True),
    (read_suppression, "false", False),
    (read_stock_state, "TRUE", True),
    (read_stock_state, "In_Stock", True),
    (read_stock_state, "auf Lager", True),
    (read_stock_state, "https://schema.org/InStock", True),
    (read_stock_state, "http://schema.org/LimitedAvailability", True),
    (read_stock_state, "out-of-stock", False),
    (read_stock_state, "ausverkauft", False),
    (read_stock_state, "sold out", False),
    (read_stock_state, "schema.org/PreOrder", False),
    (read_stock_state, "backorder", False),
    (read_stock_state, "0", False),
    (read_age, "40", 40),
    (read_age, "40.0", 40),
    (read_age, "130", 130),
    (read_email, "Asha.k+shop@mail.example.com", "Asha.k+shop@mail.example.com"),
    (read_language, "de", "de"),
    (read_language, "DE_at", "de-AT"),
    (read_language, "zh-hant-tw", "zh-Hant-TW"),
    (read_language, "es-419", "es-419"),
    (read_language, "deu", "de"),
    (read_language, "en-UK", "en-GB"),
    (read_language, "German", "de"),
    (read_language, "deutsch", "de"),
    (read_language, "French", "fr"),
    (read_time_zone, "Europe/Berlin", "Europe/Berlin"),
    (read_time_zone, "asia/kolkata", "Asia/Kolkata"),
    (read_time_zone, "utc", "UTC"),
    (read_currency, "eur", "EUR"),
    (read_id, "B0-ß", "B0-ß"),
    (read_path, "Computers|| Cables |", ("Computers", "Cables")),
]
BAD = [
    (read_percent, "-1%", "a percentage from 0 to 100"),
    (read_percent, "101%", "a percentage from 0 to 100"),
    (read_percent, "10-20%", "a percentage from 0 to 100"),
    (read_percent, "0.64", "a percentage from 1 to 100, or 0, or one with its sign"),
    (partial(read_count, decided=BY_CUSTOM), "4.5", "a whole number from 0 to 1,000,000,000,000"),
    (partial(read_count, decided=BY_CUSTOM), "4.269", "a whole number from 0 to 1,000,000,000,000"),
    (partial(read_count, decided=BY_CUSTOM), "1,2", "a whole number from 0 to 1,000,000,000,000"),
    (partial(read_count, decided=BY_CUSTOM), "-1", "a whole number from 0 to 1,000,000,000,000"),
    (partial(read_count, decided=BY_CUSTOM), "9" * 65, "a whole number from 0 to 1,000,000,000,000"),
    (partial(read_count, decided=BY_CUSTOM), "9" * 13, "a whole number from 0 to 1,000,000,000,000"),
    (
        partial(read_count, decided=UNDECIDED),
        "24,269",
        f"a whole number from 0 to 1,000,000,000,000, {UNDECIDED.refusal}",
    ),
    (partial(read_stock, decided=UNDECIDED), "--3", "a whole number from 0 to 1,000,000,000,000"),
    (partial(read_quantity, decided=UNDECIDED), "0", "a whole number from 1 to 1,000,000"),
    (partial(read_quantity, decided=UNDECIDED), "1000001", "a whole number from 1 to 1,000,000"),
    (read_rating, "|", "a rating from 0 to 5"),
    (read_rating, "5.1", "a rating from 0 to 5"),
    (read_rating, "8/10", "a rating from 0 to 5"),
    (read_rating, "NaN", "a rating from 0 to 5"),
    (read_consent, "2", "yes or no, or a state such as subscribed or unsubscribed"),
    (read_consent, "", "yes or no, or a state such as subscribed or unsubscribed"),
    (read_consent, "maybe", "yes or no, or a state such as subscribed or unsubscribed"),
    (read_suppression, "perhaps", "yes or no, or a state such as bounced or subscribed"),
    (read_stock_state, "soon", "in stock or out of stock, or yes or no"),
    (read_stock_state, "https://evil.example/InStock", "in stock or out of stock, or yes or no"),
    (read_stock_state, "y" * 100, "in stock or out of stock, or yes or no"),
    (read_age, "131", "an age from 0 to 130"),
    (read_age, "-1", "an age from 0 to 130"),
    (read_age, "4e1", "an age from 0 to 130"),
    (read_email, "Asha <asha@example.com>", "one bare email address, such as name@example.com"),
    (read_email, "a@example.com,b@example.com", "one bare email address, such as name@example.com"),
    (read_email, "asha@localhost", "one bare email address, such as name@example.com"),
    (read_language, "xx", "a language tag of BCP 47, such as de or de-AT"),
    (read_language, "de-XY", "a language tag of BCP 47, such as de or de-AT"),
    (read_language, "de-Abcd", "a language tag of BCP 47, such as de or de-AT"),
    (read_language, "Klingonese", "a language tag of BCP 47, such as de or de-AT"),
    (read_time_zone, "Berlin", "a time zone of the IANA database, such as Europe/Berlin"),
    (read_time_zone, "../etc/passwd", "a time zone of the IANA database, such as Europe/Berlin"),
    (read_time_zone, "", "a time zone of the IANA database, such as Europe/Berlin"),
    (read_currency, "MRP", "a currency in use by its ISO 4217 code, such as EUR"),
    (read_currency, "DEM", "a currency in use by its ISO 4217 code, such as EUR"),
    (read_id, "", "an id"),
    (read_id, "₹" * 86, "an id of at most 256 bytes"),
    (partial(bounded, max_chars=3), "abcd", "at most 3 characters"),
]


@pytest.mark.parametrize(("read", "text", "value"), GOOD)
def test_values_are_read_as_shops_write_them(read: Callable[[str], object], text: str, value: object) -> None:
    """One example of each accepted notation."""
    assert read(text) == value


@pytest.mark.parametrize(("read", "text", "expected"), BAD)
def test_invalid_values_are_refused(read: Callable[[str], object], text: str, expected: str) -> None:
    """With what is expected, which does not depend on the value, so that equal faults can be counted."""
    with pytest.raises(UnreadableError) as refused:
        read(text)
    assert refused.value.expected == expected


@pytest.mark.parametrize("read", [read_email, partial(bounded, max_chars=3)])
def test_addresses_and_texts_are_not_quoted(read: Callable[[str], object]) -> None:
    """Errors reach logs and reports, where nothing personal belongs."""
    with pytest.raises(UnreadableError) as refused:
        read("asha@example.com, ben@example.com")
    assert "asha" not in str(refused.value)


FIGURES = "0123456789²½①٣.,'\N{RIGHT SINGLE QUOTATION MARK} -\N{EN DASH}%$€₹/:TZ+eEadJnMär\u200b\u066b\u066c"
ODD_TEXTS = st.one_of(st.text(max_size=40), st.text(FIGURES, max_size=16))
BY_COLUMN: dict[Reads, tuple[Callable[[str, Decided], object], ...]] = {
    Reads.MONEY: (read_price,),
    Reads.NUMBER: (read_count, read_stock, read_quantity),
    Reads.MOMENT: (read_moment,),
}
BY_THEMSELVES = (
    read_percent,
    read_rating,
    read_age,
    read_email,
    read_language,
    read_time_zone,
    read_id,
)


@given(text=ODD_TEXTS)
def test_any_text_is_read_or_refused(text: str) -> None:
    """No reader fails in another way: that would fail a whole run instead of a value."""
    for reads, readers in BY_COLUMN.items():
        survey = ColumnSurvey(reads)
        survey.see(text, 2)
        by = survey.decide(Defaults("INR", "en_IN", "UTC"), column="x")
        for read in readers:
            with suppress(UnreadableError):
                read(text, by)
    for read_text in BY_THEMSELVES:
        with suppress(UnreadableError):
            read_text(text)
