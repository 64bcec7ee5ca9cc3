"""How commands end."""

import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import pytest
import typer
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ProfileNotFound
from typer.testing import CliRunner

from fondly.cli.answer import Answer
from fondly.cli.errors import explain
from fondly.cli.execution import guarded
from fondly.cli.tables.declaration import Line
from fondly.ingest.domain.errors import FileError
from fondly.operations.errors import OperationError
from fondly.stack.processes import ProcessDiedError


def run(work: Callable[[], None]) -> int:
    """Run a guarded command; return its exit code."""
    try:
        guarded(work)()
    except typer.Exit as end:
        return int(end.exit_code)
    return 0


def test_an_error_is_one_line_and_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a traceback."""

    def fail() -> None:
        raise OperationError("no queue x")

    assert run(fail) == 1
    assert capsys.readouterr().err == "no queue x\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_a_command_clean_up(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Once: a second signal does not cut it short. The handlers are restored afterwards."""
    before = signal.getsignal(number)
    cleaned = []

    def work() -> None:
        try:
            os.kill(os.getpid(), number)
        finally:
            os.kill(os.getpid(), number)
            cleaned.append(True)

    assert run(work) == 130
    assert cleaned
    assert capsys.readouterr().err == "interrupted\n"
    assert signal.getsignal(number) is before


def test_a_defect_keeps_its_traceback() -> None:
    """It is not an answer to a person."""

    def defect() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        run(defect)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NoCredentialsError(), "no AWS credentials: set AWS_PROFILE"),
        (EndpointConnectionError(endpoint_url="http://x"), "no answer from http://x"),
        (
            ClientError({"Error": {"Code": "AccessDenied", "Message": "no\nway"}}, "ListTopics"),
            "AccessDenied",
        ),
        (EndpointConnectionError(endpoint_url="http://127.0.0.1:9"), "no stack is running here any more"),
        (
            FileNotFoundError(2, "No such file or directory", "x.csv"),
            "x.csv: no such file or directory: check",
        ),
        (PermissionError(13, "Permission denied", "out"), "out: permission denied: give yourself the right"),
        (OSError(28, "No space left on device"), "no space left on device: make room"),
        (OSError(98, "error while attempting to bind on address ('127.0.0.1', 80)"), "stop it, `ss -ltnp`"),
        (FileError("mapping.yaml:3: found a tab"), "mapping.yaml:3"),
        (ProcessDiedError("mailer ended"), "mailer ended"),
        (ModuleNotFoundError("No module named 'numpy'", name="numpy"), "install fondly-cli[all]"),
        (ProfileNotFound(profile="nope"), "The config profile (nope) could not be found"),
    ],
)
def test_known_errors_are_explained_in_a_line(error: Exception, words: str) -> None:
    """In words that say what to do, or the SDK's own."""
    line = explain(error)
    assert line is not None
    assert words in line
    assert "\n" not in line


def test_a_module_of_ours_that_is_missing_is_a_defect() -> None:
    """No package leaves one out."""
    assert explain(ModuleNotFoundError("No module named 'fondly.x'", name="fondly.x")) is None


def test_a_closed_pipe_is_left_to_typer() -> None:
    """`fondly queues | head -1` is silent."""
    assert explain(BrokenPipeError()) is None


@dataclass(frozen=True)
class Size:
    """Options that belong together."""

    customers: Annotated[int, typer.Option(min=1)]
    name: Annotated[str, typer.Option("--called")] = "shop"


@guarded
def measured(word: str, *, size: Size) -> Answer:
    """Answer with what was given."""
    found = f"{word} {size.name} {size.customers}"
    return Answer({"found": found}, [Line(found)], ["a remark"], is_wrong=size.customers > 1)


def test_a_dataclass_among_the_parameters_stands_for_its_fields() -> None:
    """Each is an option with its own type and bounds; a field without a default is required."""
    app = typer.Typer()
    app.command()(measured)
    run = CliRunner().invoke
    done = run(app, ["a", "--customers", "1", "--called", "x"])
    assert (done.exit_code, done.stdout, done.stderr) == (0, "a x 1\n", "a remark\n")
    assert run(app, ["a"]).exit_code == run(app, ["a", "--customers", "0"]).exit_code == 2


def test_an_answer_is_json_if_that_is_asked_for() -> None:
    """The same with what people are told beside it; whatever is wrong, the exit code says so."""
    app = typer.Typer()
    app.command()(measured)
    done = CliRunner().invoke(app, ["a", "--customers", "2", "--json"])
    assert (done.exit_code, done.stderr) == (1, "a remark\n")
    assert json.loads(done.stdout) == {"found": "a shop 2"}
