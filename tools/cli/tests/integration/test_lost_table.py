"""The drill of docs/operations.md: a table is restored, and services and commands go on with it."""

import asyncio
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from fondly.recommender.__main__ import make_handler
from fondly.recommender.settings import RecommenderSettings
from fondly.runtime.runs.run import StageName
from fondly.runtime.service import check
from tests.support.configurations import configuration, pipeline_of
from tests.support.hcl.values import InvalidInputError
from tests.support.runs import RUN

if TYPE_CHECKING:
    from fondly.stack.provision import Resources
    from tools.cli.tests.conftest import Fondly

PAGE = Path(__file__).parents[4] / "docs/operations.md"
DRILL = PAGE.read_text("utf-8").partition("### A lost table")[2].partition("\n### ")[0]
TABLES = ("suppressions", "runs", "histories")


def calls(environment: str, table: str) -> Iterator[list[str]]:
    """Yield what the drill tells the AWS CLI, word by word."""
    text = Template(DRILL.replace("\\\n", "").replace("fondly-prod", environment))
    for line in text.safe_substitute(TABLE=table, AT="2026-11-30T09:00:00Z").splitlines():
        if line.startswith("aws dynamodb "):
            yield shlex.split(line, comments=True)[2:]


def call(operation: str, *words: str) -> None:
    """Do what the AWS CLI does."""
    dynamodb: Any = boto3.client("dynamodb")
    waits = operation == "wait"
    name, *given = words if waits else (operation, *words)
    called = name.replace("-", "_")
    act = dynamodb.get_waiter(called).wait if waits else getattr(dynamodb, called)
    names = (word.removeprefix("--").title().replace("-", "") for word in given[::2])
    act(**dict(zip(names, given[1::2], strict=True)))


def restored(environment: str) -> dict[str, str]:
    """The variables of the tables as Terraform gives them, in this environment."""
    given = configuration("prod", table_names={each: f"fondly-prod-{each}-restored" for each in TABLES})
    variables = pipeline_of(given).local("environment")["recommender"]
    wanted = (f"FONDLY_{each.upper()}_TABLE" for each in TABLES)
    return {name: variables[name].replace("fondly-prod", environment) for name in wanted}


def test_services_and_commands_go_on_with_restored_tables(
    fondly: "Fondly",
    resources: "Resources",
    environment: str,
    advance: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever unsubscribed stays so, the run is known, and the service starts; the lost tables are gone."""
    fondly("suppress", "add", "asha@example.com")
    advance()
    history = {"customer_id": {"S": "c1"}, "version": {"N": "1"}}
    dynamodb = boto3.client("dynamodb")
    dynamodb.put_item(TableName=resources.tables["histories"], Item=history)
    for table in TABLES:
        for words in calls(environment, table):
            call(*words)
        dynamodb.delete_table(TableName=resources.tables[table])
    monkeypatch.setenv("FONDLY_PERSONALIZE_ROLE_ARN", "arn:aws:iam::000000000000:role/personalize")
    variables = restored(environment)
    for name, value in (resources.settings() | variables).items():
        monkeypatch.setenv(name, value)
    settings = RecommenderSettings()
    assert asyncio.run(check(StageName.RECOMMENDER, settings, make_handler, stop=asyncio.Event())) == ""
    assert settings.environment == environment
    assert dynamodb.scan(TableName=variables["FONDLY_HISTORIES_TABLE"])["Items"] == [history]
    assert "asha@example.com" in fondly("suppress", "list").out
    assert RUN in fondly("runs").out


def test_terraform_takes_over_the_restored_table_alone() -> None:
    """At the address that the drill names; permissions and settings lead to no table that is lost."""
    given = configuration("prod", table_names={"runs": "fondly-prod-runs-restored"})
    topology = pipeline_of(given).modules("topology")[None]
    made = topology.instances("aws_dynamodb_table", "this")
    assert made["runs"].address == "pipeline.topology.aws_dynamodb_table.this[runs]"
    assert 'module.pipeline.module.topology.aws_dynamodb_table.this[\\"$TABLE\\"]' in DRILL
    assert made["runs"]["name"] == "fondly-prod-runs-restored"
    assert made["emails"]["name"] == "fondly-prod-emails"
    assert topology.output("table_arns")["runs"].endswith(":table/fondly-prod-runs-restored")


@pytest.mark.parametrize("given", [{"runs": "elsewhere"}, {"run": "fondly-prod-run-restored"}])
def test_a_name_that_nobody_would_find_is_refused(given: dict[str, str]) -> None:
    """Commands and services tell the environment from the names of its tables."""
    with pytest.raises(InvalidInputError, match="table_names"):
        configuration("prod", table_names=given).validate()
