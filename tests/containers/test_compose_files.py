"""What the compose files guarantee, before anything runs."""

import os
import re
from pathlib import Path
from typing import Any

import pytest

from fondly.console.settings import ConsoleSettings
from fondly.operations.local_stack import ENVIRONMENT
from fondly.operations.topology import load_topology
from fondly.recommender.settings import RecommenderWebSettings
from fondly.runtime.settings import PREFIX
from fondly.sender.settings import SenderSettings
from fondly.stack.embedded import LOCAL_SETTINGS
from fondly.stack.provision import provision
from tests.support.containers import Compose
from tests.support.services import CONSUMERS

ROOT = Path(__file__).parents[2]
OURS = (*CONSUMERS, "understudy", "provisioner")
EMULATOR, WEB, PAGES, CONSOLE = "emulator", "web", "unsubscribe", "console"
AWS = {
    "AWS_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "id",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "FONDLY_PERSONALIZE_ROLE_ARN": "arn:aws:iam::000000000000:role/personalize",
}


def services(compose: Compose, *overrides: str, **environment: str) -> dict[str, dict[str, Any]]:
    """The services of the project's file and the overrides, as compose resolves them."""
    files = os.pathsep.join(str(ROOT / file) for file in ("docker-compose.yml", *overrides))
    return compose.services(COMPOSE_FILE=files, **environment)


