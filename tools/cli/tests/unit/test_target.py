"""Which environment and region a command addresses."""

import os
from pathlib import Path

import pytest

from fondly.cli.target import target
from fondly.operations import target as targets
from fondly.operations.errors import OperationError
from fondly.operations.local_stack import BackgroundStack, StateFolder
from fondly.operations.target import load_topology

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
    with target(None, None) as chosen:
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
    with target("fondly-dev" if name == "environment" else None, "eu-north-1") as chosen:
        assert chosen[:2] == ("fondly-dev" if name == "environment" else "fondly-local", "eu-north-1")
        assert os.environ.get("AWS_ENDPOINT_URL") != LOCAL["AWS_ENDPOINT_URL"]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("region", "default_region", "expected"),
    [
        ("eu-north-1", "eu-west-1", "eu-north-1"),
        ("", "eu-west-1", "eu-west-1"),
        ("eu-north-1", "", "eu-north-1"),
    ],
)
def test_the_region_is_read_from_either_variable(
    region: str, default_region: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS_REGION wins, as in the AWS CLI; botocore reads only the other."""
    monkeypatch.setenv("AWS_REGION", region)
    monkeypatch.setenv("AWS_DEFAULT_REGION", default_region)
    with target("s", None) as chosen:
        assert chosen.region == expected


def test_no_region_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says how to name one."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(OperationError, match="no AWS region: give --region"), target("s", None):
        pass


def test_a_malformed_endpoint_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the variable and its value."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "localhost:4566")
    with (
        pytest.raises(OperationError, match="AWS_ENDPOINT_URL_SQS is not a URL: 'localhost:4566'"),
        target("s", None),
    ):
        pass


@pytest.mark.parametrize("content", ["a: [", "queues: 1", "[]"])
def test_an_invalid_topology_is_an_error(content: str, tmp_path: Path) -> None:
    """It names the file."""
    path = tmp_path / "topology.yaml"
    path.write_text(content)
    with pytest.raises(OperationError, match=r"topology\.yaml is not a valid topology"):
        load_topology(path)
