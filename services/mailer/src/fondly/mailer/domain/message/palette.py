"""The colours of a theme: complete, readable in light and in dark, or refused with the figure."""

import re
from collections.abc import Iterator, Mapping
from typing import Literal, get_args

Token = Literal[
    "page",
    "surface",
    "tint",
    "line",
    "text",
    "muted",
    "accent",
    "on-accent",
    "link",
    "band",
    "on-band",
    "badge",
    "on-badge",
    "star",
]
TOKENS: tuple[str, ...] = get_args(Token)
Palette = Mapping[str, str]
"""A colour such as `#0b6b5c` for each token."""

MIN_CONTRAST = 4.5
"""Text of ordinary size. Source: WCAG 2.2, success criterion 1.4.3."""
READ_TOGETHER = (
    ("text", "page"),
    ("text", "surface"),
    ("text", "tint"),
    ("muted", "page"),
    ("muted", "surface"),
    ("muted", "tint"),
    ("link", "page"),
    ("link", "surface"),
    ("star", "page"),
    ("star", "surface"),
    ("on-accent", "accent"),
    ("on-band", "band"),
    ("on-badge", "badge"),
)
"""Pairs of a text colour and a background that an email may show."""
CHOSEN = frozenset({"on-accent", "link"})
BLACK, WHITE = "#000000", "#ffffff"
STEPS = 20
LINEAR_UNTIL = 0.04045
"""Source: the definition of relative luminance, with the threshold of IEC 61966-2-1."""
_COLOUR = re.compile(r"#[0-9a-f]{6}")


class ColourError(ValueError):
    """A palette that cannot be used; `token` is the colour to change."""

    def __init__(self, token: str, problem: str) -> None:
        super().__init__(f"{token}: {problem}")
        self.token = token
        self.problem = problem


def palette(colours: Mapping[str, str]) -> Palette:
    """Complete and check colours; raise `ColourError` for one that is missing, malformed or hard to read.

    A value may be another token's name. Without `on-accent` and `link`, the text on the accent and links in
    the accent's colour are chosen so that they can be read.
    """
    needed = (token for token in TOKENS if token not in CHOSEN)
    if missing := next((token for token in needed if token not in colours), None):
        raise ColourError(missing, "is missing; expected a colour such as #0b6b5c")
    page, surface, accent = (_resolved(token, colours) for token in ("page", "surface", "accent"))
    on_accent = WHITE if contrast(WHITE, accent) >= MIN_CONTRAST else BLACK
    chosen = {"on-accent": on_accent, "link": _readable(accent, [page, surface])} | dict(colours)
    complete = {token: _resolved(token, chosen) for token in TOKENS}
    for problem in _hard_to_read(complete):
        raise problem
    return complete


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _resolved(token: str, colours: Mapping[str, str]) -> str:
    value = colours[token].lower()
    colour = colours[value].lower() if value in colours else value
    if not _COLOUR.fullmatch(colour):
        raise ColourError(token, f"found {colours[token]!r}, expected a colour such as #0b6b5c")
    return colour


def _hard_to_read(complete: Palette) -> Iterator[ColourError]:
    for text, background in READ_TOGETHER:
        found = contrast(complete[text], complete[background])
        if found < MIN_CONTRAST:
            on = f"{complete[text]} on {background} {complete[background]}"
            yield ColourError(
                text, f"found {on}, a contrast of {found:.2f}; expected at least {MIN_CONTRAST}"
            )


def _readable(colour: str, backgrounds: list[str]) -> str:
    """Return the colour, mixed with as little white or black as makes it readable on every background."""
    towards = max((BLACK, WHITE), key=lambda end: min(contrast(end, each) for each in backgrounds))
    mixes = (_mixed(colour, towards, step / STEPS) for step in range(STEPS + 1))
    return next(
        (mix for mix in mixes if all(contrast(mix, each) >= MIN_CONTRAST for each in backgrounds)), towards
    )


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= LINEAR_UNTIL else ((channel + 0.055) / 1.055) ** 2.4
