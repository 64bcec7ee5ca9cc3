"""`fondly evaluate copy`: suites, answers, floors and bad lines."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fondly.evaluation.copy.judges import understudy
from fondly.evaluation.copy.report import evaluate_suite
from fondly.evaluation.copy.suite import OWN_SUITES, own_emails, read_own_suites
from lab.evaluation.tests.copy_cases import judge, line, write_emails, write_lines
from understudy.testing import UnderstudyServer

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Fondly

KEYS = {
    *("caught", "refused", "lies", "honest", "fields", "suites", "cpu_us_per_copy", "unmeasured"),
    *("bad_lines", "verdicts"),
}
ANSWER_KEYS = {
    *("answers", "unreadable", "all_fields", "fields", "emails", "whole_emails", "wordings", "rules"),
    *("cpu_us_per_copy", "unmeasured", "bad_lines", "judged"),
}


@pytest.fixture(autouse=True)
def made_up_judge(monkeypatch: pytest.MonkeyPatch, lenient_code: None) -> None:  # noqa: ARG001 - a fixture
    """A judge that refuses one word."""
    monkeypatch.setattr("fondly.evaluation.commands.measure_copy.understudy", judge)


def words(folder: Path, *lines: Mapping[str, object]) -> tuple[str, ...]:
    """The command that measures these lines."""
    suite = write_lines(folder, lines or [line("free"), line("warm", "honest")])
    return ("evaluate", "copy", str(suite), "--emails", str(write_emails(folder)))


def answers(folder: Path, *lines: Mapping[str, object]) -> str:
    """A file with these answers."""
    path = folder / "answers.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines))
    return str(path)


def test_json_has_exactly_the_documented_keys(run_fondly: "Fondly", tmp_path: Path) -> None:
    """On standard output, with nothing else."""
    answer = run_fondly(*words(tmp_path), "--json", "-")
    assert (answer.code, answer.err) == (0, "")
    assert answer.json.keys() == KEYS
    assert answer.json["verdicts"][0]["problems"] == [
        {"rule": "unproved: offer", "found": "free", "by_judge": True}
    ]


def test_json_in_a_file_leaves_the_tables_on_the_screen(run_fondly: "Fondly", tmp_path: Path) -> None:
    """Both have the same figures."""
    out = tmp_path / "report.json"
    answer = run_fondly(*words(tmp_path), "--json", str(out))
    assert "offers" in answer.out
    assert json.loads(out.read_text())["caught"]["both"]["rate"] == 1


def test_a_missed_floor_is_named_and_fails(run_fondly: "Fondly", tmp_path: Path) -> None:
    """After the wrong verdicts; a lower floor is reached."""
    given = words(tmp_path, line("heals", kind="health"), line("free", "honest", kind="prose"))
    answer = run_fondly(*given)
    assert answer.code == 1
    assert answer.err == (
        "lies caught: 0.0000, expected at least 0.95\nhonest texts refused: 1.0000, expected at most 0.03\n"
    )
    assert "heals" in answer.out
    assert "unproved: offer: free" in answer.out
    assert run_fondly(*given, "--min-caught", "0", "--max-refused", "1").code == 0


def test_bad_lines_are_named_and_fail(run_fondly: "Fondly", tmp_path: Path) -> None:
    """The others are measured."""
    answer = run_fondly(*words(tmp_path, line("free"), line("warm", "true")))
    assert answer.code == 1
    assert "lines.jsonl:2: label: found 'true', expected 'lie' or 'honest'\n" in answer.err
    assert answer.err.endswith("lines that cannot be used: 1, expected none\n")


@pytest.mark.parametrize("name", OWN_SUITES)
def test_the_own_suites_go_by_their_names(run_fondly: "Fondly", name: str) -> None:
    """They come with their emails."""
    found = run_fondly("evaluate", "copy", name, "--json", "-").json
    assert found["suites"].keys() == {name}


def test_without_a_file_all_own_suites_are_judged(run_fondly: "Fondly") -> None:
    """With the rates of each."""
    assert run_fondly("evaluate", "copy", "--json", "-").json["suites"].keys() == set(OWN_SUITES)


def test_answers_alone_measure_a_model(run_fondly: "Fondly", tmp_path: Path) -> None:
    """First pass, repaired and fallen back, by field and by email."""
    answer = {
        "email": "A",
        "answer": {"subject": ["free", "Light"], "intro": "free"},
        "repair": {"intro": "Hi"},
    }
    given = (
        "evaluate",
        "copy",
        "--answers",
        answers(tmp_path, answer),
        "--emails",
        str(write_emails(tmp_path)),
    )
    found = run_fondly(*given, "--json", "-")
    assert found.json.keys() == ANSWER_KEYS
    assert found.json["fields"]["subject"]["first_pass"]["rate"] == 1
    assert found.json["fields"]["intro"]["repaired"]["rate"] == 1
    shown = run_fondly(*given)
    assert shown.code == 0
    assert "whole emails" in shown.out


def test_a_suite_and_answers_can_be_measured_together(run_fondly: "Fondly", tmp_path: Path) -> None:
    """The JSON has both."""
    given = answers(tmp_path, {"email": "A", "answer": {}})
    found = run_fondly(*words(tmp_path), "--answers", given, "--json", "-").json
    assert (found["suite"].keys(), found["answers"].keys()) == (KEYS, ANSWER_KEYS)


@pytest.mark.parametrize(
    "more",
    [
        ("{suite}",),
        ("--emails", "{emails}"),
        ("test", "--emails", "{emails}"),
        ("test", "--min-caught", "2"),
        ("test", "--judge", "recorded", "--record", "new.jsonl"),
    ],
    ids=["no-emails", "no-suite", "own-suite", "share", "record"],
)
def test_options_that_do_not_fit_together_are_wrong_usage(
    run_fondly: "Fondly", tmp_path: Path, more: tuple[str, ...]
) -> None:
    """Exit code 2."""
    suite, emails = write_lines(tmp_path, [line("free")]), write_emails(tmp_path)
    given = [each.format(suite=suite, emails=emails) for each in more]
    assert run_fondly("evaluate", "copy", *given).code == 2


def test_a_file_that_does_not_exist_is_one_line(run_fondly: "Fondly", tmp_path: Path) -> None:
    """With the suites that there are."""
    emails = write_emails(tmp_path)
    answer = run_fondly("evaluate", "copy", "none.jsonl", "--emails", str(emails))
    assert answer.code == 1
    assert answer.err == f"none.jsonl: found no such file, expected one or {', '.join(OWN_SUITES)}\n"


def test_recorded_verdicts_are_those_of_the_judge(run_fondly: "Fondly", tmp_path: Path) -> None:
    """With who gave them, when, and on which instruction."""
    file = tmp_path / "verdicts.jsonl"
    first = run_fondly(*words(tmp_path), "--record", str(file), "--json", "-")
    kept = json.loads(file.read_text().splitlines()[0])
    assert kept.keys() == {"key", "refused", "model", "date", "instruction"}
    assert (kept["model"], kept["refused"]) == ("understudy", [{"id": 1, "span": "free", "why": "offer"}])
    again = run_fondly(*words(tmp_path), "--judge", "recorded", "--recordings", str(file), "--json", "-")
    assert (again.code, again.json["verdicts"]) == (0, first.json["verdicts"])


def test_verdicts_on_another_instruction_are_unmeasured(run_fondly: "Fondly", tmp_path: Path) -> None:
    """Exit code 3, unless they are allowed; a text that was not recorded stays unmeasured."""
    file = tmp_path / "verdicts.jsonl"
    run_fondly(*words(tmp_path), "--record", str(file))
    kept = [json.loads(each) | {"instruction": "judge-0-en 0"} for each in file.read_text().splitlines()]
    file.write_text("".join(f"{json.dumps(each)}\n" for each in kept))
    given = ("--judge", "recorded", "--recordings", str(file))
    answer = run_fondly(*words(tmp_path), *given)
    assert answer.code == 3
    assert answer.err == "unmeasured: 2 texts; see --judge bedrock --record\n"
    assert run_fondly(*words(tmp_path), *given, "--allow-unmeasured", "--json", "-").json["unmeasured"] == 0
    other = words(tmp_path, line("free of charge"))
    assert run_fondly(*other, *given, "--allow-unmeasured", "--json", "-").json["unmeasured"] == 1


def test_the_own_recordings_can_be_read(run_fondly: "Fondly") -> None:
    """Whatever their instruction was."""
    found = run_fondly(
        *("evaluate", "copy", "blind", "--judge", "recorded", "--allow-unmeasured"),
        *("--min-caught", "0", "--max-refused", "1"),
    )
    assert found.code == 0


def test_a_line_that_is_no_recording_is_named(run_fondly: "Fondly", tmp_path: Path) -> None:
    """Rather than taken for a verdict."""
    file = tmp_path / "verdicts.jsonl"
    file.write_text('{"key": "1"}\n')
    answer = run_fondly(*words(tmp_path), "--judge", "recorded", "--recordings", str(file))
    assert answer.code == 1
    assert answer.err == f"{file}:1: refused: found nothing, expected a value\n"


def test_a_model_of_bedrock_judges(
    run_fondly: "Fondly", monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By the mailer's adapter, several questions a call; behind it understudy answers as in this process."""
    with UnderstudyServer() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "test")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        out = tmp_path / "report.json"
        run_fondly("evaluate", "copy", "blind-german", "--judge", "bedrock", "--json", str(out))
    alone = evaluate_suite(read_own_suites(own_emails(), ["blind-german"]), understudy)
    assert json.loads(out.read_text())["verdicts"] == alone.model_dump(mode="json")["verdicts"]
