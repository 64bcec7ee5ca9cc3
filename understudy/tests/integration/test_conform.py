"""The conformance suite, on understudy itself and on a server that answers nothing."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from understudy.__main__ import main
from understudy.conform.check import Need, Outcome
from understudy.conform.suites import all_checks
from understudy.testing import UnderstudyServer

Run = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of understudy."""
    with UnderstudyServer() as server:
        yield server.url


@pytest.fixture
def conform(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A way to run `understudy conform`: the arguments to the exit code, and what was printed."""

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["understudy", "conform", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out + captured.err

    return run


def test_understudy_conforms(url: str, conform: Run, tmp_path: Path) -> None:
    """Every check that needs no files is the same, on the terminal and in JSON.

    The others are made with the tests of whole stacks.
    """
    report = tmp_path / "report.json"
    code, printed = conform("--endpoint", url, "--paid", "--json", str(report))
    content = json.loads(report.read_text())
    assert [each for each in content["checks"] if each["outcome"] == Outcome.DIFFERENT] == []
    assert (code, content["conforms"], content["leftBehind"]) == (0, True, [])
    asked = sum(Need.STORAGE not in check.needs for check in all_checks())
    assert content["counts"]["same"] == asked > 150
    assert f"{asked} same, 0 different" in printed


def test_no_check_passes_where_nothing_is_answered(conform: Run, tmp_path: Path) -> None:
    """A check that cannot fail would say nothing."""
    report = tmp_path / "report.json"
    with UnderstudyServer([]) as server:
        code, _ = conform("--endpoint", server.url, "--paid", "--json", str(report))
    content = json.loads(report.read_text())
    assert [each["name"] for each in content["checks"] if each["outcome"] == Outcome.SAME] == []
    assert (code, content["conforms"]) == (1, False)


def test_one_service_can_be_chosen(url: str, conform: Run) -> None:
    """Money is not spent unasked."""
    code, printed = conform("--endpoint", url, "--service", "bedrock-runtime")
    assert code == 0
    assert "personalize" not in printed
    assert "costs money: --paid" in printed


def test_checks_are_listed_with_what_they_cost(conform: Run) -> None:
    """Before anything is asked."""
    code, printed = conform("--real", "--list")
    assert code == 0
    assert len(printed.splitlines()) == len(all_checks())
    assert "a campaign answers for a user, known or not (at most $1.1000, needs --bucket and" in printed


@pytest.mark.parametrize(
    "arguments", [(), ("--endpoint", "http://x", "--real"), ("--service", "s3", "--real")]
)
def test_aws_is_asked_only_if_one_says_so(conform: Run, arguments: tuple[str, ...]) -> None:
    """Neither an endpoint nor --real is a mistake, and so are both, and an unknown service."""
    assert conform(*arguments)[0] == 2


def test_an_endpoint_that_is_not_there_is_told_in_one_line(conform: Run) -> None:
    """It neither conforms nor differs."""
    code, printed = conform("--endpoint", "http://127.0.0.1:9", "--service", "personalize-runtime")
    assert code == 2
    assert printed.splitlines()[-1].startswith("understudy conform: Could not connect")
