"""Sends one finished email as a test, by the transport of the deployment."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from fondly.contracts.clock import utc_now
from fondly.operations.delivery.deployed import deployed_with_secrets
from fondly.operations.delivery.given import address_given
from fondly.operations.emails.finished import Emails
from fondly.operations.environment import Environment, open_client
from fondly.operations.errors import OperationError
from fondly.sender.adapters.transports import open_transport
from fondly.sender.domain.fields import dated
from fondly.sender.domain.trial import trial_email
from fondly.sender.ports import DeferredError, InDoubtError, Outgoing, RefusedError, Transport
from fondly.sender.settings import SenderSettings

MOST_ADDRESSES = 20
TAGS = {"fondly_test": "yes"}
"""A tag that names neither run nor customer: what comes back is about nobody's email."""


class SentTest(BaseModel):
    """What became of a test email."""

    to: str
    accepted: bool
    said: str
    """What the provider calls it, or why it did not accept it."""


@dataclass(frozen=True)
class _Opening:
    """What a transport is opened with; `stack` closes it."""

    settings: SenderSettings
    region: str
    stack: AsyncExitStack

    async def new_client(self, service: str, **config: Any) -> Any:  # noqa: ANN401 - clients have no common type
        """Open a client."""
        return await self.stack.enter_async_context(open_client(service, self.region, **config))

    async def enter(self, context: AbstractAsyncContextManager[Any]) -> Any:  # noqa: ANN401 - whatever it is
        """Open something else."""
        return await self.stack.enter_async_context(context)


def read_addresses(texts: Sequence[str]) -> list[str]:
    """Return the addresses of a test, each once; raise `OperationError` for what is none."""
    if len(texts) > MOST_ADDRESSES:
        raise OperationError(f"--to has {len(texts)} addresses, expected at most {MOST_ADDRESSES}")
    return list(dict.fromkeys(address_given(each, "--to") for each in texts))


async def send_test(
    environment: Environment, emails: Emails, customer_id: str, addresses: Sequence[str]
) -> list[SentTest]:
    """Send a customer's email to these addresses instead, marked as a test.

    No record is made of it: it counts as an email to nobody, and a click on "unsubscribe" changes nothing.
    Raises `OperationError` if there is no such email, or no transport.
    """
    content = await emails.message(customer_id)
    settings = await deployed_with_secrets(environment)
    async with AsyncExitStack() as stack:
        try:
            opened = await open_transport(_Opening(settings, environment.region, stack))
        except DeferredError as error:
            raise OperationError(str(error)) from error
        return [await _send(opened.transport, emails, customer_id, content, each) for each in addresses]


async def _send(
    transport: Transport, emails: Emails, customer_id: str, content: bytes, address: str
) -> SentTest:
    email = Outgoing(
        run_id=emails.run.run_id,
        customer_id=customer_id,
        address=address,
        content=dated(trial_email(content, address), utc_now()),
        tags=TAGS,
    )
    try:
        accepted = await transport.send(email)
    except (DeferredError, RefusedError) as error:
        return SentTest(to=address, accepted=False, said=str(error))
    except InDoubtError as error:
        return SentTest(to=address, accepted=False, said=f"it may have been accepted or not: {error}")
    return SentTest(to=address, accepted=True, said=accepted.provider_id)
