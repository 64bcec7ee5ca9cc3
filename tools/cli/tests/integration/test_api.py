"""`fondly api`, against an emulator: tokens and webhooks come and go, and their secrets are shown once."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Fondly


def test_the_document_is_printed(fondly: "Fondly") -> None:
    """As a program reads it."""
    assert fondly("api").json["openapi"] == "3.1.0"


def test_a_token_is_shown_once(fondly: "Fondly") -> None:
    """And listed without itself, until it is revoked."""
    made = fondly("api", "token", "create", "till", "--role", "reader", "--days", "7", "--by", "ada")
    token = next(word for word in made.out.split() if word.startswith("fondly_till_"))
    (listed,) = fondly("api", "token", "list", "--json").json
    assert (listed["name"], listed["role"], listed["by"]) == ("till", "reader", "ada")
    assert token not in str(listed) + str(fondly("audit", "--json").json)
    assert fondly("api", "token", "create", "till", "--role", "viewer").code == 1
    assert fondly("api", "token", "revoke", "till").code == 0
    assert fondly("api", "token", "list", "--json").json == []


def test_a_webhook_is_added_for_some_events_and_removed(fondly: "Fondly") -> None:
    """An address within the network is none, nor is an event that there is not."""
    url = "https://shop.example/hook"
    made = fondly("api", "webhook", "add", url, "--events", "delivery.done", "--json").json[0]
    assert made["secret"].startswith("whsec_")
    (listed,) = fondly("api", "webhook", "list", "--json").json
    assert (listed["url"], listed["events"]) == (url, ["delivery.done"])
    assert "secret" not in listed
    assert url in fondly("api", "webhook", "list").out
    assert fondly("api", "webhook", "add", "https://10.0.0.1/").code == 1
    assert fondly("api", "webhook", "add", url, "--events", "x").code == 2
    assert fondly("api", "webhook", "deliveries", "--json").json == []
    assert fondly("api", "webhook", "replay", "run-1_x").code == 1
    assert fondly("api", "webhook", "remove", made["endpoint"]).code == 0
    assert fondly("api", "webhook", "list", "--json").json == []
