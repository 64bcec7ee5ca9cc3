"""What commands know of a sender on AWS: from its task's definition; and of whoever calls."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from unittest.mock import AsyncMock

import boto3
import pytest

from fondly.operations.delivery.deployed import SECRETS
from fondly.operations.environment import Environment
from fondly.sender.settings import SenderSettings
from fondly.stack.provision import Resources
from tests.support.mailbox import MailboxServer
from tests.support.runs import RUN
from tools.cli.tests.delivering import FinishedRun

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Fondly

NAMES_OF_RESOURCES = {"FONDLY_RUNS_TABLE": "fondly-prod-runs", "FONDLY_RETENTION_DAYS": "30"}


@pytest.fixture
def run(resources: Resources, monkeypatch: pytest.MonkeyPatch) -> FinishedRun:
    """The finished run, in an emulator that passes for AWS; this process has settings of its own."""
    monkeypatch.setattr(Environment, "on_aws", True)
    monkeypatch.setattr(Environment, "bucket", AsyncMock(return_value=resources.buckets["data"]))
    monkeypatch.setenv("FONDLY_SENDER_SMTP_HOST", "mail.elsewhere.example")
    made = FinishedRun(resources)
    made.make()
    return made


@pytest.fixture
def server() -> Iterator[MailboxServer]:
    """A mail server that wants a name and a password."""
    with MailboxServer() as server:
        yield server


def deploy(environment: str, variables: dict[str, str], secrets: dict[str, str] | None = None) -> None:
    """Deploy a sender with these variables, and these parameters of SSM."""
    ecs, ssm = boto3.client("ecs"), boto3.client("ssm")
    named = {}
    for name, value in (secrets or {}).items():
        parameter = f"/fondly/{environment}/sender/{name.lower()}"
        ssm.put_parameter(Name=parameter, Value=value, Type="SecureString")
        named[name] = ssm.get_parameter(Name=parameter)["Parameter"]["ARN"]
    container: Any = {
        "name": "app",
        "image": "fondly-sender",
        "memory": 512,
        "environment": [{"name": name, "value": value} for name, value in variables.items()],
        "secrets": [{"name": name, "valueFrom": arn} for name, arn in named.items()],
    }
    sidecar: Any = {"name": "collector", "image": "collector", "memory": 64, "environment": []}
    name = f"{environment}-sender"
    ecs.create_cluster(clusterName=environment)
    ecs.register_task_definition(family=name, containerDefinitions=[sidecar, container])
    ecs.create_service(cluster=environment, serviceName=name, taskDefinition=name, desiredCount=1)


@pytest.mark.usefixtures("run")
def test_the_plan_is_told_from_the_task_without_its_secrets(
    fondly: "Fondly", environment: str, run: FinishedRun
) -> None:
    """Who approves need not be allowed to read a password; settings of this machine play no part."""
    variables = {
        **NAMES_OF_RESOURCES,
        "FONDLY_SENDER_TRANSPORT": "smtp",
        "FONDLY_SENDER_SMTP_USER": "shop",
        "FONDLY_SENDER_DKIM_SELECTOR": "fondly",
        "FONDLY_SENDER_PER_HOUR": "500",
    }
    secrets = {"FONDLY_SENDER_SMTP_PASSWORD": "hidden", "FONDLY_SENDER_DKIM_KEY": "hidden too"}
    deploy(environment, variables, secrets)
    boto3.client("ssm").delete_parameters(
        Names=[f"/fondly/{environment}/sender/{name.lower()}" for name in secrets]
    )
    answer = fondly("run", "approve", RUN, "--yes")
    assert answer.code == 0, answer.err
    assert "by SMTP, 127.0.0.1:587, at most 500 an hour" in answer.err
    sent = fondly("email", "send", RUN, "c-1", "--to", "me@shop.example")
    assert sent.code == 1
    assert "of the sender cannot be read" in sent.err
    assert "hidden" not in answer.err + sent.err
    table = boto3.resource("dynamodb").Table(run.resources.tables["runs"])
    assert "expires_at" in table.get_item(Key={"run_id": RUN, "item": "delivery"})["Item"]


def test_whoever_decides_is_the_caller_of_aws(fondly: "Fondly", environment: str, run: FinishedRun) -> None:
    """Whom AWS knows; shown by the last word of the ARN."""
    deploy(environment, {**NAMES_OF_RESOURCES, "FONDLY_SENDER_TRANSPORT": "ses"})
    answer = fondly("run", "approve", RUN, "--yes")
    assert "by Amazon SES" in answer.err
    by = run.delivery().decisions[-1].by
    assert by == boto3.client("sts").get_caller_identity()["Arn"]
    assert by not in answer.out
    assert by.rpartition("/")[2].rpartition(":")[2] in answer.out


@pytest.mark.usefixtures("run")
def test_a_test_goes_out_with_the_deployments_own_password(
    fondly: "Fondly", environment: str, server: MailboxServer
) -> None:
    """And over its mail server."""
    variables = {
        **NAMES_OF_RESOURCES,
        "FONDLY_SENDER_TRANSPORT": "smtp",
        "FONDLY_SENDER_SMTP_HOST": server.host,
        "FONDLY_SENDER_SMTP_PORT": str(server.port),
        "FONDLY_SENDER_SMTP_SECURITY": "none",
    }
    deploy(environment, variables, {"FONDLY_SENDER_BOUNCE_ADDRESS": "bounces@shop.example"})
    answer = fondly("email", "send", RUN, "c-1", "--to", "me@shop.example")
    assert answer.code == 0, answer.err
    assert [(each.sender, each.recipient) for each in server.mailbox.messages] == [
        ("bounces@shop.example", "me@shop.example")
    ]


@pytest.mark.usefixtures("run")
def test_without_a_sender_it_is_not_told_by_what(fondly: "Fondly") -> None:
    """The decision can be taken all the same."""
    answer = fondly("run", "approve", RUN, "--yes")
    assert answer.code == 0, answer.err
    assert "by the transport of the sender" in answer.err
    assert "the sender has no transport" in fondly("email", "send", RUN, "c-1", "--to", "a@b.example").err


def test_every_secret_of_the_sender_is_known_as_one() -> None:
    """A new one must not be read for a plan."""
    secret = {
        name
        for name, field in SenderSettings.model_fields.items()
        if name.startswith("sender_") and "Secret" in str(field.annotation)
    }
    assert secret == set(SECRETS)


def test_the_bucket_is_the_one_that_terraform_makes(
    fondly: "Fondly", environment: str, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On AWS its name ends in account and region."""
    FinishedRun(resources).make()
    monkeypatch.setattr(Environment, "on_aws", True)
    answer = fondly("run", "approve", RUN, "--yes")
    assert f"there is no bucket {environment}-data-123456789012-eu-west-1:" in answer.err
