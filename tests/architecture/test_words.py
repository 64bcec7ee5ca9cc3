"""Words that once named several things name one: docs/glossary.md says which."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOMES = {
    "claim": r"services/mailer/|tools/(console|stack|operations/.*/emails)/",
    "deliver": r"services/(mailer|sender)/|shared/|tools/|understudy/src/understudy/ses/",
    "engine": r"understudy/",
    "proof": r"tools/(cli|operations)/.*/(customers?|connect)\b",
    "settl": r"services/sender/|tools/(cli|operations)/|shared/runtime/.*/tally",
}
"""Where a name in the program may have a word."""
SOURCES = [
    *ROOT.glob("s*/*/src/**/*.py"),
    *ROOT.glob("tools/*/src/**/*.py"),
    *ROOT.glob("understudy/src/**/*.py"),
]


def test_a_word_names_one_thing() -> None:
    """Whoever has learned it in one place is not misled in another."""
    strangers = list[str]()
    for path in SOURCES:
        place, nodes = path.relative_to(ROOT).as_posix(), [*ast.walk(ast.parse(path.read_text("utf-8")))]
        names = [str(getattr(node, member, "")) for node in nodes for member in ("name", "id", "arg", "attr")]
        here = {word for word in HOMES for name in names if word in name.lower()}
        strangers += [f"{word} in {place}" for word in here if not re.match(HOMES[word], place)]
    assert strangers == []
