"""How commands end."""

import os
import signal
from collections.abc import Callable

import pytest
import typer
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ProfileNotFound

from fondly.cli.errors import explain
from fondly.cli.execution import guarded
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
        (FileNotFoundError(2, "No such file or directory", "x.csv"), "x.csv"),
        (ProcessDiedError("mailer ended"), "mailer ended"),
        (ProfileNotFound(profile="nope"), "The config profile (nope) could not be found"),
    ],
)
def test_known_errors_are_explained_in_a_line(error: Exception, words: str) -> None:
    """In words that say what to do, or the SDK's own."""
    line = explain(error)
    assert line is not None
    assert words in line
    assert "\n" not in line


def test_a_closed_pipe_is_left_to_typer() -> None:
    """`fondly queues | head -1` is silent."""
    assert explain(BrokenPipeError()) is None
