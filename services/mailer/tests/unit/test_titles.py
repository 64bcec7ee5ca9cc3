from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fondly.contracts.records import Product
from fondly.mailer.domain.facts.seller_claims import CLAIM_KINDS, seller_claims
from fondly.mailer.domain.facts.titles import DESCRIPTION_CHARS, TITLE_CHARS, description, title

BRACKETS = '()[]{}【】"“”'
PIECES = """
Nadir 10A Cable (Blue, 4GB] | - with for & 15" “Pro” FREE!!! 100% OFF Best Warranty / , 【New】 USB
"""
CATALOGUE_LIKE = st.lists(st.sampled_from(PIECES.split()) | st.text(max_size=12), max_size=12).map(" ".join)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Nadir 10A (Sea Blue, 4GB RAM, 64GB Storage)", "Nadir 10A"),
        ("Oppida A31 (Black, 6GB) with No Cost EMI Offers", "Oppida A31"),
        ("Northlane Nylon Braided Cable with Fast Charging, 1.5 m", "Northlane Nylon Braided Cable"),
        ("Philo HL77 Mixer Grinder, 750W, 3 Jars (Black)", "Philo HL77 Mixer Grinder"),
        ("Envelope Sealing Machine | 12 Inch | Blue", "Envelope Sealing Machine"),
        ("Basics High-Speed Braided Cable - 3 Feet - Black", "Basics High-Speed Braided Cable"),
        ("Vanta 80 cm (32 inches) Wonder LED TV VT32 (Black)", "Vanta 80 cm Wonder LED TV VT32"),
        ("Infinia (BLJ Fuze Pint, Wireless Mini Speaker", "Infinia BLJ Fuze Pint"),
        ("Nokta 150 (2020) (Cyan)", "Nokta 150"),
        ('Ferro Ring 1.85" Display Smart Watch, Black', "Ferro Ring 1.85″ Display Smart Watch"),
        ("Multi Angle Tabletop Stand.", "Multi Angle Tabletop Stand"),
        ("Brano Dive+ with HD Display", "Brano Dive+"),
        ("Sona TV - Remote Control for LED sets", "Sona TV - Remote Control"),
        ("Lamp", "Lamp"),
        ("Coilo Spiral Charger Spiral Charger Cable Protectors", "Coilo Spiral Charger Cable Protectors"),
        ("Zentra Winotek Winotek Sun Water Heater", "Zentra Winotek Sun Water Heater"),
        ("Pom Pom Maker, Yellow", "Pom Pom Maker"),
        ("Water Water-Proof Bottle", "Water Water-Proof Bottle"),
        ("PRISTI COVER AND BAGS FOR REMOTES", "Pristi Cover and Bags"),
        ("Pen, Blue", "Pen, Blue"),
        ("word " * 30, "word word word word word word word word word word word word"),
        ("x" * 200, "x" * TITLE_CHARS),
        ("Mug\x00 for\u202e tea", "Mug for tea"),
        ("अनन्या दीपक (पीतल)", "अनन्या दीपक"),
        ("\u200b\u202e", ""),
        ("|", ""),
        ("(", ""),
    ],
)
def test_a_title_is_what_a_person_calls_the_product(name: str, expected: str) -> None:
    """Without specifications, variants in brackets, quotation marks and loose ends."""
    assert title(name) == expected


@pytest.mark.parametrize(
    ("name", "kinds", "expected"),
    [
        ("FREE!!! 100% OFF Toaster Duo", ("free", "discount", "shouting"), "Toaster Duo"),
        ("Northlane Best Quality Steel Kettle", ("superlative",), "Northlane Steel Kettle"),
        ("Arctic Fan 3 Years Warranty White", ("warranty",), "Arctic Fan White"),
        ("Herbal Tea Cures Diabetes Green Leaf", ("health",), "Herbal Tea Green Leaf"),
        ("No.1 Original Remote Control", ("superlative", "genuine"), "Remote Control"),
        ("Newly Launched Brano Smart Watch", ("launch",), "Brano Smart Watch"),
        ("Tower Phone No Cost EMI", ("instalments",), "Tower Phone"),
        ("Visit www.evil.example Desk Lamp", ("contact",), "Desk Lamp"),
        ("http://evil.example/?x=1", ("contact",), ""),
        ("MAGIC CLEANING BRUSH SET", ("shouting",), "Magic Cleaning Brush SET"),
        ("Wasserkocher 2 Jahre Garantie Edelstahl", ("warranty",), "Wasserkocher Edelstahl"),
        ("Best", ("superlative",), "Best"),
        ("100% Original", ("genuine",), "100% Original"),
        ("Tangle-Free BPA Free Bottle Hose", (), "Tangle-Free BPA Free Bottle Hose"),
        ("Vanta Premium Series LED TV", (), "Vanta Premium Series LED TV"),
        ("NORTHLANE USB HDMI Cable", (), "NORTHLANE USB HDMI Cable"),
    ],
)
def test_claims_of_the_seller_are_left_out_where_a_title_remains(
    name: str, kinds: tuple[str, ...], expected: str
) -> None:
    """A name that is nothing but a claim is kept, and counted like the others."""
    assert seller_claims(name) == kinds
    assert title(name) == expected
    assert set(kinds) <= set(CLAIM_KINDS)


def test_a_products_claims_are_those_of_its_whole_name(entry: Callable[..., Product]) -> None:
    """Also those beyond the title, which no email shows."""
    assert seller_claims("Steel Kettle, 1.5 l | Best Gift | 1 Year Warranty") == (
        "warranty",
        "superlative",
    )
    assert seller_claims(entry(2).name) == ()


@given(CATALOGUE_LIKE)
@example("Nadir with - | (Blue,")
def test_any_name_gives_a_balanced_title_of_limited_length(name: str) -> None:
    """One line, no bracket, no quotation mark, nothing that announces more, and no second cleaning needed."""
    shown = title(name)
    assert len(shown) <= TITLE_CHARS
    assert not set(shown) & set(BRACKETS)
    assert shown == shown.strip()
    assert not shown.endswith((",", " -", " with", "&", "/", "|"))
    told = description(name)
    assert len(told) <= DESCRIPTION_CHARS
    assert not set(told) & set(BRACKETS)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Nadir 10A (Sea Blue, 4GB RAM) | 2 Year Warranty", "Nadir 10A, Sea Blue, 4GB RAM"),
        ("Steel Kettle", "Steel Kettle"),
        (
            "Steel Kettle, " + " ".join(f"very long word{at}" for at in range(20)),
            "Steel Kettle, " + " ".join(f"very long word{at}" for at in range(5)),
        ),
    ],
)
def test_a_description_adds_the_variant_that_a_picture_shows(name: str, expected: str) -> None:
    """Colour and size; never a claim."""
    assert description(name) == expected
