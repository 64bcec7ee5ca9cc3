"""`python -m tools.stack.drawing`: draws the sample's pictures again, as small PNGs for every mail reader."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from PIL import Image, ImageColor

from fondly.evaluation.sample.row import picture_name
from fondly.evaluation.sample.vocabulary import load_vocabulary
from fondly.stack.pictures.addresses import FOLDER
from tools.stack.drawing.kinds import INK, KINDS, WHITE, Paint
from tools.stack.drawing.pen import Colour, Pen, mixed

SIZE = 480
"""Pixels a side: enough for a large picture on a fine screen."""
SMOOTHING = 3
PALETTE = 96
BRIGHT = 600
"""The sum of red, green and blue from which a colour needs a darker ground and accent to be seen."""


def main() -> None:
    """Write every kind of the sample in each of its colours into the package."""
    for name, kind, colour in known():
        drawn(kind, colour).save(FOLDER / name, "PNG", optimize=True)


def known() -> Iterator[tuple[str, str, str]]:
    """Yield the name of each picture, the kind of product and its colour."""
    for family in load_vocabulary().families:
        for colour in family.colours:
            yield picture_name(family.key, colour), family.key, colour


def drawn(kind: str, colour: str) -> Image.Image:
    """Return the picture of a kind of product in a colour."""
    paint = _paint(colour)
    pen = Pen(_ground(paint.body), pixels=SIZE * SMOOTHING)
    pen.oval((20, 83, 80, 93), mixed(_ground(paint.body), INK, 0.12))
    KINDS[kind](pen, paint)
    return pen.image.reduce(SMOOTHING).quantize(PALETTE)


@cache
def _colours() -> Mapping[str, list[str]]:
    return tomllib.loads((Path(__file__).parent / "colours.toml").read_text("utf-8"))


def _paint(colour: str) -> Paint:
    body, *accent = (_rgb(code) for code in _colours()[colour])
    shade = mixed(body, INK, 0.6) if _is_bright(body) else mixed(body, WHITE, 0.55)
    return Paint(body, accent[0] if accent else shade)


def _ground(body: Colour) -> Colour:
    """A quiet ground: a tint of the product's colour, darker for a bright product."""
    return mixed((226, 231, 236), body, 0.1) if _is_bright(body) else mixed((247, 248, 249), body, 0.09)


def _is_bright(colour: Colour) -> bool:
    return sum(colour) >= BRIGHT


def _rgb(code: str) -> Colour:
    red, green, blue = ImageColor.getrgb(code)[:3]
    return red, green, blue


if __name__ == "__main__":
    main()
