"""The environment of tasks matches the services' settings classes."""

import re
from importlib.util import find_spec
from typing import TYPE_CHECKING, get_args

import pytest
from pydantic_settings import BaseSettings

from encore.ingest.settings import IngestSettings
from encore.mailer.settings import MailerSettings
from encore.recommender.settings import RecommenderSettings
from encore.runtime.settings import OTLP_ENDPOINT, PREFIX
from encore.sentiment.settings import AspectsBy, SentimentSettings
from encore.stack.provision import Resources
from encore.stack.topology import load_topology
from understudy.settings import Settings as UnderstudySettings

if TYPE_CHECKING:
    from tests.architecture.conftest import ReadModule
    from tests.support.terraform import Module

SERVICES: dict[str, type[BaseSettings]] = {
    "ingest": IngestSettings,
    "sentiment": SentimentSettings,
    "recommender": RecommenderSettings,
    "mailer": MailerSettings,
}


@pytest.mark.parametrize("service", SERVICES)
def test_a_task_has_exactly_the_settings_that_its_service_requires(pipeline: "Module", service: str) -> None:
    """A missing variable would stop the task at start; a leftover one would mislead."""
    required = {name for name, field in SERVICES[service].model_fields.items() if field.is_required()}
    given = pipeline.locals["required_settings"][service]
    assert sorted(given) == sorted(PREFIX + name.upper() for name in required)


def test_every_table_names_every_service(pipeline: "Module") -> None:
    """The tables of settings, queues and permissions name the same services."""
    for table in ("required_settings", "chosen_settings", "queues", "permissions", "indirect_permissions"):
        assert set(pipeline.locals[table]) == set(SERVICES), table


@pytest.mark.parametrize("service", SERVICES)
def test_chosen_settings_exist_and_are_optional(pipeline: "Module", service: str) -> None:
    """A renamed setting fails here instead of silently leaving a task with the default."""
    chosen = {*pipeline.locals["chosen_settings"][service], *pipeline.locals["common_settings"]}
    if service == "mailer":
        parameters = str(pipeline.locals["mailer_settings"]) + str(pipeline.locals["mailer_parameters"])
        chosen |= set(re.findall(rf"{PREFIX}MAILER_\w+[A-Z]\b", parameters))
    optional = {name for name, field in SERVICES[service].model_fields.items() if not field.is_required()}
    assert {name.removeprefix(PREFIX).lower() for name in chosen} <= optional


def test_terraform_accepts_what_the_sentiment_service_accepts(pipeline: "Module") -> None:
    """A language or way of finding aspects that only one of them knows would fail at start, or never run."""
    fields = SentimentSettings.model_fields
    rules = str(pipeline.variables["sentiment"]["validation"])
    languages, aspects = (
        re.findall(r'"([\w-]+)"', listed) for listed in re.findall(r"contains\(\s*\[(.+?)\]", rules)
    )
    assert set(languages) == set(get_args(fields["sentiment_language"].annotation))
    assert set(aspects) == set(AspectsBy)
    defaults = re.findall(r"optional\(\w+, (.+?)\)", str(pipeline.variables["sentiment"]["type"]))
    chosen = (
        "sentiment_language",
        "sentiment_aspects",
        "sentiment_score_excluded",
        "sentiment_job_from_texts",
    )
    ours = [str(fields[name].default).lower() for name in chosen]
    assert [default.strip('"') for default in defaults] == ours


def test_terraform_asks_the_model_as_the_mailer_does_by_default(pipeline: "Module") -> None:
    """The quota has the same default; jobs have the same least number of prompts, and apply no guardrail."""
    fields = MailerSettings.model_fields
    given = pipeline.variables["mailer"]
    [quota] = re.findall(r"optional\(\w+, (.+?)\)", str(given["type"]))
    assert float(quota) == fields["mailer_converse_rpm"].default
    [least] = re.findall(r"batch_from_prompts >= (\d+)", str(given["validation"]))
    [limit] = [rule.ge for rule in fields["mailer_batch_from_prompts"].metadata if hasattr(rule, "ge")]
    assert int(least) == limit


def test_the_rules_are_set_figure_by_figure(pipeline: "Module") -> None:
    """Terraform names their variables as the recommender's settings do, and gives them to it alone."""
    section, delimiter = "recommender_rules", RecommenderSettings.model_config.get("env_nested_delimiter")
    assert section in RecommenderSettings.model_fields
    assert f"{PREFIX}{section.upper()}{delimiter}${{upper(name)}}" in str(pipeline.locals["rule_settings"])
    given = str(pipeline.locals["environment"])
    assert 'service == "recommender" ? local.rule_settings : {}' in given


def test_the_collector_is_set_by_a_variable_that_the_settings_read(read_module: "ReadModule") -> None:
    """Without a collector the variable is not set."""
    given = str(read_module("modules/pipeline").locals["environment"])
    [name] = set(re.findall(r"OTEL_\w+", given))
    assert name in OTLP_ENDPOINT.choices
    assert 'var.otlp_endpoint == ""' in given


def test_every_required_setting_has_a_value(pipeline: "Module") -> None:
    """The value comes from the topology or from the pipeline module."""
    topology = load_topology()
    made = Resources(
        topic_arns=dict.fromkeys(topology.topics, ""),
        queue_urls=dict.fromkeys(topology.queues, ""),
        tables=dict.fromkeys(topology.tables, ""),
        buckets=dict.fromkeys(topology.buckets, ""),
    )
    added = set(re.findall(rf"{PREFIX}\w+", pipeline.locals["resource_settings"]))
    required = {name for names in pipeline.locals["required_settings"].values() for name in names}
    assert required <= {*made.settings(), *added}


@pytest.mark.parametrize("service", SERVICES)
def test_scaling_uses_the_queue_that_the_service_consumes(pipeline: "Module", service: str) -> None:
    """Each service requires one queue URL, and that queue's backlog decides how many tasks run."""
    required = pipeline.locals["required_settings"][service]
    queue = pipeline.locals["queues"][service]
    urls = [name for name in required if name.endswith("_QUEUE_URL")]
    assert urls == [f"{PREFIX}{queue.upper().replace('-', '_')}_QUEUE_URL"]


def test_a_task_can_finish_its_work_before_ecs_kills_it(
    pipeline: "Module", read_module: "ReadModule"
) -> None:
    """Draining ends before the stop timeout, with a margin for the process to exit."""
    drain_s = float(pipeline.locals["common_settings"]["ENCORE_DRAIN_S"])
    assert drain_s + 10 <= read_module("modules/service").locals["stop_timeout_s"]


def test_the_health_check_is_a_module_that_exists(pipeline: "Module") -> None:
    """A renamed module would leave every task unhealthy."""
    command = pipeline.locals["health_command"]
    assert command[:3] == ["CMD", "python", "-m"]
    assert find_spec(command[3])


def test_understudy_has_only_settings_that_it_reads(pipeline: "Module") -> None:
    """Its variables are fields of its settings, and its port is the one that is open."""
    names = {name for name in pipeline.locals["understudy_environment"] if name.startswith("UNDERSTUDY_")}
    fields = set(UnderstudySettings.model_fields)
    assert {name.removeprefix("UNDERSTUDY_").lower() for name in names} <= fields
    assert pipeline.locals["understudy_port"] == UnderstudySettings.model_fields["port"].default


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_an_environment_runs_every_service(read_module: "ReadModule", stage: str) -> None:
    """Both environments set the size of each service."""
    call = read_module(f"environments/{stage}").calls["pipeline"]
    assert set(call["services"]) == set(SERVICES)
