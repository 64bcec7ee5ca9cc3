"""Draws what is kept of benchmarks, commit by commit, as an SVG: `chart.py FOLDER FILE.svg`.

A line a case: our units a CPU second as a multiple of the first time that the case was measured.
"""

import json
import sys
from html import escape
from pathlib import Path

WIDTH, LINE, LEFT = 720, 90, 150
STYLE = "<style>text{font:12px sans-serif;fill:#777}path{fill:none;stroke:#36c;stroke-width:2}</style>"
Points = dict[str, list[tuple[str, float]]]


def read(folder: Path) -> Points:
    """Return commits and speeds by case, the oldest first."""
    kept = sorted(
        (json.loads(path.read_text()) for path in folder.glob("*.json")), key=lambda each: each["at"]
    )
    found: Points = {}
    for each in kept:
        for name, ours in {row["case"]: row["ours"] for row in each["rows"]}.items():
            found.setdefault(name, []).append((each["machine"].rpartition(", ")[2], ours))
    return found


def draw(points: Points) -> str:
    """Return an SVG, a strip a case with the last commit and speed beside it."""
    strips = [_strip(name, each, top * LINE) for top, (name, each) in enumerate(points.items())]
    size = f'width="{WIDTH}" height="{LINE * len(points)}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{STYLE}{"".join(strips)}</svg>\n'


def _strip(name: str, speeds: list[tuple[str, float]], top: int) -> str:
    most, step = max(speed for _, speed in speeds), (WIDTH - LEFT - 20) / max(1, len(speeds) - 1)
    dots = [
        (LEFT + at * step, top + LINE - 10 - speed / most * (LINE - 30))
        for at, (_, speed) in enumerate(speeds)
    ]
    line = " ".join(f"{'L' if at else 'M'}{x:.0f} {y:.0f}" for at, (x, y) in enumerate(dots))
    commit, last = speeds[-1]
    said = f"{last / speeds[0][1]:.2f} times {speeds[0][0]}"
    return (
        f'<text x="4" y="{top + 40}">{escape(name)}</text>'
        f'<text x="4" y="{top + 58}">{last:,.0f} a CPU s</text>'
        f'<text x="{LEFT}" y="{top + 14}">{escape(commit)}: {escape(said)}</text><path d="{line}"/>'
    )


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(draw(read(Path(sys.argv[1]))), "utf-8")
