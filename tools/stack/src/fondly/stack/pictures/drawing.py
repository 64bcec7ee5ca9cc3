"""A product's picture as a small PNG, which every mail reader shows."""

import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageColor

from fondly.stack.pictures.addresses import picture_name
from fondly.stack.pictures.kinds import INK, KINDS, WHITE, Paint
from fondly.stack.pictures.pen import Colour, Pen, mixed
from fondly.stack.sample.vocabulary import load_vocabulary

SIZE = 480
"""Pixels a side: enough for a large picture on a fine screen."""
SMOOTHING = 3
PALETTE = 96
BRIGHT = 600
"""The sum of red, green and blue from which a colour needs a darker ground and accent to be seen."""


class UnknownPictureError(KeyError):
    """The sample has no such product."""


@lru_cache(maxsize=128)
def picture(name: str) -> bytes:
    """Return a name's PNG, always the same bytes; raise `UnknownPictureError` for a name of no picture."""
    try:
        kind, colour = _known()[name]
    except KeyError:
        raise UnknownPictureError(name) from None
    paint = _paint(colour)
    pen = Pen(_ground(paint.body), pixels=SIZE * SMOOTHING)
    pen.oval((20, 83, 80, 93), mixed(_ground(paint.body), INK, 0.12))
    KINDS[kind](pen, paint)
    return _png(pen.image)


def picture_names() -> list[str]:
    """Return the names of all pictures: every kind of the sample in each of its colours."""
    return sorted(_known())


@cache
def _known() -> Mapping[str, tuple[str, str]]:
    return {
        picture_name(family.key, colour): (family.key, colour)
        for family in load_vocabulary().families
        for colour in family.colours
    }


@cache
def _colours() -> Mapping[str, list[str]]:
    return tomllib.loads(files(__package__).joinpath("colours.toml").read_text("utf-8"))


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


def _png(drawn: Image.Image) -> bytes:
    small = drawn.reduce(SMOOTHING).quantize(PALETTE)
    out = BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()


def write_pictures(folder: Path) -> list[Path]:
    """Write every picture of the sample into `folder`, which is made if need be; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in picture_names()]
    for path in paths:
        path.write_bytes(picture(path.name))
    return paths
