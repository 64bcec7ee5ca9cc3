"""How each kind of product of the sample looks: one function a kind, by the key of its family."""

from dataclasses import dataclass

from tools.stack.drawing.pen import Colour, Pen, mixed

WHITE: Colour = (255, 255, 255)
INK: Colour = (34, 38, 44)
METAL: Colour = (196, 203, 210)
GLOW: Colour = (255, 226, 150)


@dataclass(frozen=True)
class Paint:
    """The colours of one product."""

    body: Colour
    accent: Colour

    @property
    def light(self) -> Colour:
        """Where the light falls."""
        return mixed(self.body, WHITE, 0.35)

    @property
    def dark(self) -> Colour:
        """Where it does not."""
        return mixed(self.body, INK, 0.28)


def cable(pen: Pen, paint: Paint) -> None:
    """A coiled cable with two plugs."""
    for inset, colour in ((0.0, paint.dark), (7.0, paint.body), (14.0, paint.light)):
        pen.arc((25 + inset, 25 + inset, 75 - inset, 75 - inset), colour, start=0, end=360, width=4.5)
    pen.line([(50, 25), (70, 18), (80, 22)], paint.dark, width=4.5)
    pen.line([(36, 61), (26, 74), (22, 80)], paint.light, width=4.5)
    pen.box((76, 17, 88, 28), paint.dark, radius=3)
    pen.box((87, 19.5, 93, 25.5), METAL, radius=2)
    pen.box((14, 76, 27, 87), paint.dark, radius=3)
    pen.box((9, 78.5, 15, 84.5), METAL, radius=2)


def power_bank(pen: Pen, paint: Paint) -> None:
    """A slab with ports and four lights."""
    pen.box((30, 16, 70, 84), paint.dark, radius=7)
    pen.box((30, 16, 67, 84), paint.body, radius=7)
    pen.box((34, 20, 37, 80), paint.light, radius=1.5)
    for x in (40, 54):
        pen.box((x, 18, x + 9, 21), INK, radius=1)
    for place in range(4):
        y = 66 + place * 4
        pen.oval((57, y, 60, y + 3), GLOW if place else mixed(paint.body, WHITE, 0.6))
    pen.shape([(50, 36), (44, 48), (49, 48), (47, 57), (55, 44), (50, 44)], paint.accent)


def earbuds(pen: Pen, paint: Paint) -> None:
    """Two buds above their open case."""
    for centre, lean in ((34, -2), (66, 2)):
        pen.oval((centre - 10, 20, centre + 10, 40), paint.dark)
        pen.oval((centre - 8, 20, centre + 8, 36), paint.body)
        pen.line([(centre, 34), (centre + lean, 54)], paint.body, width=6)
        pen.oval((centre - 4, 25, centre + 1, 30), paint.light)
        pen.oval((centre + lean - 1.5, 52, centre + lean + 1.5, 55), METAL)
    pen.box((20, 58, 80, 84), paint.dark, radius=13)
    pen.box((20, 62, 80, 84), paint.body, radius=11)
    pen.box((26, 66, 74, 69), paint.light, radius=1.5)
    pen.oval((48, 74, 52, 78), GLOW)


def smartwatch(pen: Pen, paint: Paint) -> None:
    """A square watch with a lit screen."""
    pen.box((38, 8, 62, 92), paint.dark, radius=6)
    pen.box((38, 8, 58, 92), paint.body, radius=6)
    for y in (14, 20, 80, 86):
        pen.oval((49, y - 1, 51, y + 1), paint.dark)
    pen.box((27, 26, 73, 74), METAL, radius=12)
    pen.box((73, 45, 77, 55), METAL, radius=1.5)
    pen.box((30, 29, 70, 71), INK, radius=10)
    pen.arc((37, 36, 63, 62), (238, 96, 96), start=-90, end=160, width=4)
    pen.arc((43, 42, 57, 56), (110, 205, 150), start=-90, end=90, width=3.5)
    pen.box((40, 65, 60, 67), (90, 98, 108), radius=1)


def mouse(pen: Pen, paint: Paint) -> None:
    """A mouse from above."""
    pen.box((31, 16, 69, 86), paint.dark, radius=19)
    pen.box((31, 16, 67, 84), paint.body, radius=18)
    pen.box((36, 22, 39, 56), paint.light, radius=1.5)
    pen.line([(49, 17), (49, 44)], paint.dark, width=0.9)
    pen.line([(32, 45), (66, 45)], paint.dark, width=0.9)
    pen.box((46, 24, 52, 38), INK, radius=3)
    pen.box((47.5, 27, 50.5, 32), METAL, radius=1.5)


def television(pen: Pen, paint: Paint) -> None:
    """A screen with hills and a sun on two feet."""
    pen.shape([(26, 72), (31, 72), (27, 84), (20, 84)], paint.dark)
    pen.shape([(74, 72), (69, 72), (73, 84), (80, 84)], paint.dark)
    pen.box((8, 22, 92, 74), paint.body, radius=3)
    pen.box((10.5, 24.5, 89.5, 70), (121, 182, 226), radius=1)
    pen.oval((66, 30, 78, 42), GLOW)
    pen.shape([(10.5, 70), (10.5, 58), (32, 42), (58, 70)], (76, 128, 110))
    pen.shape([(36, 70), (62, 50), (89.5, 66), (89.5, 70)], (52, 98, 88))
    pen.box((46, 71.2, 54, 72.6), METAL, radius=0.7)


