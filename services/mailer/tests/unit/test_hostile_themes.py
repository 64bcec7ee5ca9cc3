"""Themes that would run code in the mailer, or keep it busy: all are refused while they are loaded."""

import time

import pytest

from fondly.contracts.errors import InvalidFileError
from fondly.mailer.domain.language import language
from fondly.mailer.domain.message.shop_file import ShopFile, ThemeChoice
from fondly.mailer.domain.message.theme import Brand, Theme, wrapped
from fondly.mailer.domain.message.theme_files import built_in_theme

AT_MOST_S = 5.0
HOSTILE = {
    "globals": ("hello.html", "<p>\n{{ cycler.__init__.__globals__.os }}</p>", "hello.html:2: found ."),
    "globals in parts": ("mark.html", "[[ lipsum.__globals__['os'] ]]", "mark.html:1: found a getitem"),
    "text's globals": ("email.txt", "\n{{ joiner.__init__ }}", "email.txt:2: found .__init__"),
    "no member": ("email.txt", "{{ email.copy.filled }}", "email.txt:1: found .filled"),
    "subclasses": ("title.html", "{{ ''.__class__.__mro__ }}", "title.html:1: found .__"),
    "a call": ("row.html", "{{ email.copy.intro.format(email) }}", "row.html:1: found a call"),
    "attr": ("was.html", "{{ email | attr('__class__') }}", "was.html:1: found the filter attr"),
    "unescaped": ("was.html", "{{ card.title | safe }}", "was.html:1: found the filter safe"),
    "no escaping": (
        "email.txt",
        "{% autoescape false %}{{ card.title }}{% endautoescape %}",
        "email.txt:1: found a scope",
    ),
    "a test": ("was.html", "{{ email is sameas email }}", "was.html:1: found a test"),
    "a range": ("email.txt", "{% for x in range(9**9) %}{% endfor %}", "email.txt:1: found a loop over"),
    "power": ("hello.html", "{{ 9 ** 9 ** 9 ** 9 }}", "hello.html:1: found a pow"),
    "power in parts": ("hello.html", "[[ 9 ** 9 ** 9 ** 9 ]]", "hello.html:1: found a pow"),
    "repetition": ("hello.html", "{{ 'x' * 9999999999 }}", "hello.html:1: found a mul"),
    "doubling": ("email.txt", "{% with a = 'x' ~ 'y' %}{% endwith %}", "email.txt:1: found a concat"),
    "a macro": ("email.txt", "{% macro m() %}{% endmacro %}", "email.txt:1: found a macro"),
    "letters": ("email.txt", "{% for x in email.copy.intro %}{% endfor %}", "email.txt:1: found a loop over"),
    "recursion": (
        "email.txt",
        "{% for x in email.cards recursive %}{% endfor %}",
        "email.txt:1: found a loop over",
    ),
    "loops in loops": (
        "email.txt",
        "{% for x in email.cards %}\n{% for y in email.cards %}{% endfor %}{% endfor %}",
        "email.txt:2: found a loop over",
    ),
    "a false pair": (
        "email.txt",
        "{% with pair = email.copy.intro %}{% for x in pair %}{% endfor %}{% endwith %}",
        "email.txt:1: found another pair",
    ),
    "loops across files": (
        "title.html",
        "<!--{% for x in email.cards %}-->x<!--{% endfor %}-->",
        "email.html:",
    ),
    "an unknown name": (
        "hello.html",
        "{{ config }}",
        "email.html: found config, expected one of brand, email, logo",
    ),
    "includes itself": ("hello.html", "[% include 'hello.html' %]", "email.html: found over 250000"),
    "includes much": (
        "title.html",
        "[% include 'rating.html' %]" * 3_000,
        "email.html: found over 250000",
    ),
    "other files": ("email.txt", "{% include 'theme.toml' %}", "email.txt:1: found a include"),
    "any file": (
        "hello.html",
        "[% include logo.url %]",
        "hello.html:1: found a file whose name is not given",
    ),
    "depth": ("hello.html", "{{ " + "(" * 50_000 + "1" + ")" * 50_000 + " }}", "hello.html: RecursionError"),
    "nested": ("email.txt", "{% if email %}" * 200 + "{% endif %}" * 200, "email.txt:"),
    "a huge number": ("email.txt", "{{ " + "9" * 5_000 + " }}", "email.txt: ValueError"),
    "many elements": ("hello.html", "<b>x</b>" * 12_000, "found too many elements for so much CSS"),
    "much text": ("email.txt", "x" * 250_001, "email.txt: found over 250000"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_theme_is_refused_where_it_is_hostile(case: str) -> None:
    """In one line that names the theme, the file and what was found, and soon: nothing of it has run."""
    file, text, problem = HOSTILE[case]
    began = time.monotonic()
    with pytest.raises(InvalidFileError) as refused:
        theme(**{file: text})
    assert str(refused.value).startswith(f"theme mine: {problem}")
    assert "\n" not in str(refused.value)
    assert time.monotonic() - began < AT_MOST_S


@pytest.mark.parametrize("css", ["/*" * 40_000, "x" * 90_000, "x{" * 40_000, "<!--{%" * 12_000])
def test_css_that_never_ends_is_soon_read(css: str) -> None:
    """Whatever is begun and not closed is left out, in a time that grows with its length alone."""
    began = time.monotonic()
    theme(**{"email.css": css})
    assert time.monotonic() - began < AT_MOST_S


def test_a_paragraph_is_never_indented_beyond_its_width() -> None:
    """A theme gives the number of blanks."""
    assert wrapped("a " * 40, 10**9).count(" ") == 39 * 72


def theme(**files: str) -> Theme:
    """A theme with these files in place of the built-in one's."""
    shop = ShopFile(theme=ThemeChoice(name="mine"))
    messages = language("en_IN").messages
    return Theme(Brand("Shop", "1 Street"), messages, shop=shop, own={**built_in_theme("plain"), **files})
