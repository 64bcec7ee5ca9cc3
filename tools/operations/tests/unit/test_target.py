"""Which environment and region is addressed."""

from pathlib import Path

import pytest

from fondly.operations.errors import OperationError
from fondly.operations.target import load_topology, target


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
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with (
        pytest.raises(
            OperationError, match=r"^no stack is running here: `fondly up`, or give --region for AWS$"
        ),
        target(None, None),
    ):
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
