"""`fondly api`, against an emulator: what programs may ask for, as somebody at a terminal does."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Fondly


def test_the_document_is_printed(fondly: "Fondly") -> None:
    """As a program reads it."""
    assert fondly("api").json["openapi"] == "3.1.0"


def test_a_token_is_shown_once(fondly: "Fondly") -> None:
    """And listed without itself, until it is revoked."""
    made = fondly("api", "call", "create_token", "name=till", "role=reader", "days=7", "--by", "ada").json
    assert made["token"].startswith("fondly_till_")
    (listed,) = fondly("api", "call", "list_tokens").json
    assert (listed["name"], listed["role"], listed["by"]) == ("till", "reader", "ada")
    assert made["token"] not in str(listed) + str(fondly("audit", "--json").json)
    assert fondly("api", "call", "create_token", "name=till", "role=viewer").code == 1
    assert fondly("api", "call", "revoke_token", "name=till").json is None
    assert fondly("api", "call", "list_tokens").json == []


def test_a_webhook_is_added_for_some_events_and_removed(fondly: "Fondly") -> None:
    """An address within the network is none."""
    url = "https://shop.example/hook"
    made = fondly("api", "call", "add_webhook", f"url={url}", 'events=["delivery.done"]').json
    assert made["secret"].startswith("whsec_")
    (listed,) = fondly("api", "call", "list_webhooks").json
    assert (listed["url"], listed["events"]) == (url, ["delivery.done"])
    assert "secret" not in listed
    assert fondly("api", "call", "add_webhook", "url=https://10.0.0.1/").code == 1
    assert fondly("api", "call", "list_webhook_deliveries", "limit=5").json == []
    assert fondly("api", "call", "replay_webhook", "message=run-1_x").code == 1
    assert fondly("api", "call", "remove_webhook", f"endpoint={made['endpoint']}").json is None
    assert fondly("api", "call", "list_webhooks").json == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["no_such"], "found no_such, expected one of list_runs, "),
        (["add_webhook"], "url: Field required"),
        (["add_webhook", "url"], "found url, expected NAME=VALUE"),
        (["add_webhook", "url=https://shop.example", "events=[x"], "events: found no JSON"),
        (["add_webhook", "url=https://shop.example", 'events=["x"]'], "events.0: Input should be "),
        (["list_runs", "limit=0"], "limit: Input should be greater than or equal to 1"),
    ],
)
def test_what_cannot_be_asked_for_is_wrong_usage(fondly: "Fondly", arguments: list[str], told: str) -> None:
    """The line says what is wrong with which argument."""
    refused = fondly("api", "call", *arguments)
    assert refused.code == 2
    assert told in refused.err
