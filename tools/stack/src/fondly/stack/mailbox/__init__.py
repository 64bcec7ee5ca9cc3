"""A mail server for this machine: it keeps what is delivered to it, and fails on demand."""

from fondly.stack.mailbox.faults import Fault, Faults
from fondly.stack.mailbox.server import MailboxServer
from fondly.stack.mailbox.store import Mailbox, Received

__all__ = ["Fault", "Faults", "Mailbox", "MailboxServer", "Received"]
