"""`fondly dlq` against an emulator without message move tasks."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fondly.operations.dead_letters.dead_letter import Selection
from fondly.operations.dead_letters.redrive import redrive
from fondly.operations.dead_letters.snapshot import Snapshot, Snapshots
from fondly.operations.environment import open_environment
from fondly.operations.target import target
from fondly.operations.topology import load_topology

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Fondly

PutDeadLetter = Callable[..., str]
Bodies = Callable[[str], list[str]]


def an_event(run: str, part: int = 1) -> str:
    """Return an event of a run."""
    return json.dumps({"type": "fondly.data-ingested.v1", "subject": run, "data": {"part": part}})


@pytest.fixture
def fifteen(dead_letter: PutDeadLetter) -> list[str]:
    """Dead dead_letters of two runs, more than one call of SQS takes: their bodies."""
    made = [an_event(f"run-{number % 2}", number) for number in range(1, 16)]
    for body in made:
        dead_letter(
            "sentiment", body, reason="no such file", exception="PermanentError", traceparent="00-a-b-01"
        )
    return made


def test_dead_letters_are_counted_with_their_age(fondly: "Fondly", fifteen: list[str]) -> None:
    """Every queue is listed, also without dead letters."""
    listed = {state["queue"]: state for state in fondly("dlq", "list", "--json").json}
    assert listed["sentiment"]["dead_letters"] == len(fifteen)
    assert 0 <= listed["sentiment"]["oldest_age_s"] < 60
    assert listed["mailer"] == {"queue": "mailer", "dead_letters": 0, "oldest_age_s": None}
    assert "sentiment" in fondly("dlq", "list").out


def test_showing_dead_letters_loses_none(fondly: "Fondly", fifteen: list[str]) -> None:
    """All are shown, and again at once."""
    for _ in range(2):
        shown = fondly("dlq", "show", "sentiment", "--json").json
        assert sorted(dead_letter["body"] for dead_letter in shown) == sorted(fifteen)
    assert {dead_letter["reason"] for dead_letter in shown} == {"no such file"}
    assert len(fondly("dlq", "show", "sentiment", "--run", "run-1", "--json").json) == 8
    assert fondly("dlq", "show", "sentiment", "--limit", "2").err == "2 of 15 dead letters\n"


def test_a_dead_letter_cannot_steer_the_terminal(fondly: "Fondly", dead_letter: PutDeadLetter) -> None:
    """Its content is neither markup nor an escape sequence; its body is shown only with `--body`."""
    dead_letter("mailer", '{"type": "[bold]\x1b[2J"}', reason="[red]\x1b]0;x\x07", handler="MailerHandler")
    shown = fondly("dlq", "show", "mailer").out
    assert r"[red]\x1b]0;x\x07" in shown
    assert "MailerHandler" in shown
    assert "[bold]" not in shown
    assert r"[bold]\x1b[2J" in fondly("dlq", "show", "mailer", "--body").out


def test_redriven_messages_are_back_in_their_queue(
    fondly: "Fondly", fifteen: list[str], bodies: Bodies
) -> None:
    """Each once; none stays behind."""
    done = fondly("dlq", "redrive", "sentiment", "--json")
    assert done.json == {"queue": "sentiment", "moved": 15, "by": "command"}
    assert sorted(bodies("sentiment")) == sorted(fifteen)
    assert fondly("dlq", "show", "sentiment", "--json").json == []


def test_only_selected_dead_letters_are_redriven(
    fondly: "Fondly", fifteen: list[str], dead_letter: PutDeadLetter, bodies: Bodies
) -> None:
    """Those of a run, or a single message."""
    fondly("dlq", "redrive", "sentiment", "--run", "run-1")
    assert sorted(bodies("sentiment")) == sorted(body for body in fifteen if "run-1" in body)
    message_id = dead_letter("sentiment", "odd one")
    fondly("dlq", "redrive", "sentiment", "--message-id", message_id)
    assert bodies("sentiment") == ["odd one"]
    assert len(fondly("dlq", "show", "sentiment", "--json").json) == 7
    assert fondly("dlq", "redrive", "sentiment", "--run", "run-9").code == 1


def test_discarded_letters_are_written_down_first(
    fondly: "Fondly", fifteen: list[str], tmp_path: Path
) -> None:
    """One per line, with body and attributes; the others stay."""
    file = tmp_path / "discarded.jsonl"
    answer = fondly("dlq", "discard", "sentiment", "--run", "run-0", "--yes", "--out", str(file), "--json")
    assert answer.json == {"queue": "sentiment", "discarded": 7, "written_to": str(file)}
    written = [json.loads(line) for line in file.read_text().splitlines()]
    assert sorted(dead_letter["body"] for dead_letter in written) == sorted(
        body for body in fifteen if "run-0" in body
    )
    assert written[0]["attributes"]["traceparent"]["StringValue"] == "00-a-b-01"
    assert len(fondly("dlq", "show", "sentiment", "--json").json) == 8


@pytest.mark.parametrize(("answer", "left"), [("n\n", 15), ("", 15), ("y\n", 0)])
@pytest.mark.usefixtures("fifteen")
def test_nothing_is_discarded_without_consent(fondly: "Fondly", answer: str, left: int) -> None:
    """The question is on standard error; no answer means no."""
    done = fondly("dlq", "discard", "sentiment", answer=answer)
    assert "Discard 15 dead letters" in done.err
    assert len(done.lines) == 15 - left
    assert done.code == (0 if left == 0 else 1)
    assert len(fondly("dlq", "show", "sentiment", "--json").json) == left


def test_an_error_about_an_unknown_queue_lists_the_known_ones(fondly: "Fondly") -> None:
    """In one line."""
    answer = fondly("dlq", "show", "mail")
    assert (answer.code, answer.err.count("\n")) == (1, 1)
    assert "mailer" in answer.err


def test_a_queue_may_be_given_by_its_name_in_the_account(
    fondly: "Fondly", environment: str, fifteen: list[str]
) -> None:
    """That is its name in alarms."""
    assert len(fondly("dlq", "show", f"{environment}-sentiment-dlq", "--json").json) == len(fifteen)


def test_viewers_share_a_look_at_dead_letters(
    environment: str, fifteen: list[str], bodies: Bodies, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It hides none from whoever redrives some of those that were shown; then there is another."""
    looks: list[str] = []

    async def look() -> None:
        with target(environment, None) as chosen:
            async with open_environment(chosen, load_topology()) as of:
                shown = Snapshots(of, max_age_s=60)
                monkeypatch.setattr(shown, "_look", counted(shown._look))
                first, again = await asyncio.gather(shown.of("sentiment"), shown.of("sentiment-dlq"))
                assert sorted(each.body for each in first.dead_letters) == sorted(fifteen)
                assert (again.at, looks) == (first.at, ["sentiment"])
                only = Selection(message_ids=[each.message_id for each in first.dead_letters[:3]])
                async with shown.alone("sentiment"):
                    done = await redrive(of, "sentiment", only, lambda _: None, by="jo")
                assert (done.moved, (await shown.of("sentiment")).total, len(looks)) == (3, 12, 2)

    def counted(real: Callable[[str], Awaitable[Snapshot]]) -> Callable[[str], Awaitable[Snapshot]]:
        def counting(queue: str) -> Awaitable[Snapshot]:
            looks.append(queue)
            return real(queue)

        return counting

    asyncio.run(look())
    assert len(bodies("sentiment")) == 3
