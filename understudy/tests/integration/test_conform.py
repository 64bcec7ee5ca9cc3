"""The conformance suite and its recordings, on understudy itself and on servers that answer otherwise."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from understudy.__main__ import main
from understudy.conform.check import Need, Outcome
from understudy.conform.exchange import read_exchanges, write_exchanges
from understudy.conform.suites import all_checks
from understudy.testing import UnderstudyServer

RECORDING = Path(__file__).parents[1] / "recordings" / "understudy.jsonl"
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
    """Every check of two services that needs no files is the same, on the terminal and in JSON.

    The others are made with the tests of whole stacks, and their wire is replayed below.
    """
    services, report = ("personalize", "sesv2"), tmp_path / "report.json"
    chosen = [option for service in services for option in ("--service", service)]
    code, printed = conform("--endpoint", url, *chosen, "--json", str(report))
    content = json.loads(report.read_text())
    assert [each for each in content["checks"] if each["outcome"] == Outcome.DIFFERENT] == []
    assert (code, content["conforms"], content["leftBehind"]) == (0, True, [])
    asked = sum(check.service in services and Need.STORAGE not in check.needs for check in all_checks())
    assert content["counts"]["same"] == asked > 100
    assert f"{asked} same, 0 different" in printed


def test_no_check_passes_where_nothing_is_answered(conform: Run, tmp_path: Path) -> None:
    """A check that cannot fail would say nothing."""
    report = tmp_path / "report.json"
    with UnderstudyServer([]) as server:
        code, _ = conform("--endpoint", server.url, "--paid", "--json", str(report))
    content = json.loads(report.read_text())
    assert [each["name"] for each in content["checks"] if each["outcome"] == Outcome.SAME] == []
    assert (code, content["conforms"]) == (1, False)


def test_the_wire_is_as_it_was_recorded(url: str, conform: Run) -> None:
    """A change of an error, a member or a header shows here first. If it is meant, record it again.

    docs/conformance.md says how, under "Recorded conversations".
    """
    assert len(read_exchanges(RECORDING)) > 150
    code, printed = conform("--endpoint", url, "--replay", str(RECORDING))
    assert code == 0, printed


def test_a_change_of_the_wire_shows_in_a_replay(url: str, conform: Run, tmp_path: Path) -> None:
    """Where it is, what was recorded, and what is found."""
    [first, *_] = read_exchanges(RECORDING)
    changed = tmp_path / "changed.jsonl"
    response = {**first.response, "Message": "Too long."}
    write_exchanges(changed, [replace(first, response=response), first, replace(first, status=413)])
    code, printed = conform("--endpoint", url, "--replay", str(changed))
    assert code == 1
    assert 'body.Message\n    recorded: "Too long."\n    found:    "Input text size exceeds' in printed
    assert "status\n    recorded: 413\n    found:    400" in printed
    assert "3 exchanges: 2 different" in printed


def test_a_recording_of_a_service_can_be_replayed(url: str, conform: Run, tmp_path: Path) -> None:
    """Nothing of the run is in it: neither credentials nor names nor the address."""
    path = tmp_path / "recording.jsonl"
    code, _ = conform("--endpoint", url, "--service", "personalize-runtime", "--record", str(path))
    text = path.read_text()
    assert code == 0
    assert len(read_exchanges(path)) == 6
    secrets = ("understudy-conform-", "000000000000", "127.0.0.1", "AWS4")
    assert [secret for secret in secrets if secret in text] == []
    with UnderstudyServer() as other:
        assert conform("--endpoint", other.url, "--replay", str(path))[0] == 0


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


def test_a_replay_is_not_for_aws(conform: Run) -> None:
    """Its requests are unsigned."""
    code, printed = conform("--real", "--account-id", "000000000000", "--replay", str(RECORDING))
    assert code == 2
    assert "unsigned" in printed
