import re
from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import get_args
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
import markupsafe
import pytest
from html5lib.constants import namespaces
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts.click_links import Click, ClickLinks
from fondly.mailer.domain.copy.fields import Copy
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.facts.titles import description
from fondly.mailer.domain.language import Language, language
from fondly.mailer.domain.message.content import ContentMaker, EmailContent, Links
from fondly.mailer.domain.message.hosts import AllowedHosts
from fondly.mailer.domain.message.links import ClickEndpoint
from fondly.mailer.domain.message.shop_file import Layout, Logo, ShopFile, ThemeChoice
from fondly.mailer.domain.message.theme import WIDTH, Brand, Theme, escaped
from fondly.mailer.domain.message.theme_files import built_in_themes
from services.mailer.tests.copies import house_copy

MAX_HTML_BYTES = 24 * 1024
GMAIL_CLIPS_AT = 102_000
XHTML = namespaces["html"]
LINKS = Links("run-1", "mailto:hello@shop.example?subject=unsubscribe")
ENGLISH = language("en_IN")
ANY_HOST = AllowedHosts(["*"])
MAKER = ContentMaker(ENGLISH, links=ANY_HOST, pictures=ANY_HOST)
BRAND = Brand(name="Tea & Co", postal_address="1 Example Street <Ground floor>")
LOOKS = [(name, layout) for name in built_in_themes() for layout in get_args(Layout)]
"""Every theme in every layout."""


def made(name: str, layout: Layout | None = None, *, logo: Logo | None = None) -> Theme:
    """A built-in theme of a brand whose name needs escaping."""
    return Theme(
        BRAND, ENGLISH.messages, shop=ShopFile(theme=ThemeChoice(name=name, layout=layout, logo=logo))
    )


@pytest.fixture(scope="module", params=LOOKS, ids="-".join)
def theme(request: pytest.FixtureRequest) -> Theme:
    """Each theme in each layout."""
    return made(*request.param)


@pytest.fixture(scope="module")
def plain() -> Theme:
    """The default theme."""
    return made("plain")


def shown(
    facts: EmailFacts, copy: Copy | None = None, *, maker: ContentMaker = MAKER, links: Links = LINKS
) -> EmailContent:
    """An email with template copy unless other copy is given."""
    return maker.content(facts, copy or house_copy(facts), links)


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


def test_there_are_three_themes() -> None:
    """Those that the documentation describes."""
    assert built_in_themes() == ("gallery", "market", "plain")


def test_an_email_is_valid_html_with_five_cards(theme: Theme, facts: EmailFacts) -> None:
    """Each card shows its product's title, prices, reason and link; the footer lets people leave."""
    content = replace(shown(facts), view_online_url="https://shop.example/v?t=x")
    root = parsed(theme.html(content))
    titles = ["".join(heading.itertext()) for heading in elements(root, "h2")]
    assert titles == [product.values["name"] for product in facts.products]
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
    for card in content.cards:
        assert card.reason in text
        assert card.line in text
    links = [link.get("href", "") for link in elements(root, "a")]
    product_link = "https://shop.example/p/1?ref=a&utm_source=fondly&utm_medium=email&utm_campaign=run-1"
    assert links.count(product_link) == 3
    assert links[-2:] == [LINKS.unsubscribe, "https://shop.example/v?t=x"]
    for footer in ("as a customer of Tea & Co", "1 Example Street <Ground floor>"):
        assert footer in text


def test_every_number_of_products_is_shown_once(theme: Theme, make_facts: Callable[..., EmailFacts]) -> None:
    """Also an odd one where products stand in pairs."""
    for products in range(1, 13):
        facts = make_facts(products=products)
        root = parsed(theme.html(shown(facts)))
        titles = ["".join(heading.itertext()) for heading in elements(root, "h2")]
        assert titles == [product.values["name"] for product in facts.products]
        assert len(elements(root, "img")) == products


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
    for absent in ("% off", "out of 5", "★", "View\u00a0product", "View online", "javascript", "None"):
        assert absent not in text_of(root)
        assert absent not in theme.text(shown(facts))


