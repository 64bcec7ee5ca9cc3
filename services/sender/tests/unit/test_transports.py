"""The settings name the transport."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

import pydantic
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from fondly.runtime.retry import NO_SDK_RETRIES
from fondly.sender.adapters.careful import CarefulTransport
from fondly.sender.adapters.dkim import DkimKeyError
from fondly.sender.adapters.smtp import SmtpTransport
from fondly.sender.adapters.transports import open_transport
from fondly.sender.ports import UnusableError
from fondly.sender.settings import SenderSettings
from services.sender.tests.messages import outgoing

RESOURCES = {
    "data_bucket": "data",
    "runs_table": "runs",
    "sender_queue_url": "http://127.0.0.1/queue",
    "dispatches_table": "dispatches",
    "suppressions_table": "suppressions",
    "contacts_table": "contacts",
    "email_sent_topic_arn": "arn:sent",
    "email_suppressed_topic_arn": "arn:suppressed",
    "run_finished_topic_arn": "arn:finished",
}


class FakeSes:
    """Says what the account may send."""

    def __init__(self, per_s: float) -> None:
        self._per_s = per_s

    async def get_account(self) -> dict[str, Any]:
        """Return the quota."""
        return {"SendQuota": {"Max24HourSend": 200.0, "MaxSendRate": self._per_s, "SentLast24Hours": 3.0}}


@dataclass
class FakeRuntime:
    """Opens clients and closes nothing."""

    settings: SenderSettings
    ses: FakeSes = field(default_factory=lambda: FakeSes(14.0))
    asked: dict[str, Any] = field(default_factory=dict)

    async def new_client(self, service: str, **config: object) -> FakeSes:
        """Return the client of SES."""
        self.asked = {"service": service, **config}
        return self.ses

    async def enter(self, manager: AbstractAsyncContextManager[SmtpTransport]) -> SmtpTransport:
        """Open something."""
        return await manager.__aenter__()


def _runtime(**settings: object) -> FakeRuntime:
    return FakeRuntime(SenderSettings.model_validate({**RESOURCES, **settings}))


async def test_ses_tells_its_rate_and_is_never_retried() -> None:
    """A retry by the SDK would send an email twice."""
    runtime = _runtime(sender_transport="ses")
    opened = await open_transport(runtime)
    assert (opened.transport.name, opened.per_s, opened.quota) == ("ses", 14.0, "ses")
    assert opened.units == {"ses.emails": 1}
    assert runtime.asked["service"] == "sesv2"
    assert runtime.asked["retries"] == NO_SDK_RETRIES


async def test_rate_of_the_settings_counts_for_more() -> None:
    """Others may send by the same account."""
    opened = await open_transport(_runtime(sender_transport="ses", sender_per_s=5))
    assert opened.per_s == 5


async def test_no_more_is_reserved_by_smtp_than_connections_take_soon() -> None:
    """Three for each; SES takes as many at a time as the process hands over."""
    opened = await open_transport(_runtime(sender_transport="smtp", sender_smtp_connections=3))
    assert opened.places == 9
    opened = await open_transport(_runtime(sender_transport="ses", sender_parallel=20))
    assert opened.places == 20


async def test_account_that_may_send_nothing() -> None:
    """SES has shut it down: a service that starts would only wait."""
    runtime = _runtime(sender_transport="ses")
    runtime.ses = FakeSes(0.0)
    with pytest.raises(UnusableError, match="no emails"):
        await open_transport(runtime)


async def test_none_hands_nothing_over() -> None:
    """It says which setting is missing."""
    opened = await open_transport(_runtime())
    assert opened.transport.name == "none"
    with pytest.raises(UnusableError, match="FONDLY_SENDER_TRANSPORT"):
        await opened.transport.send(outgoing())


async def test_smtp_needs_a_key_that_signs() -> None:
    """A key that cannot be read is found when the service starts, not at the first email."""
    broken = {"sender_dkim_key": "nothing", "sender_dkim_selector": "s2026"}
    with pytest.raises(DkimKeyError):
        await open_transport(_runtime(sender_transport="smtp", **broken))


@pytest.mark.parametrize(
    ("host", "covered"), [("smtp.shop.example", True), ("email-smtp.eu-west-1.amazonaws.com", False)]
)
async def test_signature_covers_what_the_server_keeps(host: str, covered: bool) -> None:  # noqa: FBT001
    """SES's mail servers overwrite Date and Message-ID."""
    pem = rsa.generate_private_key(65_537, 2_048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key = {"sender_dkim_key": pem.decode(), "sender_dkim_selector": "s2026", "sender_smtp_host": host}
    opened = await open_transport(_runtime(sender_transport="smtp", **key))
    assert isinstance(opened.transport, CarefulTransport)
    assert isinstance(opened.transport._transport, SmtpTransport)
    sign = opened.transport._transport._sign
    assert sign is not None
    signature = sign(outgoing().content).partition(b"\r\n bh=")[0]
    assert (b"message-id" in signature) is covered
    assert b"list-unsubscribe-post" in signature


@pytest.mark.parametrize(
    "address",
    ["", "Us <b@shop.example>", "b@shop.example>\r\nRCPT TO:<x@else.example", "b\u00fc@shop.example"],
)
def test_a_bounce_address_says_nothing_else_to_a_server(address: str) -> None:
    """It stands as it is in a command of SMTP."""
    with pytest.raises(pydantic.ValidationError, match="expected one address"):
        _runtime(sender_transport="smtp", sender_bounce_address=address)
