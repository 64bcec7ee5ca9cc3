"""Which environment and region a command addresses."""

import os
from pathlib import Path

import pytest

from fondly.cli.options import Target
from fondly.operations import target as targets
from fondly.operations.local_stack import BackgroundStack, StateFolder

LOCAL = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:4000",
    "AWS_REGION": "eu-west-1",
    "FONDLY_ENVIRONMENT": "fondly-local",
}


@pytest.fixture
def local_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    """A local stack that seems to be running."""
    stack = BackgroundStack(1, LOCAL, StateFolder(Path("/none")))
    monkeypatch.setattr(targets, "running_stack", lambda: stack)


@pytest.mark.usefixtures("local_stack")
def test_a_running_local_stack_is_the_default(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says so; its variables are set meanwhile, and win over the shell's region."""
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    with Target(None, None).chosen() as chosen:
        assert chosen[:2] == ("fondly-local", "eu-west-1")
        assert os.environ["AWS_ENDPOINT_URL"] == LOCAL["AWS_ENDPOINT_URL"]
    assert "AWS_ENDPOINT_URL" not in os.environ
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.usefixtures("local_stack")
@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_PROFILE", "environment"])
def test_a_named_account_or_stage_rules_the_local_stack_out(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is said either."""
    if name != "environment":
        monkeypatch.setenv(name, "http://other:1")
    with Target("fondly-dev" if name == "environment" else None, "eu-north-1").chosen() as chosen:
        assert chosen[:2] == ("fondly-dev" if name == "environment" else "fondly-local", "eu-north-1")
        assert os.environ.get("AWS_ENDPOINT_URL") != LOCAL["AWS_ENDPOINT_URL"]
    assert capsys.readouterr().err == ""