def test_every_image_has_a_short_description_and_every_table_a_role(theme: Theme, facts: EmailFacts) -> None:
    """Screen readers read out products, not layout."""
    root = parsed(theme.html(shown(facts)))
    images = elements(root, "img")
    assert [image.get("alt") for image in images] == [description(each.entry.name) for each in facts.products]
    assert all(len(image.get("alt", "")) < 100 for image in images)
    assert {table.get("role") for table in elements(root, "table")} == {"presentation"}
    assert (root.get("lang"), root.get("dir")) == ("en", "ltr")
    assert len(elements(root, "h1")) == 1


def test_a_spoken_label_begins_with_the_written_one(theme: Theme, facts: EmailFacts) -> None:
    """People who speak to their device say what they read (WCAG 2.2, criterion 2.5.3)."""
    labelled = [link for link in elements(parsed(theme.html(shown(facts))), "a") if link.get("aria-label")]
    assert len(labelled) == 5
    for link, product in zip(labelled, facts.products, strict=True):
        written = "".join(link.itertext()).strip()
        assert link.get("aria-label") == f"{written}: {product.values['name']}"


def test_an_email_loads_nothing_but_pictures(theme: Theme, facts: EmailFacts) -> None:
    """No script, no stylesheet to fetch, no font to load, one style element for screens and dark mode."""
    html = theme.html(shown(facts))
    root = parsed(html)
    assert not elements(root, "script")
    assert not elements(root, "link")
    for absent in (
        "@import",
        "url(",
        "<!--{%",
        "var(",
        "object-fit",
        "supported-color-schemes",
        "border-spacing",
        "aria-hidden",
    ):
        assert absent not in html
    (style,) = elements(root, "style")
    assert "prefers-color-scheme:dark" in (style.text or "")
    assert "max-width:480px" in (style.text or "")


def test_the_preheader_is_hidden_before_anything_else(theme: Theme, facts: EmailFacts) -> None:
    """Inboxes show it after the subject; the open email never does."""
    body = elements(parsed(theme.html(shown(facts))), "body")[0]
    first = next(iter(body))
    assert first.text == house_copy(facts).preheader
    style = first.get("style", "").replace(" ", "")
    assert style == "display:none;max-height:0;overflow:hidden"


def test_a_language_written_from_the_right_turns_the_layout(theme: Theme, facts: EmailFacts) -> None:
    """Nothing is aligned to the left by hand, so `dir` is enough."""
    arabic = Copy(
        subject="مختارات لك",
        preheader="قائمة قصيرة",
        greeting="مرحبا،",
        intro="اخترنا لك بعض المنتجات.",
        lines={str(product.number): "منتج مناسب لك." for product in facts.products},
        closing="شكرا لك.",
        quotes={},
    )
    maker = ContentMaker(Language("ar", "ar_EG", "rtl", ENGLISH.messages), links=ANY_HOST, pictures=ANY_HOST)
    html = theme.html(shown(facts, arabic, maker=maker))
    root = parsed(html)
    assert root.get("dir") == "rtl"
    (main,) = [each for each in elements(root, "div") if each.get("role") == "main"]
    assert (main.get("dir"), main.get("lang")) == ("rtl", "ar")
    assert not re.search(
        r"text-align:\s*(left|right)|align=\"(left|right)\"|(margin|padding)-(left|right)", html
    )
    assert "مرحبا،" in text_of(root)


def test_a_logo_takes_the_place_of_the_name(facts: EmailFacts) -> None:
    """With its description for those who do not see it."""
    logo = Logo(url="https://shop.example/logo.png", alt='Tea & Co "since 1900"', width=120)
    for name in built_in_themes():
        image = elements(parsed(made(name, logo=logo).html(shown(facts))), "img")[0]
        assert [image.get(each) for each in ("src", "alt", "width")] == [logo.url, logo.alt, "120"]