def mixer(pen: Pen, paint: Paint) -> None:
    """A mixer grinder with its jar."""
    pen.shape([(33, 16), (67, 16), (62, 54), (38, 54)], (224, 233, 238))
    pen.shape([(36, 32), (64, 32), (61, 54), (39, 54)], (233, 170, 92))
    pen.box((31, 11, 69, 18), paint.dark, radius=3)
    pen.arc((58, 22, 82, 46), paint.dark, start=-80, end=95, width=3.5)
    pen.shape([(36, 54), (64, 54), (74, 87), (26, 87)], paint.body)
    pen.shape([(36, 54), (41, 54), (34, 87), (26, 87)], paint.light)
    pen.box((24, 85, 76, 90), paint.dark, radius=2)
    pen.oval((43, 64, 57, 78), paint.accent)
    pen.line([(50, 71), (54, 66)], WHITE, width=2)


def kettle(pen: Pen, paint: Paint) -> None:
    """A kettle on its base."""
    pen.shape([(30, 36), (16, 30), (20, 42), (30, 52)], paint.dark)
    pen.arc((54, 26, 90, 74), paint.accent, start=-75, end=80, width=5)
    pen.shape([(32, 28), (68, 28), (74, 80), (26, 80)], paint.body)
    pen.shape([(36, 32), (40, 32), (36, 76), (31, 76)], paint.light)
    pen.box((32, 23, 68, 30), paint.dark, radius=3)
    pen.oval((46, 17, 54, 25), paint.accent)
    pen.box((52, 44, 58, 68), mixed(paint.body, WHITE, 0.7), radius=2)
    pen.box((52, 54, 58, 68), (126, 190, 230), radius=2)
    pen.box((22, 80, 78, 87), INK, radius=3)


def iron(pen: Pen, paint: Paint) -> None:
    """A steam iron on its sole."""
    pen.line([(82, 62), (92, 56), (95, 40)], INK, width=2)
    pen.shape([(12, 74), (30, 52), (60, 42), (86, 42), (86, 74)], paint.body)
    pen.shape([(14, 73), (31, 54), (56, 46), (36, 60), (24, 73)], paint.light)
    pen.line([(46, 44), (50, 32), (78, 32), (82, 42)], paint.accent, width=7)
    pen.oval((60, 54, 72, 66), WHITE)
    pen.line([(66, 60), (69, 56)], INK, width=1.4)
    pen.shape([(7, 82), (14, 74), (88, 74), (88, 82)], METAL)
    for x in (16, 21, 26):
        pen.oval((x - 9, 85, x - 6, 88), (200, 216, 226))


def notebook(pen: Pen, paint: Paint) -> None:
    """A bound notebook with a ribbon, and a pencil."""
    pen.box((28, 15, 74, 87), (247, 243, 232), radius=3)
    pen.box((24, 13, 70, 85), paint.body, radius=3)
    pen.box((24, 13, 31, 85), paint.dark, radius=3)
    pen.box((38, 26, 62, 40), (250, 247, 238), radius=1.5)
    pen.box((42, 30, 58, 31.5), paint.dark)
    pen.box((42, 34, 53, 35.5), paint.dark)
    pen.box((63, 13, 65.5, 85), paint.accent)
    pen.shape([(80, 24), (85, 24), (85, 74), (82.5, 81), (80, 74)], GLOW)
    pen.shape([(80, 74), (85, 74), (82.5, 81)], (226, 190, 150))
    pen.box((80, 19, 85, 25), (226, 128, 128), radius=1)


def lamp(pen: Pen, paint: Paint) -> None:
    """A desk lamp and its light."""
    pen.shape([(36, 40), (66, 46), (88, 86), (14, 86)], mixed(GLOW, WHITE, 0.45))
    pen.line([(74, 83), (80, 50), (58, 26)], paint.dark, width=3.5)
    pen.oval((77, 47, 83, 53), METAL)
    pen.shape([(52, 16), (66, 30), (60, 48), (34, 40)], paint.body)
    pen.shape([(52, 16), (56, 20), (42, 42), (34, 40)], paint.light)
    pen.oval((42, 41, 52, 50), GLOW)
    pen.box((60, 80, 90, 87), paint.body, radius=3.5)


def bottle(pen: Pen, paint: Paint) -> None:
    """A bottle with a loop."""
    pen.arc((42, 5, 58, 23), paint.accent, start=180, end=360, width=3)
    pen.box((41, 13, 59, 25), paint.dark, radius=2.5)
    pen.box((44, 24, 56, 31), METAL)
    pen.box((35, 29, 65, 90), paint.dark, radius=9)
    pen.box((35, 29, 62, 90), paint.body, radius=9)
    pen.box((39, 36, 43, 82), paint.light, radius=2)
    pen.box((35, 68, 65, 72), paint.accent)
