"""The real-time endpoint: off by default, reached in one way only, and silent about customers."""

import json
import re
from typing import TYPE_CHECKING

import pytest

from fondly.recommender.web.app import Routes
from tests.support.configurations import configuration, pipeline_of
from tests.support.hcl.configuration import Configuration
from tests.support.services import CONSUMERS

if TYPE_CHECKING:
    from starlette.routing import Route

    from tests.architecture.conftest import ReadModule

EVENTS = ("POST", "events")
NAME_OF_CUSTOMER = re.compile(r"\{(customer)(_id:path)?\}")


@pytest.fixture(scope="module")
def realtime() -> Configuration:
    """The endpoint of prod, with events."""
    return configuration("prod").modules("realtime")[0]


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_it_is_off_by_default(environment: str) -> None:
    """It costs money while nobody asks: neither endpoint nor tasks are there unless somebody wants them."""
    usual = configuration(environment, **({"realtime": {}} if environment == "prod" else {}))
    assert usual.modules("realtime") == {}
    assert pipeline_of(usual).modules("web") == {}
    assert usual.output("realtime_url") is None
    on = configuration(environment, realtime={"enabled": True})
    assert len(pipeline_of(on).modules("web")) == 1
    assert on.output("realtime_url")


def test_every_route_of_the_web_process_is_offered_but_those_for_balancers(realtime: Configuration) -> None:
    """A route that API Gateway does not know would answer 403; what containers ask is not for callers."""
    offered = {(each["method"], each["path"]) for each in realtime.local("offered").values()}
    found: list[Route] = Routes.all(object.__new__(Routes))
    served = {
        (method, NAME_OF_CUSTOMER.sub(r"{\1}", route.path.lstrip("/")))
        for route in found
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert offered == {each for each in served if each[1] not in {"health", "live"}}
    without = configuration("guarded").modules("realtime")[0].local("offered")
    assert EVENTS not in {(each["method"], each["path"]) for each in without.values()}


def test_requests_without_a_key_end_at_the_gateway(realtime: Configuration) -> None:
    """Whether it is the right one, the web process decides."""
    methods = realtime.instances("aws_api_gateway_method", "this").values()
    assert methods
    for method in methods:
        assert method["request_parameters"]["method.request.header.x-api-key"] is True


def test_tasks_are_reached_through_the_link_and_the_load_balancer_only(realtime: Configuration) -> None:
    """Each security group admits the one before it, and the load balancer has no address outside the VPC."""
    web = pipeline_of(configuration("prod")).modules("web")[0]
    assert_reached_by_link_alone(realtime.modules("link")[None], web)


def assert_reached_by_link_alone(link: Configuration, service: Configuration) -> None:
    """Only API Gateway's link gets to the load balancer, and only that to the service's tasks."""
    [balancer] = link.instances("aws_lb", "this").values()
    assert balancer["internal"] is True
    [rule] = link.instances("aws_vpc_security_group_ingress_rule", "load_balancer").values()
    [group] = link.instances("aws_security_group", "link").values()
    assert rule["referenced_security_group_id"] == group["id"]
    [rule] = service.instances("aws_vpc_security_group_ingress_rule", "load_balancer").values()
    assert rule["referenced_security_group_id"] == balancer["security_groups"][0]
    [target] = link.instances("aws_lb_target_group", "this").values()
    assert rule["from_port"] == rule["to_port"] == target["port"]


def test_no_log_names_customers(realtime: Configuration) -> None:
    """Paths have their ids: the gateway logs routes instead, and WAF leaves out path, query and key."""
    [stage] = realtime.modules("stage")[None].instances("aws_api_gateway_stage", "this").values()
    [logged] = stage["access_log_settings"]
    format_of_line = json.loads(logged["format"])
    assert format_of_line["route"] == "$context.resourcePath"
    assert not {"$context.path", "$context.identity.sourceIp"} & set(format_of_line.values())
    assert left_out_of_log(realtime) == ["uri_path", "query_string", "x-api-key"]


def left_out_of_log(endpoint: Configuration) -> list[str]:
    """What the log of an endpoint's web ACL leaves out: parts of requests, and headers by name."""
    firewall = endpoint.modules("stage")[None].modules("firewall")[None]
    [waf] = firewall.instances("aws_wafv2_web_acl_logging_configuration", "this").values()
    fields = [
        (block.body.blocks[0], scope) for block, scope in waf.block.expanded("redacted_fields", waf.scope)
    ]
    return [
        str(field.value("name", scope)) if field.kind == "single_header" else field.kind
        for field, scope in fields
    ]


def test_tasks_start_once_the_load_balancer_knows_them(read_module: "ReadModule") -> None:
    """ECS refuses a service whose target group belongs to no load balancer."""
    outputs = read_module("modules/web-link").blocks("output")
    [tasks] = [block["tasks"] for block in outputs if "tasks" in block]
    assert {"aws_lb_listener.this", "aws_lb_listener_rule.stage"} <= set(
        re.findall(r"aws_\w+\.\w+", str(tasks["depends_on"]))
    )


def test_understudy_is_reached_by_the_web_process_too() -> None:
    """In dev it answers for campaigns."""
    pipeline = pipeline_of(configuration("dev", realtime={"enabled": True}))
    assert "web" in pipeline.local("understudy_callers")
    given = pipeline.local("web_environment")
    assert given["AWS_ENDPOINT_URL_PERSONALIZE_RUNTIME"] == pipeline.local("understudy_url")
    assert pipeline_of(configuration("dev")).local("understudy_callers").keys() == {*CONSUMERS}
