"""The console starts with settings that fit together, or says in a line what is missing."""

import json

import pytest

from fondly.console.settings import ConsoleSettings, Identity
from fondly.runtime.settings import load_settings
from tests.support.configurations import configuration

BASE = {"FONDLY_DATA_BUCKET": "fondly-prod-data", "FONDLY_RUNS_TABLE": "fondly-prod-runs"}
ALB = {
    "FONDLY_CONSOLE_IDENTITY": "alb",
    "FONDLY_CONSOLE_SIGNER": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/console/5",
    "FONDLY_CONSOLE_ISSUER": "https://id.shop.example",
    "FONDLY_CONSOLE_CLIENT": "console",
    "FONDLY_CONSOLE_GROUPS": '{"marketing": "approver"}',
}


def given(monkeypatch: pytest.MonkeyPatch, **variables: str) -> ConsoleSettings:
    """The settings of a process with these variables."""
    for name, value in {**BASE, **variables}.items():
        monkeypatch.setenv(name, value)
    return load_settings(ConsoleSettings)


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({}, "settings: FONDLY_CONSOLE_IDENTITY=local takes FONDLY_CONSOLE_KEY_FILE"),
        ({"FONDLY_CONSOLE_IDENTITY": "alb"}, "takes FONDLY_CONSOLE_CLIENT, FONDLY_CONSOLE_GROUPS, "),
        ({**ALB, "FONDLY_CONSOLE_SIGNER": "arn:aws:iam::123456789012:role/x"}, "FONDLY_CONSOLE_SIGNER: "),
        ({**ALB, "FONDLY_CONSOLE_GROUPS": '{"marketing": "admin"}'}, "FONDLY_CONSOLE_GROUPS_MARKETING: "),
        ({**ALB, "FONDLY_CONSOLE_GROUPS": "{}"}, "FONDLY_CONSOLE_GROUPS: "),
        ({"FONDLY_CONSOLE_IDENTITY": "none"}, "FONDLY_CONSOLE_IDENTITY: "),
        ({"FONDLY_CONSOLE_KEY_FILE": "key", "FONDLY_CONSOLE_URL": "https://a/b"}, "FONDLY_CONSOLE_URL: "),
    ],
)
def test_it_does_not_start_with_settings_that_let_nobody_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variables: dict[str, str], says: str
) -> None:
    """Nor with such as would let in others."""
    with pytest.raises(SystemExit) as stopped:
        given(monkeypatch, **variables)
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith("invalid settings: ")
    assert says in error
    assert error.count("\n") == 1


def test_the_address_of_a_browser_says_which_hosts_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a load balancer, any: it has looked, and asks for `/live` by the task's address."""
    local = {"FONDLY_CONSOLE_KEY_FILE": "key", "FONDLY_CONSOLE_URL": "http://127.0.0.1:8092"}
    assert {"127.0.0.1:8092", "localhost:8092", "[::1]:8092"} < given(monkeypatch, **local).hosts
    assert given(monkeypatch, **ALB).hosts == frozenset()


def test_terraform_sets_what_the_console_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """All variables of its task are settings, and they let people in."""
    service = configuration("console").modules("console")[0].modules("service")[None]
    variables = {name: value for name, value in service.variable("environment").items() if "CONSOLE" in name}
    known = {f"FONDLY_{name.upper()}" for name in ConsoleSettings.model_fields}
    assert variables.keys() <= known
    made = given(monkeypatch, **variables | {"FONDLY_CONSOLE_SIGNER": ALB["FONDLY_CONSOLE_SIGNER"]})
    assert made.console_identity is Identity.ALB
    assert made.console_groups == json.loads(variables["FONDLY_CONSOLE_GROUPS"])
