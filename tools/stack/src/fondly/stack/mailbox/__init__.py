"""A mail server for this machine: it keeps what is delivered to it, and fails on demand."""

from encore.stack.mailbox.faults import Fault, Faults
from encore.stack.mailbox.server import MailboxServer
from encore.stack.mailbox.store import Mailbox, Received

__all__ = ["Fault", "Faults", "Mailbox", "MailboxServer", "Received"]
