"""A pen for simple shapes on a canvas of 100 by 100 units."""

from collections.abc import Sequence

from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Point = tuple[float, float]
UNITS = 100


class Pen:
    """Draws on an image of its own; later shapes cover earlier ones."""

    def __init__(self, background: Colour, *, pixels: int) -> None:
        self.image = Image.new("RGB", (pixels, pixels), background)
        self._draw = ImageDraw.Draw(self.image)
        self._scale = pixels / UNITS

    def box(self, where: Box, fill: Colour, *, radius: float = 0) -> None:
        """A rectangle, with round corners if there is a radius."""
        self._draw.rounded_rectangle(self._scaled(where), radius * self._scale, fill=fill)

    def oval(self, where: Box, fill: Colour) -> None:
        """An ellipse that fills a box."""
        self._draw.ellipse(self._scaled(where), fill=fill)

    def shape(self, points: Sequence[Point], fill: Colour) -> None:
        """A polygon."""
        self._draw.polygon([(x * self._scale, y * self._scale) for x, y in points], fill=fill)

    def line(self, points: Sequence[Point], colour: Colour, *, width: float) -> None:
        """A line with round joints and ends."""
        scaled = [(x * self._scale, y * self._scale) for x, y in points]
        self._draw.line(scaled, fill=colour, width=round(width * self._scale), joint="curve")
        for x, y in (points[0], points[-1]):
            self.oval((x - width / 2, y - width / 2, x + width / 2, y + width / 2), colour)

    def arc(self, where: Box, colour: Colour, *, start: float, end: float, width: float) -> None:
        """Part of an ellipse's outline, between two angles in degrees, clockwise from three o'clock."""
        self._draw.arc(self._scaled(where), start, end, fill=colour, width=round(width * self._scale))

    def _scaled(self, where: Box) -> list[float]:
        return [each * self._scale for each in where]


def mixed(colour: Colour, other: Colour, share: float) -> Colour:
    """Return `colour` with a share, from 0 to 1, of the other."""
    red, green, blue = (round(own + (their - own) * share) for own, their in zip(colour, other, strict=True))
    return red, green, blue
