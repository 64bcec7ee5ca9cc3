"""`python -m tools.stack.drawing`: draws the pictures of the sample and the examples again, as small PNGs."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from PIL import Image, ImageColor

from fondly.evaluation.sample.row import picture_name
from fondly.evaluation.sample.vocabulary import load_vocabulary
from fondly.stack.pictures.addresses import FOLDER, names_in
from tools.stack.drawing import clothes, kinds
from tools.stack.drawing.kinds import INK, WHITE, Paint
from tools.stack.drawing.pen import Colour, Pen, mixed

EXAMPLES = Path(__file__).parents[3] / "examples"
SIZE = 480
"""Pixels a side: enough for a large picture on a fine screen."""
SMOOTHING = 3
PALETTE = 96
BRIGHT = 600
"""The sum of red, green and blue from which a colour needs a darker ground and accent to be seen."""


def main() -> None:
    """Write all pictures into the package."""
    for name in names():
        drawn(name).save(FOLDER / name, "PNG", optimize=True)


def names() -> list[str]:
    """Return the files' names: all kinds of the sample in their colours, and what the examples show."""
    families = load_vocabulary().families
    sample = {picture_name(family.key, colour) for family in families for colour in family.colours}
    return sorted(sample.union(*(names_in(path.read_text("utf-8")) for path in EXAMPLES.glob("*/*.csv"))))


def drawn(name: str) -> Image.Image:
    """Return the picture with a file's name: a kind of product in a colour."""
    kind, _, colour = name.removesuffix(".png").partition("-")
    paint = _paint(colour)
    pen = Pen(_ground(paint.body), pixels=SIZE * SMOOTHING)
    pen.oval((20, 83, 80, 93), mixed(_ground(paint.body), INK, 0.12))
    (vars(kinds) | vars(clothes))[kind](pen, paint)
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
