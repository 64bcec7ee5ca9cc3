"""A strict mail server for tests, which keeps what is delivered to it, and fails on demand.

    with MailboxServer(faults=Faults(seed=1, later=0.1, accept_then_die=0.05)) as server:
        ...  # deliver to server.host, server.port
    assert server.mailbox.defects == []
    assert max(server.mailbox.counts().values()) == 1  # by recipient and Message-ID

`python -m tests.support.mailbox --folder out/mailbox` serves programs: the folder has `000001.eml` and so on,
and a line of `messages.jsonl` for each, with what is wrong.
"""

from tests.support.mailbox.faults import Fault, Faults
from tests.support.mailbox.server import MailboxServer
from tests.support.mailbox.store import Mailbox, Received

__all__ = ["Fault", "Faults", "Mailbox", "MailboxServer", "Received"]
