from importlib.resources import files

import pytest

from fondly.mailer.domain.language import (
    MessageError,
    Messages,
    UnknownLanguageError,
    language,
    languages,
)

LOCALES = {"de": "de_DE", "en": "en_IN"}
SOURCE = """
plain = Hello { $name }
counted = { $count ->
    [one] one thing
   *[other] { $count } things
}
several =
    .a = With { $f1 }
    .b = Nothing to say
"""


@pytest.fixture(scope="module")
def messages() -> Messages:
    """A small catalogue of messages for an Indian shop."""
    return Messages(SOURCE, locale="en_IN")


def test_a_text_has_its_values_as_they_are(messages: Messages) -> None:
    """A value is data: its braces and signs are not read, and no invisible marks are put around it."""
    assert messages.text("plain", name="{ $x } <b>") == "Hello { $x } <b>"


def test_numbers_are_counted_and_formatted_by_the_locale(messages: Messages) -> None:
    """Singular and plural by the language, digits grouped by the country."""
    assert messages.text("counted", count=1) == "one thing"
    assert messages.text("counted", count=123_456) == "1,23,456 things"


def test_each_wording_names_the_variables_that_it_needs(messages: Messages) -> None:
    """So that a text is chosen only where the facts have what it says."""
    first, second = messages.wordings("several")
    assert (first.variables, second.variables) == (frozenset({"f1"}), frozenset())
    assert messages.worded(first, f1="deep bass", f2="ignored") == "With deep bass"
    assert messages.variables("several") == {"f1"}
    assert messages.wordings("plain") == ()


@pytest.mark.parametrize(
    ("message", "expected"),
    [("plain", "message plain: Unknown external: name"), ("absent", "no message absent")],
)
def test_a_text_that_cannot_be_made_is_an_error(messages: Messages, message: str, expected: str) -> None:
    """Never an email with a hole in it."""
    with pytest.raises(MessageError, match=f"^{expected}$"):
        messages.text(message)


def test_a_message_without_a_text_of_its_own_is_an_error(messages: Messages) -> None:
    """One with several wordings has to be asked for one of them."""
    with pytest.raises(MessageError, match="message several has no text"):
        messages.text("several")


def test_a_malformed_catalogue_names_its_line() -> None:
    """The line at which the first entry that cannot be read begins."""
    with pytest.raises(MessageError, match=r"^line 2: not a message: .b \{ c"):
        Messages("a = fine\nb { c\n", locale="en_IN")


def test_the_languages_are_english_and_german() -> None:
    """One folder each, with every file that the documentation lists."""
    assert languages() == tuple(LOCALES)
    english = {each.name for each in (files("fondly.mailer.domain") / "languages" / "en").iterdir()}
    for code in languages():
        folder = files("fondly.mailer.domain") / "languages" / code
        assert {each.name for each in folder.iterdir()} == english


@pytest.mark.parametrize("code", sorted(LOCALES))
def test_every_language_has_every_message_with_the_same_variables(code: str) -> None:
    """So that no email lacks a text, and every text finds its values."""
    english, other = language("en_IN").messages, language(LOCALES[code]).messages
    assert other.ids == english.ids
    assert {each: other.variables(each) for each in other.ids} == {
        each: english.variables(each) for each in english.ids
    }


@pytest.mark.parametrize("code", sorted(LOCALES))
def test_every_message_with_wordings_has_one_that_needs_nothing_special(code: str) -> None:
    """Then there is house text for any facts; texts for a kind of reason come beside those for any."""
    messages = language(LOCALES[code]).messages
    for message in messages.ids:
        wordings = messages.wordings(message)
        if wordings:
            assert len({each.name for each in wordings}) == len(wordings)
        if message.endswith(("-any", "-sorry")) or message in {"intro-owner", "intro-new"}:
            assert any(each.variables <= {"name", "products"} for each in wordings), message


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("fr_FR", "locale 'fr_FR': no language 'fr'; there are de, en"),
        ("", "locale '': no language ''; there are de, en"),
        ("en_", "locale 'en_' is not known; expected one such as en_IN"),
        ("de_XX_YY_ZZ", "locale 'de_XX_YY_ZZ' is not known; expected one such as en_IN"),
    ],
    ids=["no-folder", "empty", "half", "malformed"],
)
def test_a_locale_without_a_language_is_refused_in_one_line(locale: str, expected: str) -> None:
    """Naming the languages that there are."""
    with pytest.raises(UnknownLanguageError, match=f"^{expected}$"):
        language(locale)


@pytest.mark.parametrize("locale", ["en_IN", "en_GB", "en_US", "de_DE", "de_AT"])
def test_a_locale_is_of_a_language_and_is_read_from_left_to_right(locale: str) -> None:
    """Both shipped languages are; a language of another script would say so."""
    found = language(locale)
    assert (found.code, found.locale, found.direction) == (locale[:2], locale, "ltr")


def test_aspects_have_words_in_every_language() -> None:
    """Aspects are named in English; one of the shop's own keeps its name."""
    assert language("en_IN").aspect("sound quality") == "sound quality"
    assert language("de_DE").aspect("picture quality") == "Bildqualität"
    assert language("de_DE").aspect("Mahlgrad") == "Mahlgrad"


@pytest.mark.parametrize("locale", ["en_IN", "de_DE"])
def test_praise_names_what_is_there(locale: str) -> None:
    """Whoever praises a mixer's noise praises how little there is; nobody likes the smell of a kettle."""
    found = language(locale)
    assert found.praise("noise") in {"low noise", "leiser Lauf"}
    assert found.aspect("noise") in {"noise", "Geräusch"}
    assert [found.praise(name) for name in ("smell", "rust", "scratches", "leakage")] == [None] * 4
    assert found.praise("motor") == found.aspect("motor")
    assert found.praise("crema") == "crema"
