"""Links in emails lead to a domain of the shop's own, which outlives the APIs behind it."""

import re
from typing import TYPE_CHECKING

from tests.architecture.test_settings import task_settings
from tests.support.configurations import configuration

if TYPE_CHECKING:
    from tests.architecture.conftest import ReadModule
    from tests.support.hcl.configuration import Configuration

DOMAIN = "links.shop.example"


def with_domain(*, live: bool) -> "Configuration":
    """Production with the domain."""
    return configuration("prod", link_domain={"name": DOMAIN, "live": live})


def links(made: "Configuration") -> list[str]:
    """Where links to unsubscribe and clicks lead."""
    settings = task_settings(made, "mailer")
    return [settings["FONDLY_MAILER_UNSUBSCRIBE_URL"], settings["FONDLY_MAILER_CLICKS_URL"]]


def records(made: "Configuration") -> list[tuple[str, str]]:
    """What the DNS has to say of the domain."""
    return [(each["name"], each["type"]) for each in made.modules("link_domain")[0].output("dns_records")]


def test_the_certificate_comes_first_and_links_are_as_before() -> None:
    """Its DNS record has to be entered before the domain can be made."""
    made = with_domain(live=False)
    assert links(made) == links(configuration("prod"))
    assert records(made) == [(f"_x.{DOMAIN}.", "CNAME")]


def test_links_name_no_api_that_could_be_replaced() -> None:
    """The domain leads to the APIs: for clicks under the stage's name, which the balancer takes off."""
    made = with_domain(live=True)
    assert links(made) == [f"https://{DOMAIN}/unsubscribe", f"https://{DOMAIN}/v1/click"]
    assert records(made) == [(f"_x.{DOMAIN}.", "CNAME"), (DOMAIN, "CNAME")]
    paths = {}
    for name in ("unsubscribe", "clicks"):
        api = made.modules(name)[0]
        [mapping] = api.instances("aws_api_gateway_base_path_mapping", "this").values()
        [rest_api] = api.instances("aws_api_gateway_rest_api", "this").values()
        assert (mapping["domain_name"], mapping["api_id"]) == (DOMAIN, rest_api["id"])
        paths[name] = mapping["base_path"] if "base_path" in set(mapping) else ""
    assert paths == {"unsubscribe": "", "clicks": made.modules("clicks")[0].local("stage")}


def test_the_domain_is_not_destroyed(read_module: "ReadModule") -> None:
    """Whoever changes it kills the links that were sent."""
    text = read_module("modules/link-domain").text
    [domain] = re.findall(r'resource "aws_api_gateway_domain_name" "this" \{.*?\n\}', text, re.DOTALL)
    assert "prevent_destroy = true" in domain
