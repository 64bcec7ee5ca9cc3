"""The environment of tasks matches the services' settings classes."""

import json
import re
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, get_args

import pytest

from fondly.mailer.settings import MailerSettings
from fondly.operations.topology import load_topology
from fondly.recommender.settings import RecommenderSettings
from fondly.runtime.settings import OTLP_ENDPOINT, PREFIX
from fondly.sentiment.settings import AspectsBy, SentimentSettings
from fondly.stack.provision import Resources
from tests.support.configurations import SHOP, configuration, pipeline_of
from tests.support.hcl.configuration import Configuration, Instance
from tests.support.hcl.values import InvalidInputError
from tests.support.setting_names import PROCESSES, SERVICES, SETTING_NAMES, setting_names, variables
from understudy.settings import Settings as UnderstudySettings

if TYPE_CHECKING:
    from tests.architecture.conftest import ReadModule
    from tests.support.terraform import Module


def test_every_table_names_services_that_exist() -> None:
    """Those of queues and permissions name every service, the others those for which there is something."""
    pipeline = pipeline_of(configuration("prod"))
    for table in ("required_settings", "queues", "indirect_permissions"):
        assert set(pipeline.local(table)) == set(SERVICES), table
    others = {"web", "web_campaign", "web_event", "clicks", "understudy"}
    assert set(pipeline.local("permissions")) == {*SERVICES, *others}
    for table in ("chosen_settings", "service_parameters", "shop_settings", "releases"):
        assert set(pipeline.local(table)) <= set(SERVICES), table


@pytest.mark.parametrize("service", SERVICES)
def test_chosen_settings_exist_and_are_optional(pipeline: "Module", service: str) -> None:
    """A renamed setting fails here instead of silently leaving a task with the default."""
    tables = {
        "mailer": ("mailer_settings", "mailer_parameters"),
        "sender": ("smtp_settings", "smtp_secrets"),
        "feedback": ("unsubscribe_secrets", "mailbox_settings", "mailbox_secrets"),
    }
    written = [str(pipeline.locals[table]) for table in tables.get(service, ())]
    own = str(pipeline.locals["chosen_settings"].get(service, ""))
    chosen = set(
        re.findall(rf"{PREFIX}\w+[A-Z]\b", "".join([own.replace("FONDLY_INGEST_TIME_ZONE", ""), *written]))
    )
    chosen |= set(pipeline.locals["common_settings"])
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
    chosen = ("sentiment_language", "sentiment_aspects", "sentiment_score_excluded")
    ours = [str(fields[name].default).lower() for name in chosen]
    assert [default.strip('"') for default in defaults] == ours


def test_terraform_asks_the_model_as_the_mailer_does_by_default(pipeline: "Module") -> None:
    """The quota has the same default."""
    fields = MailerSettings.model_fields
    given = pipeline.variables["mailer"]
    [quota] = re.findall(r"optional\(\w+, (.+?)\)", str(given["type"]))
    assert float(quota) == fields["mailer_converse_rpm"].default


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
    required = {name for kind in SERVICES.values() for name in variables(kind, is_required=True)}
    assert required <= {*made.settings(), *added}


@pytest.mark.parametrize("service", SERVICES)
def test_scaling_uses_the_queue_that_the_service_consumes(service: str) -> None:
    """Each service requires one queue URL, and that queue's backlog decides how many tasks run."""
    queue = pipeline_of(configuration("prod")).local("queues")[service]
    urls = [name for name in variables(SERVICES[service], is_required=True) if name.endswith("_QUEUE_URL")]
    assert urls == [f"{PREFIX}{queue.upper().replace('-', '_')}_QUEUE_URL"]


def test_a_task_can_finish_its_work_before_ecs_kills_it(
    pipeline: "Module", read_module: "ReadModule"
) -> None:
    """Draining ends before the stop timeout, with a margin for the process to exit."""
    drain_s = float(pipeline.locals["common_settings"]["FONDLY_DRAIN_S"])
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


@pytest.mark.parametrize("size", ["small", "standard"])
def test_a_size_is_that_of_every_service(size: str) -> None:
    """Which the input `services` changes one by one, and names no other."""
    given: dict[str, dict[str, Any]] = {
        "mailer": {"max_tasks": 20},
        "sender": {"size": {"cpu": 1024, "memory_mib": 2048}},
    }
    made = pipeline_of(configuration("prod", size=size, services=given)).variable("services")
    usual = pipeline_of(configuration("prod", size=size)).variable("services")
    assert set(made) == set(SERVICES)
    assert made["mailer"] == {**usual["mailer"], "max_tasks": 20}
    assert made["sender"]["size"] == {**given["sender"]["size"], "storage_gib": 21}
    with pytest.raises(InvalidInputError, match="services must be among"):
        configuration("prod", services={"post": {"max_tasks": 1}}).validate()


