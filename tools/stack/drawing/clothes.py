"""How each kind of clothes looks: one function a kind, by the name in its pictures' files."""

from collections.abc import Sequence

from tools.stack.drawing.kinds import METAL, WHITE, Paint
from tools.stack.drawing.pen import UNITS, Pen, Point, mixed

GOLD = (214, 170, 92)
SOLE = (240, 236, 226)


def dress(pen: Pen, paint: Paint) -> None:
    """A sleeveless dress with a belt and a wide skirt."""
    pen.shape(
        _both([(50, 25), (43, 9), (37, 9), (36, 23), (32, 28), (38, 46), (22, 86), (50, 89)]), paint.body
    )
    pen.shape([(38, 50), (45, 50), (34, 87.5), (22, 86)], paint.light)
    for top, bottom in ((47, 43), (53, 57), (58, 69)):
        pen.line([(top, 52), (bottom, 87)], paint.dark, width=1)
    pen.box((37.5, 45, 62.5, 50), paint.accent, radius=1)


def blouse(pen: Pen, paint: Paint) -> None:
    """A blouse with a stand-up collar, wide sleeves and cuffs."""
    pen.shape(_both([(43, 20), (32, 24), (15, 66), (28, 72), (37, 48)]), paint.dark)
    pen.shape(_both([(50, 22), (43, 17), (33, 23), (36, 48), (31, 82), (50, 85)]), paint.body)
    pen.shape([(34, 27), (39, 25), (41, 48), (37, 83), (31, 82), (36, 48)], paint.light)
    for left in (13.5, 71.5):
        pen.box((left, 65, left + 15, 71), paint.accent, radius=2)
    pen.box((42, 13, 58, 20), paint.accent, radius=2.5)
    _buttons(pen, paint, top=26, bottom=80)


def shirt(pen: Pen, paint: Paint) -> None:
    """A shirt with a pointed collar and a chest pocket."""
    pen.shape(_both([(40, 18), (28, 24), (19, 76), (30, 78), (37, 44)]), paint.dark)
    pen.shape(_both([(42, 16), (30, 23), (33, 84), (50, 86)]), paint.body)
    pen.shape([(32, 26), (37, 24), (39, 85), (33, 84)], paint.light)
    pen.shape(_both([(50, 26), (42, 12), (37, 18), (43, 32)]), paint.accent)
    pen.shape([(55, 40), (65, 40), (65, 50), (60, 53), (55, 50)], paint.dark)
    _buttons(pen, paint, top=31, bottom=80)


def t_shirt(pen: Pen, paint: Paint) -> None:
    """A T-shirt with a round neck and short sleeves."""
    pen.shape(_both([(38, 18), (27, 21), (10, 42), (23, 52), (34, 42)]), paint.dark)
    pen.shape(_both([(50, 24), (38, 17), (28, 21), (31, 84), (50, 86)]), paint.body)
    pen.shape([(30, 26), (35, 24), (37, 85), (31, 84)], paint.light)
    pen.arc((37, 4, 63, 28), paint.accent, start=10, end=170, width=3.5)


def sweater(pen: Pen, paint: Paint) -> None:
    """A knitted sweater with a roll neck and ribbed hems."""
    pen.shape(_both([(40, 20), (27, 26), (12, 74), (24, 79), (36, 48)]), paint.dark)
    pen.shape(_both([(40, 18), (29, 24), (30, 84), (50, 84)]), paint.body)
    for x in (38, 50, 62):
        for y in range(34, 74, 8):
            pen.line([(x - 3, y), (x, y + 4), (x + 3, y)], paint.light, width=1.4)
    pen.box((39, 10, 61, 25), paint.accent, radius=4)
    pen.box((30, 79, 70, 88), paint.accent, radius=2)
    for points in _sides([(11, 72), (25, 77.5), (23, 84), (9, 78)]):
        pen.shape(points, paint.accent)


def jeans(pen: Pen, paint: Paint) -> None:
    """A pair of jeans with golden seams."""
    pen.shape(_both([(33, 9), (27, 90), (44, 91), (50, 38)]), paint.body)
    pen.shape([(33, 18), (37, 18), (34, 90), (27, 90)], paint.light)
    pen.box((32.5, 8, 67.5, 15), paint.dark, radius=1.5)
    for points in _sides([(34, 16), (41, 16), (38, 23), (33.5, 25)]):
        pen.line(points[1:], GOLD, width=0.9)
    pen.line([(50, 15), (50, 38)], paint.dark, width=1.2)
    pen.line([(54, 15), (54, 27), (50, 32)], GOLD, width=0.9)
    pen.oval((48, 9.5, 52, 13.5), GOLD)
    for points in _sides([(27, 86), (44, 87)]):
        pen.line(points, paint.dark, width=1.2)