def test_services_have_the_names_that_the_provisioner_gives(
    compose: Compose, emulator_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every resource has its setting, which differs only in the emulator's address and account."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator_url)
    given = provision(load_topology(), environment=ENVIRONMENT, region="eu-west-1").settings()
    expected = {
        name: value.replace(emulator_url, "http://emulator:4566").replace("123456789012", "000000000000")
        for name, value in given.items()
    }
    for name, service in services(compose).items():
        if name in CONSUMERS:
            assert expected.items() <= service["environment"].items()


def test_containers_have_the_settings_of_the_embedded_stack(compose: Compose) -> None:
    """Intervals and placeholder names are those of `make demo`."""
    expected = {name: value for name, value in LOCAL_SETTINGS.items() if name.startswith("FONDLY_")}
    for name, service in services(compose).items():
        if name in CONSUMERS:
            assert expected.items() <= service["environment"].items()


@pytest.mark.parametrize("override", [None, "docker-compose.aws.yml"])
def test_our_containers_are_confined(compose: Compose, override: str | None) -> None:
    """They are read-only and have no privileges; only web processes and the emulator have a port."""
    found = services(compose, *([override] if override else []), **AWS)
    published = {EMULATOR, WEB, PAGES, CONSOLE}
    for name in {*OURS, *published} & set(found):
        service = found[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert ("ports" in service) == (name in published)
        assert "container_name" not in service


def test_the_web_process_is_the_recommenders_image_with_another_module(compose: Compose) -> None:
    """It has the recommender's settings, a health check of its own, and a key: its address is no loopback."""
    found = services(compose)
    web, recommender = found[WEB], found["recommender"]
    assert web["image"] == recommender["image"]
    own = {
        name: value for name, value in web["environment"].items() if name not in recommender["environment"]
    }
    assert own.keys() == {"MODULE", *(f"{PREFIX}RECOMMENDER_WEB_{name}" for name in ("HOST", "PORT", "KEYS"))}
    assert recommender["environment"].items() <= web["environment"].items()
    assert own["MODULE"] == "fondly.recommender.web"
    port = own[f"{PREFIX}RECOMMENDER_WEB_PORT"]
    assert f"127.0.0.1:{port}/live" in web["healthcheck"]["test"][-1]
    [published] = web["ports"]
    assert str(published["target"]) == port
    RecommenderWebSettings.model_validate(
        {name.removeprefix(PREFIX).lower(): value for name, value in web["environment"].items() if value}
    )


@pytest.mark.parametrize("override", [None, "docker-compose.aws.yml"])
def test_feedback_is_the_senders_image_with_another_module(compose: Compose, override: str | None) -> None:
    """Both have the same settings; each is healthy by a file of its own."""
    found = services(compose, *([override] if override else []), **AWS)
    sender, feedback = found["sender"], found["feedback"]
    assert feedback["image"] == sender["image"]
    assert feedback["environment"] == {**sender["environment"], "MODULE": "fondly.sender.feedback"}
    assert sender["environment"]["FONDLY_SENDER_TRANSPORT"] == "none"
    assert sender["environment"]["FONDLY_SENDER_APPROVAL"] == "required"


def test_the_pages_are_the_senders_image_with_another_module(compose: Compose) -> None:
    """They have its settings, a health check of their own, and a key although nothing signs links."""
    found = services(compose)
    pages, sender = found[PAGES], found["sender"]
    assert pages["image"] == sender["image"]
    own = {name: value for name, value in pages["environment"].items() if name not in sender["environment"]}
    assert own.keys() == {"MODULE", f"{PREFIX}SENDER_WEB_HOST", f"{PREFIX}SENDER_WEB_PORT"}
    assert own["MODULE"] == "fondly.sender.web"
    port = own[f"{PREFIX}SENDER_WEB_PORT"]
    assert f"127.0.0.1:{port}/live" in pages["healthcheck"]["test"][-1]
    [published] = pages["ports"]
    assert str(published["target"]) == port
    assert "FONDLY_MAILER_UNSUBSCRIBE_URL" not in {n for n, value in pages["environment"].items() if value}


def test_the_console_knows_the_address_that_browsers_have(compose: Compose) -> None:
    """Its own port is another, and it answers no other name; it has the services' settings."""
    console = services(compose, FONDLY_CONSOLE_PORT="9999")[CONSOLE]
    given = {
        name.removeprefix(PREFIX).lower(): value for name, value in console["environment"].items() if value
    }
    settings = ConsoleSettings.model_validate(given)
    [published] = console["ports"]
    assert (published["published"], published["target"]) == ("9999", settings.console_port)
    assert {"127.0.0.1:9999", "127.0.0.1:8080"} <= settings.hosts
    assert "127.0.0.1:8080/live" in console["healthcheck"]["test"][-1]


def test_with_the_mailbox_the_sender_is_told_of_one_variable_only(compose: Compose) -> None:
    """Its server, port and lack of encryption are the mailbox's by default, in the network of both."""
    found = services(compose, COMPOSE_PROFILES="mail", FONDLY_SENDER_TRANSPORT="smtp")
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in found["sender"]["environment"].items()
        if value
    }
    settings = SenderSettings.model_validate(given)
    assert (settings.sender_transport, settings.sender_smtp_security) == ("smtp", "none")
    assert settings.sender_smtp_host in found
    assert set(found["sender"]["networks"]) & set(found[settings.sender_smtp_host]["networks"])


def test_ports_are_published_on_loopback_only(compose: Compose) -> None:
    """Other machines reach nothing, and our containers reach only the emulator and understudy."""
    found = services(compose, COMPOSE_PROFILES="mail")
    published = [port for service in found.values() for port in service.get("ports", [])]
    assert published
    assert {port["host_ip"] for port in published} == {"127.0.0.1"}
    assert {network for name in OURS for network in found[name]["networks"]} == {"private"}


def test_the_mailbox_starts_only_with_its_profile(compose: Compose) -> None:
    """Its image is optional, and nothing depends on it."""
    assert "mailpit" not in services(compose)
    found = services(compose, COMPOSE_PROFILES="mail")
    assert "mailpit" in found
    assert not any("mailpit" in service.get("depends_on", {}) for service in found.values())


def test_localstack_differs_in_the_emulator_only(compose: Compose) -> None:
    """It is published by the same port, for this machine only, and everything reaches it by the same name."""
    default, found = services(compose), services(compose, "docker-compose.localstack.yml")
    own, stand_in = default.pop(EMULATOR), found.pop(EMULATOR)
    assert default == found
    assert all(own[same] == stand_in[same] for same in ("ports", "networks", "security_opt"))
    assert "build" not in stand_in


def test_on_aws_no_service_uses_an_emulator(compose: Compose) -> None:
    """With credentials only the services run, and no endpoint is set."""
    found = services(compose, "docker-compose.aws.yml", **AWS)
    assert set(found) == set(CONSUMERS)
    for service in found.values():
        assert not any(name.startswith("AWS_ENDPOINT_URL") for name in service["environment"])
        assert AWS.items() <= service["environment"].items()


@pytest.mark.parametrize(
    "file", ["docker-compose.yml", "docker-compose.aws.yml", "docker-compose.localstack.yml"]
)
def test_every_variable_is_documented(file: str) -> None:
    """`.env.example` names each variable of the compose files."""
    described = set(re.findall(r"^#?(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert set(re.findall(r"\$\{(\w+)", (ROOT / file).read_text())) <= described
