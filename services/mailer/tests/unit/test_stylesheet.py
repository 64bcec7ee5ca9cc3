import pytest

from fondly.mailer.domain.message.stylesheet import UnknownVariableError, stylesheet

LIGHT = {"text": "#111111", "page": "#ffffff", "body-font": "Arial"}
DARK = {"text": "#eeeeee", "page": "#000000", "body-font": "Arial"}
CSS = """
/* a comment { color: var(--nothing); } */
.a, .b { color: var(--text); padding: 4px; font-family: var(--body-font); }
.c { color: var(--text); background-color: var(--page); }
"""


def test_dark_mode_repeats_what_differs_in_it() -> None:
    """Equal declarations once, with every selector that has them; fonts and sizes stay as they are."""
    kept = stylesheet(CSS, "", light=LIGHT, dark=DARK).kept
    assert "@media (prefers-color-scheme:dark){" in kept
    assert ".a,.b,.c{color:#eeeeee !important}" in kept
    assert ".c{background-color:#000000 !important}" in kept
    assert "font-family" not in kept
    assert "max-width" not in kept


def test_the_inlined_part_has_the_light_colours() -> None:
    """Mail readers that know no style element show these."""
    inlined = stylesheet(CSS, "", light=LIGHT, dark=DARK).inlined
    assert ".a, .b {color: #111111; padding: 4px; font-family: Arial;}" in inlined
    assert "var(" not in inlined


def test_rules_for_narrow_screens_outweigh_style_attributes() -> None:
    """Each declaration is important, and they come before those for dark mode."""
    kept = stylesheet(CSS, ".a { padding: 2px; margin: 0 }", light=LIGHT, dark=DARK).kept
    assert "@media (max-width:480px){\n.a{padding: 2px !important;margin: 0 !important}\n}" in kept
    assert kept.index("max-width") < kept.index("prefers-color-scheme")


def test_a_variable_that_no_theme_has_is_named() -> None:
    """With those that exist."""
    with pytest.raises(
        UnknownVariableError, match=r"found var\(--txt\), expected one of: body-font, page, text"
    ):
        stylesheet(".a { color: var(--txt); }", "", light=LIGHT, dark=DARK)
