"""The transport of a deployment that delivers nothing."""

from typing import NoReturn

from fondly.sender.ports import Outgoing, UnusableError
from fondly.sender.settings import TransportKind


class NoTransport:
    """Hands nothing over."""

    name = TransportKind.NONE.value

    async def send(self, email: Outgoing) -> NoReturn:  # noqa: ARG002 - whatever the email
        """Raise `UnusableError`."""
        raise UnusableError("no transport is set, expected FONDLY_SENDER_TRANSPORT to be smtp or ses")
