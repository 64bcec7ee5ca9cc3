"""Runs tests in forks of a process that has imported libraries, and none of our code: in a second or two."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from tests.chaos.anchors import ROOT
from tests.chaos.mutants import Checkout

LIBRARIES = (
    *("aiobotocore.session", "boto3", "httpx", "jinja2", "moto.server", "numpy", "pydantic_settings"),
    *("rich.table", "starlette.routing", "typer.testing", "uvicorn"),
)
OURS = {"conftest", "fondly", "services", "shared", "tests", "tools", "understudy"}
OPTIONS = (
    *("-q", "-x", "--tb=line", "-n0", "-p", "no:cacheprovider"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # of what is imported already
)
RAN, ENDS = 100, (0, 1, 2, 4)
"""Added to pytest's exit code, lest another end is taken for it; 2 and 4 are what cannot be imported."""


def import_libraries() -> None:
    """Import what forks then share."""
    for name in LIBRARIES:
        with suppress(ImportError):
            import_module(name)


def run_tests(checkout: Checkout, tests: Sequence[str], *, each_s: float, all_s: float) -> tuple[bool, str]:
    """Run tests, each for so long at most, up to the first failure.

    Returns whether all passed, and what pytest said; raises `RuntimeError` if it did not run any.
    """
    output = checkout.folder.parent / "output.txt"
    fork = multiprocessing.get_context("fork").Process(
        target=_run, args=(checkout, [f"--timeout={each_s}", *tests], output)
    )
    fork.start()
    fork.join(all_s)
    ended = fork.exitcode
    with suppress(ProcessLookupError):
        os.killpg(fork.pid or 0, signal.SIGKILL)  # what tests have started goes too
    fork.join()
    said = output.read_text("utf-8", "replace")
    if ended is None or ended < 0:
        return False, f"no end within {all_s:.0f} s"
    if ended - RAN not in ENDS and "= FAILURES =" not in said:
        raise RuntimeError(f"no test ran ({ended}): {said}")
    return ended == RAN, said


def _run(checkout: Checkout, tests: Sequence[str], output: Path) -> None:
    os.setsid()
    os.chdir(checkout.folder)
    os.environ.update(checkout.environment)
    said = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(said, stream)
    sys.dont_write_bytecode = False
    sources = checkout.environment["PYTHONPATH"].split(os.pathsep)
    sys.path[:] = [*sources, *(path for path in sys.path if not _is_ours(Path(path)))]
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]
    os._exit(RAN + pytest.main([*OPTIONS, *tests], plugins=[_Hurry()]))


def _is_ours(path: Path) -> bool:
    return path.absolute().is_relative_to(ROOT) and "site-packages" not in path.parts


class _Hurry:
    """A plugin of pytest: a property that fails has failed, whatever its smallest example is."""

    def pytest_collection(self) -> None:
        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("mutants", settings.get_profile("fondly-ci"), phases=phases, database=None)
        settings.load_profile("mutants")
