"""The endpoint that counts clicks: off by default, one route, reached in one way, silent about readers."""

import json

import pytest

from fondly.contracts.click_links import ClickLinks
from fondly.sender.web.clicks import ClickRoutes
from tests.architecture.test_realtime import assert_reached_by_link_alone, left_out_of_log
from tests.architecture.test_settings import task_settings
from tests.support.configurations import configuration
from tests.support.hcl.configuration import Configuration
from tests.support.hcl.values import InvalidInputError


@pytest.fixture(scope="module")
def clicks() -> Configuration:
    """The endpoint of prod."""
    return configuration("prod").modules("clicks")[0]


def test_it_is_off_by_default_and_links_lead_to_the_shop() -> None:
    """Counting takes consent, and costs money while nobody clicks."""
    usual = configuration("guarded")
    pipeline = usual.modules("pipeline")[None]
    assert (usual.modules("clicks"), pipeline.modules("clicks")) == ({}, {})
    assert "FONDLY_MAILER_CLICKS_URL" not in task_settings(usual, "mailer")
    on = configuration("prod")
    assert len(on.modules("pipeline")[None].modules("clicks")) == 1
    assert task_settings(on, "mailer")["FONDLY_MAILER_CLICKS_URL"].endswith("/click")


def test_links_are_signed_by_the_key_of_the_unsubscribe_endpoint() -> None:
    """Without it there would be no key that the process could check."""
    with pytest.raises(InvalidInputError, match="unsubscribe_endpoint = true"):
        configuration("guarded", clicks_enabled=True).validate()
    configuration("guarded", clicks_enabled=True, unsubscribe_endpoint=True).validate()


def test_the_one_route_is_that_of_the_web_process(clicks: Configuration) -> None:
    """Pages to unsubscribe stay with the endpoint that needs no task."""
    methods = clicks.instances("aws_api_gateway_method", "click").values()
    [resource] = clicks.instances("aws_api_gateway_resource", "click").values()

    async def send(message: str) -> None:
        raise AssertionError(message)

    [route] = ClickRoutes(ClickLinks((b"key",)), send).all()
    assert f"/{resource['path_part']}" == route.path
    assert {each["http_method"] for each in methods} == set(route.methods or ()) == {"GET", "HEAD"}


def test_tasks_are_reached_through_the_link_and_the_load_balancer_only(clicks: Configuration) -> None:
    """As those of the real-time endpoint are."""
    service = configuration("prod").modules("pipeline")[None].modules("clicks")[0]
    assert_reached_by_link_alone(clicks.modules("link")[None], service)


def test_no_log_names_readers(clicks: Configuration) -> None:
    """The query names customers, and addresses are theirs: neither gateway nor WAF keeps them."""
    [stage] = clicks.modules("stage")[None].instances("aws_api_gateway_stage", "this").values()
    [logged] = stage["access_log_settings"]
    said = " ".join(json.loads(logged["format"]).values())
    assert "$context.resourcePath" in said
    assert not any(word in said for word in ("context.path", "sourceIp", "querystring", "requestOverride"))
    assert left_out_of_log(clicks) == ["uri_path", "query_string"]


def test_a_reader_is_never_without_a_task() -> None:
    """A link that leads nowhere is worse than one that is not counted: two tasks at least, more by load."""
    service = configuration("prod").modules("pipeline")[None].modules("clicks")[0]
    [target] = service.instances("aws_appautoscaling_target", "load").values()
    assert target["min_capacity"] >= 2
    assert target["max_capacity"] > target["min_capacity"]
