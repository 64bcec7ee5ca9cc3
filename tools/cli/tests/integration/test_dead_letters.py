"""`encore-ops dlq` against an emulator, which cannot move messages by itself."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Ops

Bury = Callable[..., str]
Bodies = Callable[[str], list[str]]


def an_event(run: str, part: int = 1) -> str:
    """Return an event of a run."""
    return json.dumps({"type": "encore.data-ingested.v1", "subject": run, "data": {"part": part}})


@pytest.fixture
def fifteen(dead_letter: Bury) -> list[str]:
    """Dead letters of two runs, more than one call of SQS takes: their bodies."""
    made = [an_event(f"run-{number % 2}", number) for number in range(1, 16)]
    for body in made:
        dead_letter(
            "sentiment", body, reason="no such file", exception="PermanentError", traceparent="00-a-b-01"
        )
    return made


def test_dead_letters_are_counted_with_their_age(ops: "Ops", fifteen: list[str]) -> None:
    """Every queue is there, those without any too."""
    listed = {state["queue"]: state for state in ops("dlq", "list", "--json").json}
    assert listed["sentiment"]["letters"] == len(fifteen)
    assert 0 <= listed["sentiment"]["oldest_age_s"] < 60
    assert listed["mailer"] == {"queue": "mailer", "letters": 0, "oldest_age_s": None}
    assert "sentiment" in ops("dlq", "list").out


def test_a_look_loses_no_dead_letter(ops: "Ops", fifteen: list[str]) -> None:
    """All are shown, and can be shown again at once."""
    for _ in range(2):
        shown = ops("dlq", "show", "sentiment", "--json").json
        assert sorted(letter["body"] for letter in shown) == sorted(fifteen)
    assert {letter["reason"] for letter in shown} == {"no such file"}
    assert len(ops("dlq", "show", "sentiment", "--run", "run-1", "--json").json) == 8
    assert ops("dlq", "show", "sentiment", "--limit", "2").err == "2 of 15 dead letters\n"


def test_dead_letters_are_shown_to_people_without_harm(ops: "Ops", dead_letter: Bury) -> None:
    """What a stranger wrote is text, not markup nor a command to the terminal; the body only when asked."""
    dead_letter("mailer", '{"type": "[bold]\x1b[2J"}', reason="[red]\x1b]0;x\x07", handler="MailerHandler")
    shown = ops("dlq", "show", "mailer").out
    assert r"[red]\x1b]0;x\x07" in shown
    assert "MailerHandler" in shown
    assert "[bold]" not in shown
    assert r"[bold]\x1b[2J" in ops("dlq", "show", "mailer", "--body").out


def test_redriven_letters_are_back_in_their_queue(ops: "Ops", fifteen: list[str], bodies: Bodies) -> None:
    """Each once, and none is left behind."""
    done = ops("dlq", "redrive", "sentiment", "--json")
    assert done.json == {"queue": "sentiment", "moved": 15, "by": "hand"}
    assert sorted(bodies("sentiment")) == sorted(fifteen)
    assert ops("dlq", "show", "sentiment", "--json").json == []


def test_a_filter_moves_only_what_is_meant(
    ops: "Ops", fifteen: list[str], dead_letter: Bury, bodies: Bodies
) -> None:
    """By run, or a single message."""
    ops("dlq", "redrive", "sentiment", "--run", "run-1")
    assert sorted(bodies("sentiment")) == sorted(body for body in fifteen if "run-1" in body)
    message_id = dead_letter("sentiment", "odd one")
    ops("dlq", "redrive", "sentiment", "--message-id", message_id)
    assert bodies("sentiment") == ["odd one"]
    assert len(ops("dlq", "show", "sentiment", "--json").json) == 7
    assert ops("dlq", "redrive", "sentiment", "--run", "run-9").code == 1


def test_discarded_letters_are_written_down_first(ops: "Ops", fifteen: list[str], tmp_path: Path) -> None:
    """A line each, with body and reason; the others stay."""
    file = tmp_path / "discarded.jsonl"
    answer = ops("dlq", "discard", "sentiment", "--run", "run-0", "--yes", "--out", str(file), "--json")
    assert answer.json == {"queue": "sentiment", "discarded": 7, "written_to": str(file)}
    written = [json.loads(line) for line in file.read_text().splitlines()]
    assert sorted(letter["body"] for letter in written) == sorted(body for body in fifteen if "run-0" in body)
    assert written[0]["attributes"]["traceparent"]["StringValue"] == "00-a-b-01"
    assert len(ops("dlq", "show", "sentiment", "--json").json) == 8


@pytest.mark.parametrize(("answer", "left"), [("n\n", 15), ("", 15), ("y\n", 0)])
@pytest.mark.usefixtures("fifteen")
def test_nothing_is_discarded_without_consent(ops: "Ops", answer: str, left: int) -> None:
    """Asked on standard error; without a word nothing happens."""
    done = ops("dlq", "discard", "sentiment", answer=answer)
    assert "Discard 15 dead letters" in done.err
    assert len(done.lines) == 15 - left
    assert done.code == (0 if left == 0 else 1)
    assert len(ops("dlq", "show", "sentiment", "--json").json) == left


def test_an_unknown_queue_is_answered_with_those_there_are(ops: "Ops") -> None:
    """In one line; the name may also be the one in the account."""
    answer = ops("dlq", "show", "mail")
    assert (answer.code, answer.err.count("\n")) == (1, 1)
    assert "mailer" in answer.err


def test_a_queue_may_be_named_as_in_the_account(ops: "Ops", stage: str, fifteen: list[str]) -> None:
    """As alarms name it."""
    assert len(ops("dlq", "show", f"{stage}-sentiment-dlq", "--json").json) == len(fifteen)
