import pytest

from encore.ingest.domain.text import clean, without_image_urls


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  plain  text ", "plain text"),
        ("line\r\nand\ttab", "line and tab"),
        ("no\u00a0break\u202fspace", "no break space"),
        ("C1\u009d\u0096 and C0\x07", "C1 and C0"),
        ("zero\u200bwidth\ufeff\u2060", "zerowidth"),
        ("\u202eevil\u202c\u200e", "evil"),
        ("cafe\u0301", "caf\u00e9"),
        ("line\u2028separator", "line separator"),
    ],
)
def test_invisible_characters_are_removed(text: str, cleaned: str) -> None:
    """Control and format characters are removed, odd spaces become plain ones, letters are composed (NFC)."""
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    "text", ["₹1,099", "👨\u200d👩\u200d👧 ❤\ufe0f 🏴\U000e0067\U000e007f", "क्\u200dष", "-5 =SUM(A1) +1 @x"]
)
def test_visible_characters_stay(text: str) -> None:
    """Emoji with their joiners, Indic joiners, and text that a spreadsheet would read as a formula."""
    assert clean(text) == text


def test_image_urls_are_removed_from_reviews() -> None:
    """Image URLs are removed wherever they occur; other URLs are part of the review."""
    text = "https://m.example.com/images/I/81---F1ZgHL._SY88.jpgGood, see https://example.com/a"
    assert clean(without_image_urls(text)) == "Good, see https://example.com/a"
