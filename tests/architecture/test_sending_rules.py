"""The rules of mailbox providers: each has a test that exists; and those that the infrastructure keeps to."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.configurations import configuration
from tests.support.hcl.configuration import Configuration

ROOT = Path(__file__).parents[2]
RULES = ROOT / "docs/sending-rules.md"
TEST = re.compile(r"`([\w/]+\.py)::(\w+|\*)`")
PROVIDERS = ("Gmail", "Yahoo", "Microsoft")
DOMAIN = "shop.example"


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield each rule with who asks for it and the cell of its tests."""
    section = RULES.read_text("utf-8").split("## The rules", 1)[1].split("\n## ", 1)[0]
    for line in section.splitlines():
        if line.startswith("| ") and not line.startswith(("| rule |", "| ---")):
            rule, asked_by, _, tests = (cell.strip() for cell in line.strip("|").split("|"))
            yield rule, asked_by, tests


@cache
def found_in(file: str) -> frozenset[str]:
    """The names of a file's tests."""
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    return frozenset(name for name in found if name.startswith("test_"))


@cache
def email() -> Configuration:
    """The email module in production."""
    return configuration("prod").modules("email")[0]


@pytest.mark.parametrize(("rule", "tests"), [(rule, tests) for rule, _, tests in rows()])
def test_every_rule_has_a_test(rule: str, tests: str) -> None:
    """A test that was renamed or removed leaves its rule without one."""
    named = TEST.findall(tests)
    assert named, rule
    assert TEST.sub("", tests).strip() == ""
    missing = [
        f"{file}::{name}" for file, name in named if not found_in(file) or name not in {*found_in(file), "*"}
    ]
    assert missing == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_provider_asks_for_something(provider: str) -> None:
    """The table names each of them, by the rows that are read here."""
    asked = [rule for rule, asked_by, _ in rows() if provider in asked_by]
    assert len(asked) >= 5


def test_spf_aligns_with_the_sender() -> None:
    """The envelope's domain is below that of `From`, and only SES may send for it."""
    [envelope] = email().instances("aws_sesv2_email_identity_mail_from_attributes", "this").values()
    assert envelope["mail_from_domain"] == f"bounce-eu-west-1.{DOMAIN}"
    assert record("TXT", f"bounce-eu-west-1.{DOMAIN}") == "v=spf1 include:amazonses.com -all"
    assert record("MX", f"bounce-eu-west-1.{DOMAIN}") == "10 feedback-smtp.eu-west-1.amazonses.com"


def test_ses_signs_with_a_long_key() -> None:
    """For the domain of `From` itself, so DKIM aligns."""
    [identity] = email().instances("aws_sesv2_email_identity", "this").values()
    assert identity["email_identity"] == DOMAIN
    [signing] = identity["dkim_signing_attributes"]
    assert signing["next_signing_key_length"] == "RSA_2048_BIT"


def test_dmarc_has_a_policy() -> None:
    """Relaxed alignment: the envelope's domain is a subdomain."""
    policy = dict(tag.split("=") for tag in record("TXT", f"_dmarc.{DOMAIN}").split("; "))
    assert policy["v"] == "DMARC1"
    assert policy["p"] in {"none", "quarantine", "reject"}
    assert (policy["adkim"], policy["aspf"]) == ("r", "r")


def test_ses_delivers_over_tls_only() -> None:
    """A mailbox provider without it gets no email."""
    [chosen] = email().instances("aws_sesv2_configuration_set", "this").values()
    [options] = chosen["delivery_options"]
    assert options["tls_policy"] == "REQUIRE"


def test_what_is_yours_is_told() -> None:
    """Over SMTP the sending address is the shop's own: the page says what its DNS has to have."""
    section = RULES.read_text("utf-8").split("What Fondly cannot do for you:", 1)[1].split("\n## ", 1)[0]
    assert "forward and reverse DNS" in " ".join(section.split())


def test_mails_that_unsubscribe_reach_the_feedback_process() -> None:
    """The address that the mailer names is the one that SES receives for; others' mails it refuses."""
    address = f"unsubscribe@replies.{DOMAIN}"
    [rule] = email().instances("aws_ses_receipt_rule", "replies").values()
    assert rule["recipients"] == [address]
    [action] = rule["sns_action"]
    [topic] = email().instances("aws_sns_topic", "replies").values()
    assert (action["topic_arn"], action["encoding"]) == (topic["arn"], "Base64")
    assert record("MX", f"replies.{DOMAIN}") == "10 inbound-smtp.eu-west-1.amazonaws.com"
    pipeline = configuration("prod").modules("pipeline")[None]
    assert pipeline.local("mailer_settings")["FONDLY_MAILER_UNSUBSCRIBE_ADDRESS"] == address
    assert email().output("feedback_topic_arns")["replies"] == topic["arn"]


def test_an_active_rule_set_of_others_stays_active() -> None:
    """An account has one: making another one active would stop what the first one received."""
    for given, own in ((None, 1), ("of-the-shop", 0)):
        module = configuration("prod", replies={"rule_set_name": given}).modules("email")[0]
        assert len(module.instances("aws_ses_active_receipt_rule_set", "this")) == own
        [rule] = module.instances("aws_ses_receipt_rule", "replies").values()
        assert rule["rule_set_name"] == (given or "fondly-prod")


def test_nothing_is_received_unless_it_is_asked_for() -> None:
    """A region may receive nothing, and an MX record is the shop's to set."""
    module = configuration("prod", replies=None).modules("email")[0]
    for kind in ("aws_ses_receipt_rule_set", "aws_ses_active_receipt_rule_set"):
        assert not module.instances(kind, "this")
    assert not module.instances("aws_sns_topic", "replies")
    assert "replies" not in module.output("feedback_topic_arns")


def record(kind: str, name: str) -> str:
    """The value of the one DNS record of a kind that the module prints for a name."""
    found = [
        each["value"] for each in email().local("dns_records") if (each["type"], each["name"]) == (kind, name)
    ]
    [value] = found
    return str(value)
