from collections.abc import Callable
from xml.etree.ElementTree import Element

import html5lib
import pytest
from html5lib.constants import namespaces

from encore.mailer.domain.copy.fields import Copy
from encore.mailer.domain.copy.house_copy import house_copy
from encore.mailer.domain.facts.email import EmailFacts
from encore.mailer.domain.message.content import EmailContent, email_content
from encore.mailer.domain.message.theme import Brand, Theme

GMAIL_CLIPS_AT = 102_000
XHTML = namespaces["html"]
UNSUBSCRIBE = "mailto:hello@shop.example?subject=unsubscribe"


@pytest.fixture(scope="module")
def theme() -> Theme:
    """The theme of a brand whose name needs escaping."""
    return Theme(Brand(name="Tea & Co", postal_address="1 Example Street <Ground floor>"))


def shown(facts: EmailFacts, copy: Copy | None = None) -> EmailContent:
    """An email with template copy unless other copy is given."""
    return email_content(facts, copy or house_copy(facts), run_id="run-1", unsubscribe_url=UNSUBSCRIBE)


def parsed(html: str) -> Element:
    """Parse as browsers do; any parse error fails the test."""
    parser = html5lib.HTMLParser(strict=True)
    root = parser.parse(html)
    assert isinstance(root, Element)
    return root


def elements(root: Element, name: str) -> list[Element]:
    """All elements of a name."""
    return list(root.iter(f"{{{XHTML}}}{name}"))


def text_of(root: Element) -> str:
    """All text that a reader can see, on one line."""
    body = root.find(f"{{{XHTML}}}body")
    assert body is not None
    return " ".join("".join(body.itertext()).split())


def test_an_email_is_valid_html_with_five_cards(theme: Theme, facts: EmailFacts) -> None:
    """Each card shows its product's name, prices and link."""
    root = parsed(theme.html(shown(facts)))
    assert [heading.find(f"{{{XHTML}}}a") is not None for heading in elements(root, "h2")] == [True] * 5
    names = ["".join(heading.itertext()) for heading in elements(root, "h2")]
    assert names == [product.name for product in facts.products]
    text = text_of(root)
    for shown_text in (
        "₹399",
        "₹1,099",
        "64% off",
        "4.2 out of 5",
        "24,269 ratings",
        "₹1,39,900.50",
        "Ananya",
    ):
        assert shown_text in text
    links = [link.get("href", "") for link in elements(root, "a")]
    assert (
        links.count("https://shop.example/p/1?ref=a&utm_source=encore&utm_medium=email&utm_campaign=run-1")
        == 2
    )
    assert links[-1] == UNSUBSCRIBE


def test_missing_facts_leave_no_trace(theme: Theme, make_facts: Callable[..., EmailFacts]) -> None:
    """No discount, rating, picture or link: no badge, stars, image or button."""
    facts = make_facts(
        products=1, list_price=None, discount_percent=None, rating=None, image_url=None, link="javascript:x"
    )
    html = theme.html(shown(facts))
    root = parsed(html)
    assert not elements(root, "img")
    assert not elements(root, "s")
    assert len(elements(root, "a")) == 1
    for absent in ("% off", "out of 5", "★", "View product", "javascript", "None"):
        assert absent not in text_of(root)
        assert absent not in theme.text(shown(facts))


def test_every_image_has_a_description_and_every_table_a_role(theme: Theme, facts: EmailFacts) -> None:
    """Screen readers read out products, not layout."""
    root = parsed(theme.html(shown(facts)))
    images = elements(root, "img")
    assert [image.get("alt") for image in images] == [product.name for product in facts.products]
    assert {table.get("role") for table in elements(root, "table")} == {"presentation"}
    assert root.get("lang") == "en"
    assert len(elements(root, "h1")) == 1


def test_an_email_loads_nothing_but_pictures(theme: Theme, facts: EmailFacts) -> None:
    """No script, no stylesheet to fetch, no font to load, one style element for screens and dark mode."""
    html = theme.html(shown(facts))
    root = parsed(html)
    assert not elements(root, "script")
    assert not elements(root, "link")
    assert "@import" not in html
    assert "url(" not in html
    assert "<!--{%" not in html
    (style,) = elements(root, "style")
    assert "prefers-color-scheme: dark" in (style.text or "")
    assert "max-width: 560px" in (style.text or "")


def test_the_preheader_is_hidden_before_anything_else(theme: Theme, facts: EmailFacts) -> None:
    """Inboxes show it after the subject; the open email never does."""
    body = elements(parsed(theme.html(shown(facts))), "body")[0]
    first = next(iter(body))
    assert first.text == house_copy(facts).preheader
    style = first.get("style", "").replace(" ", "")
    assert style == "display:none;max-height:0;overflow:hidden"


ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</td></tr></table></body>",
    "{{ brand.name }}",
    "{% for x in y %}",
    "{1.price}",
    "<!-- --><style>*{display:none}</style>",
    "&lt;b&gt; & &amp;",
    "A\u202eB\x00C",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_catalogue_cannot_add_markup(
    theme: Theme, make_facts: Callable[..., EmailFacts], attack: str
) -> None:
    """Names, links and pictures of the catalogue are shown or dropped, never interpreted."""
    name = f"Lamp {attack} end"
    facts = make_facts(
        name=name,
        category=(attack,),
        image_url=f"https://img.example/{attack}",
        link=f"https://shop.example/{attack}",
        bullets=(attack,),
    )
    html = theme.html(shown(facts))
    root = parsed(html)
    harmless = parsed(theme.html(shown(make_facts())))
    assert [element.tag for element in root.iter()] == [
        element.tag for element in harmless.iter() if element.tag
    ] or "\x00" in attack
    assert "".join(elements(root, "h2")[0].itertext()) == facts.products[0].name
    assert "onerror" not in {name for element in root.iter() for name in element.attrib}


def test_the_longest_email_is_not_clipped(theme: Theme, make_facts: Callable[..., EmailFacts]) -> None:
    """Five products with very long names and links stay below the size at which Gmail clips."""
    facts = make_facts(name="word " * 400, link="https://shop.example/" + "a" * 1_900)
    big = shown(facts)
    biggest = email_content(
        facts, house_copy(facts), run_id="r" * 40, unsubscribe_url="https://shop.example/" + "u" * 300
    )
    assert len(theme.html(big).encode()) < GMAIL_CLIPS_AT
    assert len(theme.html(biggest).encode()) < GMAIL_CLIPS_AT


def test_the_text_says_what_the_html_says(theme: Theme, facts: EmailFacts) -> None:
    """Every name, price, reason and link is in the plain text too, unescaped."""
    text = theme.text(shown(facts))
    for product in facts.products:
        assert product.name in text
        assert product.values["price"] in text
        assert product.values["reason"] in text.lower() or product.values["reason"][1:] in text
    assert "https://shop.example/p/1?ref=a&utm_source=encore" in text
    assert "Tea & Co" in text
    assert f"Unsubscribe: {UNSUBSCRIBE}" in text
    assert "1 Example Street <Ground floor>" in text
