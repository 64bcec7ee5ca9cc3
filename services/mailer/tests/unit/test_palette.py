import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.mailer.domain.message.palette import MIN_CONTRAST, READ_TOGETHER, ColourError, contrast, palette

COLOURS = {
    "page": "#ffffff",
    "surface": "#ffffff",
    "tint": "#f4f3ef",
    "line": "#e2e0d8",
    "text": "#1d1d1b",
    "muted": "#5f5e58",
    "accent": "#1f5c4a",
    "band": "accent",
    "on-band": "on-accent",
    "badge": "#ffd84d",
    "on-badge": "text",
    "star": "#8a5a00",
}
ANY_COLOUR = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000000", "#ffffff", 21.0), ("#ffffff", "#ffffff", 1.0), ("#777777", "#ffffff", 4.48)],
)
def test_contrast_is_that_of_the_standard(one: str, other: str, expected: float) -> None:
    """Known values of WCAG 2.2."""
    assert contrast(one, other) == contrast(other, one)
    assert round(contrast(one, other), 2) == expected


@given(accent=ANY_COLOUR)
def test_any_accent_gives_a_palette_that_can_be_read(accent: str) -> None:
    """The text on it and links in it follow."""
    made = palette(COLOURS | {"accent": accent})
    assert made["accent"] == made["band"] == accent
    for text, background in READ_TOGETHER:
        assert contrast(made[text], made[background]) >= MIN_CONTRAST


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            {"muted": "#999999"},
            "muted: found #999999 on page #ffffff, a contrast of 2.85; expected at least 4.5",
        ),
        ({"on-accent": "#1f5c4a"}, "on-accent: found #1f5c4a on accent #1f5c4a, a contrast of 1.00"),
        ({"text": "red"}, "text: found 'red', expected a colour such as #0b6b5c"),
        ({"text": "muted", "muted": "text"}, "text: found 'muted', expected a colour"),
    ],
)
def test_a_palette_that_cannot_be_read_is_refused_with_the_figure(
    changes: dict[str, str], problem: str
) -> None:
    """The message names the colour, what was found and what is expected."""
    with pytest.raises(ColourError) as refused:
        palette(COLOURS | changes)
    assert str(refused.value).startswith(problem)


@pytest.mark.parametrize("token", ["page", "accent", "star"])
def test_a_palette_is_complete(token: str) -> None:
    """Only the text on the accent and the colour of links are chosen."""
    with pytest.raises(ColourError, match=f"^{token}: is missing"):
        palette({name: colour for name, colour in COLOURS.items() if name != token})