def test_terraform_knows_every_setting_of_every_service() -> None:
    """`make setting-names` writes the file; whatever is in it can be set, and nothing else."""
    assert SETTING_NAMES.read_text("utf-8") == setting_names()


@pytest.mark.parametrize("service", PROCESSES)
def test_every_setting_can_be_set(service: str) -> None:
    """Each reaches the process's tasks, but for those that Terraform itself has to set."""
    kind = PROCESSES[service]
    names = variables(kind)
    own = pipeline_of(configuration("prod")).local("own_settings")
    values = {name: f"value of {name}" for name in names if name not in own}
    changed = configuration("prod", settings={service: values})
    changed.validate()
    assert values.items() <= task_settings(changed, service).items()
    required = {PREFIX + name.upper() for name, field in kind.model_fields.items() if field.is_required()}
    assert required <= task_settings(configuration("prod"), service).keys()


def test_what_terraform_keeps_to_itself_has_inputs_of_its_own() -> None:
    """None of the settings that `settings` refuses is out of reach: other inputs or resources set it."""
    found = {
        name
        for environment in ("prod", "guarded")
        for service in PROCESSES
        if environment == "prod" or service != "clicks"  # takes an endpoint that the other lacks
        for name in task_settings(configuration(environment), service)
    }
    assert set(pipeline_of(configuration("prod")).local("own_settings")) <= found


def test_the_web_process_picks_by_the_settings_of_the_recommender() -> None:
    """What both have is the same, whichever input sets it; the rest is the web process's own."""
    changed = configuration(
        "prod",
        rules={"max_per_leaf": 1},
        shop={**SHOP, "recommender": {"FONDLY_RECOMMENDER_PICKS": "3"}},
        settings={"recommender": {"FONDLY_RECOMMENDER_RULES__MAX_PER_BRAND": "2"}},
    )
    recommender, web = task_settings(changed, "recommender"), task_settings(changed, "web")
    assert web["FONDLY_RECOMMENDER_PICKS"] == "3"
    assert web["FONDLY_RECOMMENDER_RULES__MAX_PER_LEAF"] == "1"
    assert web["FONDLY_RECOMMENDER_RULES__MAX_PER_BRAND"] == "2"
    own = {name for name in web if name.startswith(("FONDLY_RECOMMENDER_WEB_", "FONDLY_WEB_"))} | {"MODULE"}
    assert {name: web[name] for name in web.keys() - own} == {
        name: recommender[name] for name in web.keys() - own
    }
    known = set(variables(PROCESSES["web"]))
    assert {name for name in web if name.startswith(PREFIX)} <= known
    assert find_spec(web["MODULE"] + ".__main__")


def test_the_process_that_counts_clicks_has_its_own_settings_and_the_keys_as_secrets() -> None:
    """Those of its class and no others; it listens where the load balancer asks."""
    changed = configuration("prod", shop={"mailer": {**SHOP["mailer"], "FONDLY_MAILER_LOCALE": "de_DE"}})
    given = task_settings(changed, "clicks")
    assert {name for name in given if name.startswith(PREFIX)} <= set(variables(PROCESSES["clicks"]))
    assert find_spec(given["MODULE"] + ".__main__")
    assert (given["FONDLY_SENDER_WEB_CLICKS"], given["FONDLY_MAILER_LOCALE"]) == ("true", "de_DE")
    assert given["FONDLY_SENDER_WEB_CALLER_REQUESTS_PER_S"] == given["FONDLY_SENDER_WEB_REQUESTS_PER_S"]
    definition = container(changed, "clicks")
    assert definition["portMappings"] == [
        {"containerPort": int(given["FONDLY_SENDER_WEB_PORT"]), "protocol": "tcp"}
    ]
    assert {each["name"] for each in definition["secrets"]} == {
        "FONDLY_MAILER_UNSUBSCRIBE_KEY",
        "FONDLY_SENDER_UNSUBSCRIBE_KEYS",
    }
    assert not any("KEY" in each["name"] for each in definition["environment"])


def test_the_web_process_is_reached_by_its_load_balancer_with_a_key_only() -> None:
    """It listens where the load balancer asks, on every address, and its key comes from no variable."""
    definition = container(configuration("prod"), "web")
    given = {each["name"]: each["value"] for each in definition["environment"]}
    assert definition["portMappings"] == [
        {"containerPort": int(given["FONDLY_RECOMMENDER_WEB_PORT"]), "protocol": "tcp"}
    ]
    assert given["FONDLY_RECOMMENDER_WEB_HOST"] == "0.0.0.0"  # noqa: S104 - inside a VPC, behind a balancer
    assert [each["name"] for each in definition["secrets"]] == ["FONDLY_RECOMMENDER_WEB_KEYS"]
    assert not any("KEYS" in name for name in given)