def skirt(pen: Pen, paint: Paint) -> None:
    """A pleated skirt with a waistband."""
    pen.shape(_both([(37, 20), (18, 82), (50, 87)]), paint.body)
    pen.shape([(37, 24), (41, 24), (29, 84), (18, 82)], paint.light)
    for top, bottom in ((43, 38), (48, 47), (53, 57), (58, 67), (62, 76)):
        pen.line([(top, 24), (bottom, 86 - abs(bottom - 50) / 8)], paint.dark, width=1.2)
    pen.box((36, 15, 64, 23), paint.accent, radius=2)


def coat(pen: Pen, paint: Paint) -> None:
    """A long coat with wide lapels, two rows of buttons and a belt."""
    pen.shape(_both([(40, 14), (27, 19), (18, 70), (29, 72), (36, 40)]), paint.dark)
    pen.shape(_both([(42, 11), (30, 18), (33, 48), (27, 89), (50, 90)]), paint.body)
    pen.shape([(34, 52), (39, 52), (36, 90), (27, 89)], paint.light)
    pen.shape(_both([(50, 40), (42, 9), (36, 14), (35, 27), (41, 28)]), paint.accent)
    pen.line([(50, 40), (50, 89)], paint.dark, width=1)
    pen.box((32, 49, 68, 55), paint.dark, radius=1.5)
    pen.box((46, 48, 54, 56), GOLD, radius=1.5)
    for y in (44, 62, 72):
        for x in (44, 56):
            pen.oval((x - 1.6, y - 1.6, x + 1.6, y + 1.6), GOLD)


def jacket(pen: Pen, paint: Paint) -> None:
    """A quilted jacket with a hood, a zip and two pockets."""
    pen.oval((36, 6, 64, 36), paint.dark)
    pen.shape(_both([(38, 22), (26, 27), (14, 72), (26, 77), (36, 48)]), paint.dark)
    pen.shape(_both([(40, 21), (29, 26), (30, 84), (50, 85)]), paint.body)
    for y in (34, 44, 54, 64, 74):
        pen.line([(31, y), (69, y)], paint.light, width=1.2)
    pen.shape(_both([(50, 28), (40, 15), (37, 24), (46, 33)]), paint.accent)
    pen.line([(50, 28), (50, 84)], METAL, width=2)
    pen.box((49, 32, 51.5, 38), WHITE, radius=1)
    for points in _sides([(34, 66), (43, 60), (43, 63), (35, 69)]):
        pen.shape(points, paint.dark)
    pen.box((30, 81, 70, 87), paint.accent, radius=2)


def sneaker(pen: Pen, paint: Paint) -> None:
    """A low shoe with laces and a light sole, from the side."""
    pen.shape([(14, 36), (24, 31), (40, 40), (54, 42), (68, 58), (90, 64), (93, 74), (12, 74)], paint.body)
    pen.shape([(14, 36), (24, 31), (30, 35), (28, 74), (12, 74)], paint.dark)
    pen.shape([(70, 60), (90, 64), (93, 74), (66, 74)], paint.light)
    pen.shape([(36, 74), (46, 50), (52, 52), (46, 74)], paint.accent)
    for x, y in ((46, 45), (52, 50), (58, 56)):
        pen.line([(x - 2, y + 5), (x + 5, y - 4)], WHITE, width=2)
    pen.box((9, 73, 95, 83), SOLE, radius=4)
    pen.line([(12, 78), (92, 78)], mixed(SOLE, paint.body, 0.4), width=1)


def boot(pen: Pen, paint: Paint) -> None:
    """An ankle boot with a heel and an elastic side."""
    pen.shape([(26, 14), (56, 14), (58, 46), (72, 56), (88, 64), (90, 78), (25, 78)], paint.body)
    pen.shape([(26, 14), (33, 14), (32, 78), (25, 78)], paint.light)
    pen.shape([(40, 18), (52, 18), (49, 50), (45, 54), (42, 50)], paint.accent)
    pen.box((25, 11, 57, 17), paint.dark, radius=2)
    pen.line([(60, 60), (72, 68), (88, 70)], paint.dark, width=1.2)
    pen.shape([(24, 77), (91, 77), (90, 82), (46, 82), (43, 90), (24, 90)], paint.dark)


