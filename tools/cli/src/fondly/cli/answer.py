"""What a command has found, for programs and for people."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from fondly.cli.output import as_json, console, print_json, say

if TYPE_CHECKING:
    from pathlib import Path

    from fondly.cli.output import Json
    from fondly.cli.tables.declaration import Shown


class Answer(NamedTuple):
    """A command that returns one has the option `--json`, and exit code 1 if something is wrong."""

    value: "Json"
    """What `--json` prints."""
    shown: "Iterable[Shown]"
    """What people are shown instead; iterated only then."""
    remarks: Sequence[str] = ()
    """Lines beside either, on standard error."""
    is_wrong: bool = False

    def give(self, *, json: bool, aside: bool = False) -> None:
        """Print it; `aside` puts what people are shown on standard error."""
        if json:
            print_json(self.value)
        else:
            from fondly.cli.tables.drawing import draw

            draw(self.shown, console(stderr=aside))
        for remark in self.remarks:
            say(remark)

    def write(self, path: "Path") -> None:
        """Write its JSON to a file."""
        path.write_text(as_json(self.value, escaped=False) + "\n", encoding="utf-8")
