"""Commands that begin something on an emulator say that its transactions are slow."""

from contextlib import nullcontext
from pathlib import Path

import boto3
import pytest

from fondly.operations import transaction_speed
from fondly.operations.local_stack import BackgroundStack, StateFolder
from fondly.stack import background, demo
from fondly.stack.demo import DemoFailedError
from tools.cli.tests.conftest import Fondly

SLOW = "slow: as seldom as it is said"


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every emulator is slow; the endpoints that were measured."""
    endpoints = list[str]()

    def slow(region: str | None = None) -> str:
        endpoints.append(boto3.client("dynamodb", region_name=region).meta.endpoint_url)
        return SLOW

    for module in (transaction_speed, demo):
        monkeypatch.setattr(module, "slow_transactions", slow)
    return endpoints


def test_provision_says_so_beside_the_settings(
    fondly: Fondly, emulator_url: str, measured: list[str]
) -> None:
    """Which are read by programs, so the warning is a remark."""
    done = fondly("provision", "--json")
    assert "FONDLY_DATA_BUCKET" in done.json
    assert (done.code, done.err.splitlines(), measured) == (0, [SLOW], [emulator_url])


def test_up_says_so_of_the_stack_that_it_has_started(
    run_fondly: Fondly, measured: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it says what to do next."""
    variables = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_DEFAULT_REGION": "eu-west-1"}
    stack = BackgroundStack(1, variables, StateFolder(tmp_path))
    monkeypatch.setattr(background, "start_stack", lambda: stack)
    monkeypatch.setattr("fondly.cli.commands.stack.look", lambda _stack: "at everything")
    assert run_fondly("up").err.splitlines()[0] == SLOW
    assert measured == ["http://127.0.0.1:9"]


def test_the_demo_on_docker_compose_says_so_before_it_uploads(
    run_fondly: Fondly,
    measured: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A run that stands still is explained before it does."""

    async def follow(*_: object) -> None:
        raise DemoFailedError("the run is stuck")

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("fondly.stack.compose.compose_stack", lambda *_, **__: nullcontext())
    monkeypatch.setattr(demo, "_follow", follow)
    done = run_fondly("compose-demo", "--out", str(tmp_path))
    assert (SLOW in done.out.splitlines(), done.err, measured) == (
        True,
        "the run is stuck\n",
        ["http://127.0.0.1:9"],
    )
