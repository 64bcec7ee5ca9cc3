"""Reads a mail server's log: which messages it has accepted, and when it can say that it has not.

Postfix names a message's id when cleanup(8) reads its header; it may still be refused or broken off until
qmgr(8) has it in the queue. Exim's `<=` has both (Exim specification, "Log files"), and so has the index of a
local stack's own server. A log's times, of whatever zone, are compared by the emails that both sides know.
"""

import gzip
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from fondly.operations.errors import OperationError

MAX_LINE_BYTES = 8_192
LATEST = timedelta(minutes=15)
"""A server may take ten minutes for its last reply (RFC 5321, 4.5.3.2.6)."""
_NAMED = re.compile(r" (\w{1,30}): message-id=<([^<>\s]+)>")
_QUEUED = re.compile(r" (\w{1,30}): from=<[^<>\s]*>, size=\d+, nrcpt=\d+ \(queue active\)")
_TAKEN = re.compile(r' ([\w-]{16,23}) <= .* id=([^<>\s]+)|"file": "0*(\d+)\.eml".* "message_id": "([^"]+)"')
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)")
_SYSLOG = re.compile(r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d")


class MailLog:
    """What a server's logs, the oldest first, say of messages by their ids or by known queue ids."""

    def __init__(
        self, files: Sequence[Path], message_ids: Collection[str], known: Mapping[str, datetime]
    ) -> None:
        """Read the logs, `known` being when the sender was told of queue ids; raise `OperationError`."""
        self.accepted: dict[str, str] = {}
        """Queue ids by message id."""
        self._message_ids, self._known = message_ids, known
        self._ahead: dict[str, timedelta] = {}
        """By how much the sender's clock is ahead of the log's, by known queue id."""
        self._named: dict[str, str] = {}
        first, line = "", ""
        for line in _lines(files):
            first = first or line
            self._take(line)
        self._first, self._last = _time(first), _time(line)

    def refutes(self, since: datetime, until: datetime) -> bool:
        """Whether a message is not accepted that was handed over in a time and is not there.

        Then the logs begin before and end well after it, and have every email that the sender knows.
        """
        if not self._ahead or self._ahead.keys() != self._known.keys() or not self._first or not self._last:
            return False
        begins, ends = self._first + max(self._ahead.values()), self._last + min(self._ahead.values())
        return begins <= since and until + LATEST <= ends

    def _take(self, line: str) -> None:
        if found := _NAMED.search(line):
            self._named[found[1]] = found[2] if found[2] in self._message_ids else ""
        elif found := _QUEUED.search(line):
            self._accept(found[1], self._named.pop(found[1], ""), line)
        elif found := _TAKEN.search(line):
            self._accept(found[1] or found[3], found[2] or found[4], line)

    def _accept(self, queue_id: str, message_id: str, line: str) -> None:
        if message_id in self._message_ids:
            self.accepted[message_id] = queue_id
        if queue_id in self._known and queue_id not in self._ahead and (at := _time(line)):
            self._ahead[queue_id] = self._known[queue_id] - at


def _lines(files: Sequence[Path]) -> Iterator[str]:
    """Yield lines, also of packed logs; a line that is too long comes in pieces."""
    for path in files:
        try:
            with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as log:
                while line := log.readline(MAX_LINE_BYTES):
                    yield line.decode("utf-8", "replace")
        except (OSError, EOFError) as error:
            raise OperationError(f"{path} cannot be read as a log: {error}") from error


def _time(line: str) -> datetime | None:
    """The time of a line by the log's own clock, as if that were UTC; syslog's has no year."""
    try:
        if found := _ISO.search(line):
            return datetime.fromisoformat(f"{found[1]} {found[2]}+00:00")
        found = _SYSLOG.match(line)
        return datetime.strptime(f"2000 {found[0]}+0000", "%Y %b %d %H:%M:%S%z") if found else None
    except ValueError:
        return None