def test_a_buyers_sentence_stands_on_a_line_of_its_own(plain: Theme, facts: EmailFacts) -> None:
    """In the plain text too, between the product's line and its link."""
    copy = replace(house_copy(facts), quotes={"1": "It boils before I am awake."})
    lines = plain.text(shown(facts, copy)).splitlines()
    assert "   “It boils before I am awake.”" in lines


ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</td></tr></table></body>",
    "{{ brand.name }}",
    "{% for x in y %}",
    "[[ layout ]] [% for x in y %]",
    "{1.price}",
    "<!-- --><style>*{display:none}</style>",
    "&lt;b&gt; & &amp;",
    "A\u202eB\x00C",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_catalogue_cannot_add_markup(
    plain: Theme, make_facts: Callable[..., EmailFacts], attack: str
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
    html = plain.html(shown(facts))
    root = parsed(html)
    harmless = parsed(plain.html(shown(make_facts())))
    assert [element.tag for element in root.iter()] == [
        element.tag for element in harmless.iter() if element.tag
    ] or "\x00" in attack
    assert "".join(elements(root, "h2")[0].itertext()) == facts.products[0].values["name"]
    assert "onerror" not in {name for element in root.iter() for name in element.attrib}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_brand_cannot_add_markup(facts: EmailFacts, attack: str) -> None:
    """Its name and address are values like any other, in HTML and in text."""
    brand = Brand(name=f"Tea {attack}", postal_address=f"1 {attack} Street")
    logo = Logo(url="https://shop.example/logo.png", alt=attack)
    shop = ShopFile(theme=ThemeChoice(logo=logo))
    root = parsed(Theme(brand, ENGLISH.messages, shop=shop).html(shown(facts)).replace("\x00", ""))
    assert elements(root, "img")[0].get("alt") == attack.replace("\x00", "")
    assert "".join(f"1 {attack} Street".split()).replace("\x00", "") in text_of(root).replace(" ", "")
    assert not elements(root, "script")
    assert f"1 {attack} Street" in Theme(brand, ENGLISH.messages, shop=shop).text(shown(facts))


def test_links_and_pictures_of_other_hosts_are_left_out(
    plain: Theme, make_facts: Callable[..., EmailFacts]
) -> None:
    """The product is shown without them, and they are counted."""
    maker = ContentMaker(
        ENGLISH, links=AllowedHosts(["shop.example"]), pictures=AllowedHosts(["img.example"])
    )
    facts = make_facts(link="https://evil.example/p", image_url="https://user@img.example/p.png")
    content = shown(facts, maker=maker)
    assert content.links_left_out == 2
    assert "evil.example" not in plain.html(content) + plain.text(content)
    assert len(elements(parsed(plain.html(content)), "h2")) == 5
    assert shown(make_facts(link=None, image_url=None), maker=maker).links_left_out == 0


def test_pictures_may_come_from_the_shops_own_host(make_facts: Callable[..., EmailFacts]) -> None:
    """Whoever serves them there gets their address in the catalogue."""
    proxy = "https://images.shop.example/?url="
    maker = ContentMaker(ENGLISH, links=ANY_HOST, pictures=ANY_HOST, picture_proxy=proxy)
    facts = make_facts(image_url="https://img.example/a b.png?w=1&h=2")
    shown_url = shown(facts, maker=maker).cards[0].image_url
    assert shown_url == f"{proxy}https%3A%2F%2Fimg.example%2Fa%2520b.png%3Fw%3D1%26h%3D2"


def test_links_lead_to_the_shop_by_way_of_the_address_that_counts_clicks(
    plain: Theme, make_facts: Callable[..., EmailFacts]
) -> None:
    """Those to products, in text and HTML; each says whose click it would be, and where it leads."""
    signed = ClickLinks((b"key",))
    clicks = ClickEndpoint("https://go.shop.example/click", signed)
    maker = ContentMaker(ENGLISH, links=AllowedHosts(["shop.example"]), pictures=ANY_HOST, clicks=clicks)
    facts = make_facts()
    content = shown(facts, maker=maker)
    direct = shown(
        facts, maker=ContentMaker(ENGLISH, links=AllowedHosts(["shop.example"]), pictures=ANY_HOST)
    )
    for card, before, product in zip(content.cards, direct.cards, facts.products, strict=True):
        assert card.link is not None
        assert card.link.startswith("https://go.shop.example/click?r=")
        query = urlsplit(card.link).query
        expected = Click(LINKS.campaign, facts.customer_id, product.entry.product_id)
        assert (signed.click(query), signed.target(query)) == (expected, before.link)
        assert escape(card.link) in plain.html(content)
        assert card.link in plain.text(content)
    assert content.unsubscribe_url == direct.unsubscribe_url
    assert content.links_left_out == 0
    nowhere = shown(make_facts(link="https://evil.example/p"), maker=maker)
    assert nowhere.cards[0].link is None
    assert nowhere.links_left_out == 1


@pytest.mark.parametrize(("percent", "badge"), [(4, None), (5, "5% off"), (64, "64% off")])
def test_a_small_discount_is_not_news(
    make_facts: Callable[..., EmailFacts], percent: int, badge: str | None
) -> None:
    """It has no badge, and copy is not offered the figure."""
    facts = make_facts(discount_percent=percent)
    assert shown(facts).cards[0].discount_text == badge
    assert ("1.discount" in facts.slots) is (badge is not None)


def test_an_email_with_long_links_is_small(theme: Theme, make_facts: Callable[..., EmailFacts]) -> None:
    """Five products with links as long as those of a large marketplace."""
    facts = make_facts()
    long = (
        "https://www.shop.example/"
        + "Northlane-Nylon-Braided-Charging-Compatible/" * 3
        + "dp/B07/ref=sr_1_1?qid=16729"
    )
    content = shown(facts)
    cards = tuple(card._replace(link=long, image_url=long) for card in content.cards)
    assert len(theme.html(replace(content, cards=cards)).encode()) <= MAX_HTML_BYTES


def test_an_email_of_twelve_products_is_not_clipped(
    theme: Theme, make_facts: Callable[..., EmailFacts]
) -> None:
    """With links as long as those of a large marketplace."""
    content = shown(make_facts(products=12))
    long = "https://www.shop.example/" + "Northlane-Nylon-Braided-Charging-Compatible/" * 8
    cards = tuple(card._replace(link=long, image_url=long) for card in content.cards)
    assert len(theme.html(replace(content, cards=cards)).encode()) < GMAIL_CLIPS_AT


def test_the_longest_email_is_not_clipped(plain: Theme, make_facts: Callable[..., EmailFacts]) -> None:
    """Five products with very long names and links stay below the size at which Gmail clips."""
    facts = make_facts(name="word " * 400, link="https://shop.example/" + "a" * 1_900)
    links = Links("r" * 40, "https://shop.example/" + "u" * 300)
    assert len(plain.html(shown(facts, links=links)).encode()) < GMAIL_CLIPS_AT


def test_the_text_says_what_the_html_says(theme: Theme, facts: EmailFacts) -> None:
    """Every title, price, reason and link, unescaped, in short lines; each product has one link."""
    content = shown(facts)
    text = theme.text(content)
    for card in content.cards:
        assert card.title in text
        assert card.price in text
        assert card.reason in text
        assert text.count(f"{card.link}\n") == 1
    assert "(was ₹1,099, 64% off) · 4.2 out of 5, 24,269 ratings" in text
    assert "Tea & Co" in text
    assert f"Unsubscribe: {LINKS.unsubscribe}" in text
    assert "1 Example Street <Ground floor>" in text
    assert all(len(line) <= WIDTH or "://" in line for line in text.splitlines())
    assert "\n\n\n" not in text


@given(st.text() | st.integers() | st.text("&<>'\"é"))
def test_values_are_escaped_as_by_the_template_engine(value: object) -> None:
    """Whatever a value is, the page says the same as with Jinja's own way of escaping it."""
    assert escaped(value) == str(markupsafe.escape(value))
