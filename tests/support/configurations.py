"""The examples as Terraform would make them, with every option on that has policies of its own."""

from functools import cache
from typing import Any

from tests.support.hcl.configuration import Configuration
from tests.support.iam import Policies
from tests.support.policies import read_policies
from tests.support.terraform import INFRA

MODEL = "anthropic.claude-haiku-5-5"
PROFILE = f"eu.{MODEL}"
GUARDRAIL = "abcd1234"
MAIL_SERVER = {
    "host": "mail.shop.example",
    "user": "fondly",
    "dkim_selector": "fondly",
    "cidrs": ["10.30.0.0/16"],
}
MAILBOX = {"url": "imaps://replies%40shop.example@imap.shop.example", "cidrs": ["10.40.0.0/16"]}
SHOP = {
    "mailer": {
        "FONDLY_MAILER_BRAND_NAME": "Shop",
        "FONDLY_MAILER_FROM_ADDRESS": "hello@shop.example",
        "FONDLY_MAILER_POSTAL_ADDRESS": "1 Example Street",
    }
}
CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
CONSOLE = {"domain": "console.shop.example", "certificate_arn": CERTIFICATE}
VPC = {"id": "vpc-1", "cidr": "10.50.0.0/16", "private_subnet_ids": ["subnet-a", "subnet-b"]}
COMMON: dict[str, Any] = {"region": "eu-west-1", "image_tag": "1.2.3"}
MODEL_OF = {"mailer": {"model_id": PROFILE}}
WITHOUT: dict[str, Any] = {"sending": {}, "unsubscribe_endpoint": False}
"""What `examples/production` turns on, off again."""
INPUTS: dict[str, tuple[str, dict[str, Any]]] = {
    "prod": (
        "examples/production",
        {
            **MODEL_OF,
            "former_unsubscribe_keys": True,
            "clicks_enabled": True,
            "replies": {},
            "recommender": {"campaign": True},
            "realtime": {"enabled": True, "events": True},
        },
    ),
    "guarded": (
        "examples/production",
        {
            **WITHOUT,
            "mailer": {"model_id": PROFILE, "guardrail": {"id": GUARDRAIL, "version": "1"}},
            "realtime": {"enabled": True},
            "sending": {"transport": "smtp", "smtp": MAIL_SERVER, "mailbox": MAILBOX},
        },
    ),
    "console": ("examples/production", {**WITHOUT, **MODEL_OF, "nat": True, "console": CONSOLE}),
    "dev": ("examples/understudy-only", {}),
    "minimal": ("examples/minimal", {}),
    "existing": ("examples/existing-vpc", {}),
    "endpoints": (
        "examples/existing-vpc",
        {
            "vpc": {
                **VPC,
                "create_endpoints": True,
                "route_table_ids": ["rtb-a"],
                "egress_cidrs": [VPC["cidr"]],
            }
        },
    ),
    "account": ("bootstrap/account", {}),
    "bootstrap": ("bootstrap/region", {"region": "eu-west-1", "github_repository": "shop/fondly"}),
}


EXAMPLES = sorted(path.name for path in (INFRA / "examples").iterdir())


def example(folder: str) -> Configuration:
    """Return an example as its reader applies it."""
    return Configuration(INFRA / folder, {**COMMON, "shop": SHOP, "vpc": VPC})


def configuration(name: str, /, **inputs: Any) -> Configuration:  # noqa: ANN401 - inputs of any type
    """Return the module as an example calls it, or bootstrap, with further inputs."""
    folder, given = INPUTS[name]
    if folder.startswith("bootstrap"):
        return Configuration(INFRA / folder, {**given, **inputs})
    [call] = example(folder).modules("fondly").values()
    return Configuration(call.folder, {**call.inputs, **given, **inputs})


def pipeline_of(environment: Configuration) -> Configuration:
    """The module that runs the services."""
    return environment.modules("pipeline")[None]


@cache
def policies(name: str) -> Policies:
    """Return the policies of an environment, read once."""
    return read_policies(configuration(name))
