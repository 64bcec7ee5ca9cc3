"""`python -m tests.chaos.covering FILE TESTS`: which tests run each line of what protects, and in what time.

Run by `drawn`, once for each folder of tests and commit.
"""

import json
import sys
import tomllib
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple

import coverage
import pytest

from tests.chaos.anchors import ROOT

PROTECTING = tomllib.loads((Path(__file__).parent / "protecting.toml").read_text("utf-8"))


@cache
def protecting_files() -> tuple[str, ...]:
    """The files to mutate, relative to the checkout; raise `LookupError` if there is no such module."""
    wanted = [
        (folder, name)
        for each in PROTECTING["files"].values()
        for folder, names in each.items()
        for name in names.split()
    ]
    found = {f"{folder}/{name}": list(ROOT.glob(f"{folder}/{name}.py")) for folder, name in wanted}
    if missing := [name for name, paths in found.items() if not paths]:
        raise LookupError(f"protecting.toml names {missing}, expected modules")
    paths = (path.relative_to(ROOT) for each in found.values() for path in each)
    return tuple(sorted({str(path) for path in paths if path.name != "__init__.py"}))


class Covering(NamedTuple):
    """Which tests run a line of a file, and how many seconds each test takes."""

    lines: dict[str, dict[str, list[str]]]
    seconds: dict[str, float]

    @classmethod
    def read(cls, path: Path) -> "Covering":
        """What `main` has written."""
        return cls(**json.loads(path.read_text("utf-8")))

    def tests(self, path: str, lines: range | None) -> set[str]:
        """The passing tests that run one of some lines of a file, or any of it."""
        found = self.lines.get(path, {})
        wanted = found if lines is None else map(str, lines)
        return {test for line in wanted for test in found.get(line, ()) if test in self.seconds}


class _Recorder:
    """A plugin of pytest that attributes lines to tests, in all their threads and tasks."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self._measured = measured
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._useless: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        self._measured.switch_context(item.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.passed:
            self.seconds.pop(report.nodeid, None)
            self._useless.add(report.nodeid)
        elif report.nodeid not in self._useless:
            self.seconds[report.nodeid] += report.duration


def main() -> int:
    """Run tests, and write what lines they run, but for tests that fail or are skipped."""
    file, *tests = sys.argv[1:]
    files = [str(ROOT / path) for path in protecting_files()]
    measured = coverage.Coverage(data_file=None, config_file=False, include=files)
    recorder = _Recorder(measured)
    with measured.collect():
        pytest.main(["-q", "-p", "no:cacheprovider", "-n0", *tests], plugins=[recorder])
    data = measured.get_data()
    lines = {
        str(Path(path).relative_to(ROOT)): {
            str(line): sorted(filter(None, contexts))
            for line, contexts in data.contexts_by_lineno(path).items()
        }
        for path in data.measured_files()
    }
    Path(file).write_text(json.dumps(Covering(lines, dict(recorder.seconds))._asdict()), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