def scarf(pen: Pen, paint: Paint) -> None:
    """A scarf in a loop with two fringed ends."""
    for left, bottom in ((34, 80), (52, 72)):
        for x in (1, 5, 9, 13):
            pen.line([(left + x, bottom), (left + x, bottom + 7)], paint.dark, width=1.4)
        pen.box((left, 38, left + 15, bottom), paint.body, radius=1)
        for y in (bottom - 12, bottom - 7):
            pen.box((left, y, left + 15, y + 2.5), paint.light)
    pen.arc((22, 10, 78, 52), paint.dark, start=180, end=360, width=9)
    pen.arc((22, 8, 78, 54), paint.body, start=0, end=180, width=15)
    pen.arc((28, 12, 72, 46), paint.light, start=25, end=155, width=2)
    pen.box((40, 36, 61, 56), paint.accent, radius=5)


def hat(pen: Pen, paint: Paint) -> None:
    """A knitted hat with a turned-up brim and a bobble."""
    pen.oval((39, 8, 61, 30), paint.accent)
    pen.shape(_both([(50, 22), (40, 24), (30, 34), (25, 48), (23, 70), (50, 72)]), paint.body)
    for x, lean in ((34, 6), (42, 3), (50, 0), (58, -3), (66, -6)):
        pen.line([(x, 60), (x + lean, 32)], paint.light, width=1.6)
    pen.box((19, 58, 81, 82), paint.dark, radius=6)
    for x in range(25, 80, 6):
        pen.line([(x, 62), (x, 78)], paint.body, width=1.6)


def belt(pen: Pen, paint: Paint) -> None:
    """A rolled belt with its buckle."""
    pen.arc((14, 18, 86, 82), paint.dark, start=0, end=360, width=13)
    pen.arc((14, 14, 86, 78), paint.body, start=0, end=360, width=11)
    pen.arc((19, 19, 81, 73), paint.light, start=180, end=300, width=1.2)
    pen.box((36, 63, 88, 79), paint.body, radius=3)
    for x in (66, 73, 80):
        pen.oval((x, 69.5, x + 3, 72.5), paint.dark)
    pen.box((32, 59, 54, 83), METAL, radius=4)
    pen.box((37, 64, 49, 78), paint.dark, radius=2)
    pen.line([(43, 71), (55, 71)], METAL, width=2.4)


def bag(pen: Pen, paint: Paint) -> None:
    """A handbag with two handles and a clasp."""
    pen.arc((33, 10, 67, 66), paint.dark, start=180, end=360, width=4)
    pen.shape([(22, 38), (78, 38), (86, 86), (14, 86)], paint.body)
    pen.shape([(22, 38), (29, 38), (23, 86), (14, 86)], paint.light)
    pen.shape([(22, 38), (78, 38), (80.5, 52), (50, 62), (19.5, 52)], paint.accent)
    pen.box((46, 55, 54, 66), GOLD, radius=2)
    for x in (35, 65):
        pen.oval((x - 2.2, 40, x + 2.2, 44.4), GOLD)


def backpack(pen: Pen, paint: Paint) -> None:
    """A backpack with a flap, a pocket and straps."""
    pen.arc((41, 6, 59, 26), paint.dark, start=180, end=360, width=3)
    for left in (18, 72):
        pen.box((left, 44, left + 10, 82), paint.dark, radius=5)
    pen.box((24, 14, 76, 88), paint.body, radius=16)
    pen.box((28, 24, 32, 80), paint.light, radius=2)
    pen.box((24, 14, 76, 48), paint.accent, radius=15)
    pen.box((33, 56, 67, 82), paint.dark, radius=5)
    pen.line([(37, 61), (63, 61)], METAL, width=1.4)
    pen.box((47, 40, 53, 54), GOLD, radius=2)


def _both(half: Sequence[Point]) -> list[Point]:
    """The outline of something symmetric, from its left half."""
    left, right = _sides(half)
    return [*left, *reversed(right)]


def _sides(left: Sequence[Point]) -> tuple[Sequence[Point], Sequence[Point]]:
    return left, [(UNITS - x, y) for x, y in left]


def _buttons(pen: Pen, paint: Paint, *, top: int, bottom: int) -> None:
    """A closed placket with its buttons."""
    pen.line([(50, top), (50, bottom + 3)], paint.dark, width=1)
    for y in range(top + 4, bottom, 11):
        pen.oval((50.6, y, 53.4, y + 2.8), mixed(paint.body, WHITE, 0.75))
