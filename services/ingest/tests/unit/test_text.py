import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.ingest.domain.markup import is_markup, plain
from fondly.ingest.domain.text import clean, without_image_urls

ODD = "\u200b\u200c\u200d\u00ad\u2060\ufeff\u202e\U000e0067\u0085\u2028\u2029\u00a0\u0301\u2000\ud800 \n\x1ce"


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
        ("two \u200b spaces", "two spaces"),
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


def test_every_character_is_kept_or_removed_by_its_category() -> None:
    """The one class of removed characters says of all of Unicode what a look at each category says."""
    wrong = [
        code
        for code in range(sys.maxunicode + 1)
        if clean(f"a{chr(code)}b") != by_characters(f"a{chr(code)}b")
    ]
    assert wrong == []


@given(st.text(st.one_of(st.sampled_from(ODD), st.characters())))
def test_cleaning_at_once_is_cleaning_by_characters(text: str) -> None:
    """Whatever is beside whatever: the same as looking at every character by itself."""
    assert clean(text) == by_characters(text)


def test_image_urls_are_removed_from_reviews() -> None:
    """Image URLs are removed wherever they occur; other URLs are part of the review."""
    text = "https://m.example.com/images/I/81---F1ZgHL._SY88.jpgGood, see https://example.com/a"
    assert clean(without_image_urls(text)) == "Good, see https://example.com/a"


def by_characters(text: str) -> str:
    """What `clean` promises, slowly."""
    return " ".join("".join(map(visible, unicodedata.normalize("NFC", text))).split())


def visible(char: str) -> str:
    """What is left of a character: itself, a space or nothing."""
    category = unicodedata.category(char)
    if char.isspace() or category in {"Zl", "Zp"}:
        return " "
    if category in {"Cc", "Cs"}:
        return ""
    kept = char in {"\u200c", "\u200d"} or 0xE0000 <= ord(char) < 0xE0080
    return "" if category == "Cf" and not kept else char


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("The Long Tide &#8211; A Novel", "The Long Tide \N{EN DASH} A Novel"),
        ("Mum &amp; Dad&#x27;s", "Mum & Dad's"),
        ("Caf&eacute;&nbsp;cr&egrave;me", "Caf\u00e9 cr\u00e8me"),
        ("Vinyl &amp;#8211; LP", "Vinyl \N{EN DASH} LP"),
        ("<strong>New</strong> Lamp<br/>white", "New Lamp white"),
        ("&lt;b&gt;Bold&lt;/b&gt; Lamp", "Bold Lamp"),
        ("<span class='x'>Mug <i>blue</i></span>", "Mug blue"),
        ("AT&T", "AT&T"),
        ("5 < 6 & 7 > 3", "5 < 6 & 7 > 3"),
        ("I <3 you; R&B;", "I <3 you; R&B;"),
        ("Shirt <S>", "Shirt <S>"),
        ("Fish&Chips; hot", "Fish&Chips; hot"),
    ],
)
def test_a_name_is_what_html_shows(written: str, shown: str) -> None:
    """Where it is clearly markup: entities, escaped twice or not, and tags of HTML; signs stay signs."""
    assert plain(written) == shown
    assert is_markup(written) is (written != shown)