@pytest.mark.parametrize(
    "settings",
    [
        {"ingest": {"FONDLY_INGEST_PART_REVIEW": "1"}},
        {"ingest": {"FONDLY_MAILER_WORDINGS": "1"}},
        {"ingest": {"ingest_part_reviews": "1"}},
        {"all": {"FONDLY_MAILER_WORDINGS": "1"}},
        {"all": {"PATH": "1"}},
        {"recommender": {"FONDLY_RECOMMENDER_RULES__MAX_PER_LEAVES": "1"}},
    ],
)
def test_a_wrong_name_is_refused(settings: dict[str, dict[str, str]]) -> None:
    """A typing error would otherwise leave a task with the default, without a word."""
    with pytest.raises(InvalidInputError, match="only variables that the service has"):
        configuration("prod", settings=settings).validate()


def test_settings_cannot_break_what_depends_on_them() -> None:
    """Names of resources, the model that may be called, and secrets are refused."""
    for name in ("FONDLY_RUNS_TABLE", "FONDLY_MAILER_MODEL_ID", "FONDLY_MAILER_UNSUBSCRIBE_KEY"):
        with pytest.raises(InvalidInputError, match="what resources, permissions or alarms depend on"):
            configuration("prod", settings={"mailer": {name: "x"}}).validate()


def test_settings_go_before_everything_else() -> None:
    """Before defaults of AWS, other inputs and the shop's file; those of one service before those of all."""
    settings = {
        "all": {"FONDLY_DRAIN_S": 90, "FONDLY_LOG_LEVEL": "WARNING"},
        "sentiment": {"FONDLY_SENTIMENT_LANGUAGE": "de", "FONDLY_LOG_LEVEL": "DEBUG"},
        "mailer": {"FONDLY_MAILER_BRAND_NAME": "Another", "FONDLY_MAILER_CONVERSE_RPM": 7},
    }
    changed = configuration("prod", settings=settings)
    sentiment, mailer = task_settings(changed, "sentiment"), task_settings(changed, "mailer")
    chosen = ("FONDLY_DRAIN_S", "FONDLY_LOG_LEVEL", "FONDLY_SENTIMENT_LANGUAGE")
    assert [sentiment[name] for name in chosen] == ["90", "DEBUG", "de"]
    assert [mailer[name] for name in ("FONDLY_MAILER_BRAND_NAME", "FONDLY_MAILER_CONVERSE_RPM")] == [
        "Another",
        "7",
    ]
    assert mailer["FONDLY_MAILER_FROM_ADDRESS"] == SHOP["mailer"]["FONDLY_MAILER_FROM_ADDRESS"]


def test_an_empty_setting_of_the_mailer_is_no_parameter() -> None:
    """A parameter has at least one character, and a variable must not be given twice."""
    settings = {"mailer": {"FONDLY_MAILER_TEMPERATURE": "", "FONDLY_MAILER_CONVERSE_RPM": ""}}
    changed = configuration("prod", settings=settings)
    definition = container(changed, "mailer")
    given = [each["name"] for each in (*definition["environment"], *definition["secrets"])]
    assert len(given) == len(set(given))
    assert {each["name"]: each["value"] for each in definition["environment"]}.items() >= settings[
        "mailer"
    ].items()


def test_the_health_check_looks_where_the_service_writes() -> None:
    """A setting that moves the file moves the check as well."""
    moved = configuration("prod", settings={"ingest": {"FONDLY_LIVENESS_FILE": "/tmp/elsewhere"}})  # noqa: S108 - a task's
    assert container(moved, "ingest")["healthCheck"]["command"][-1] == "/tmp/elsewhere"  # noqa: S108 - a task's
    assert container(moved, "mailer")["healthCheck"]["command"][-1] == "/tmp/alive"  # noqa: S108 - a task's


def container(environment: Configuration, service: str) -> dict[str, Any]:
    """The definition of a service's container."""
    pipeline = pipeline_of(environment)
    own = pipeline.modules(service) if service in {"web", "clicks"} else None
    made = own[0] if own else pipeline.modules("service")[service]
    tasks = made.instances("aws_ecs_task_definition", "this")
    [found] = json.loads(tasks[None]["container_definitions"])
    return dict(found)


def task_settings(environment: Configuration, service: str) -> Mapping[str, str]:
    """What a task finds in its environment, whether from the definition or from a parameter."""
    definition = container(environment, service)
    parameters: Mapping[str, Instance] = pipeline_of(environment).instances("aws_ssm_parameter", "mailer")
    values = {parameter["arn"]: parameter["value"] for parameter in parameters.values()}
    return {
        **{each["name"]: each["value"] for each in definition["environment"]},
        **{each["name"]: values.get(each["valueFrom"], "a secret") for each in definition["secrets"]},
    }
