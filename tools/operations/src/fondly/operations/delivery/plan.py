"""What an approval leads to, in one line, before somebody says yes to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo

from fondly.operations.formatting import age, count, since

SECONDS_PER_HOUR = 3_600
SHOWN_SEEDS = 3


@dataclass(frozen=True)
class Plan:
    """Who gets an email, when, how fast, and by what."""

    emails: int
    """How many emails the run has made."""
    held_out: int = 0
    """How many customers get no email, for comparison."""
    without_address: int = 0
    """How many of the emails go to nobody, as their customers have no address."""
    settled: int = 0
    """How many emails are settled already: they are not sent again."""
    sample: int = 0
    seeds: tuple[str, ...] = ()
    starts_at: datetime | None = None
    per_hour: int | None = None
    how: str | None = None
    """The transport; None if it is not known."""
    quiet: tuple[time, time] | None = None

    @property
    def left(self) -> int:
        """How many emails go out at most: it is not known which of a sample's are settled, but for seeds'."""
        if self.seeds:
            return max(0, min(self.sample, self.emails) - self.settled)
        rest = max(0, self.emails - max(self.settled, self.without_address))
        return min(self.sample, rest) if self.sample else rest

    @property
    def why_nobody(self) -> str:
        """Why nobody gets an email, in words."""
        if self.without_address >= self.emails > 0:
            return f"none of its {count(self.emails)} customers with an email has an address"
        return f"{count(self.settled)} of its {count(self.emails)} emails are settled already"

    def line(self) -> str:
        """Say it; times are by this machine's clock and in UTC."""
        return f"{self.terms} {self._rest}".rstrip()

    @property
    def terms(self) -> str:
        """What is approved, without what else is to be known."""
        starts_at = self.starts_at
        when = f"from {moment(starts_at)} on" if starts_at and since(starts_at) < 0 else "now"
        return f"{', '.join((self._who, when, *self._ways()))}."

    @property
    def _who(self) -> str:
        if self.seeds:
            return f"{count(self.left)} of {count(self.emails)} emails go to {_seeds(self.seeds)}"
        if not self.left:
            return "Nobody gets an email"
        people, get = ("1 person", "gets") if self.left == 1 else (f"{count(self.left)} people", "get")
        return f"Up to {people}{f' of {count(self.emails)}' if self.sample else ''} {get} an email"

    def _ways(self) -> Iterator[str]:
        yield f"by {self.how or 'the transport of the sender'}"
        if self.per_hour:
            hours = self.left / self.per_hour
            lasts = f" ({age(hours * SECONDS_PER_HOUR)} or more)" if hours > 1 else ""
            yield f"at most {count(self.per_hour)} an hour{lasts}"
        if self.quiet and not self.seeds:
            begins, ends = self.quiet
            yield f"not between {begins:%H:%M} and {ends:%H:%M} by their clocks"

    @property
    def _rest(self) -> str:
        before = f"{count(self.settled)} are settled already. " if self.settled else ""
        if self.without_address and not self.seeds:
            who = "customer has" if self.without_address == 1 else "customers have"
            before += f"{count(self.without_address)} {who} no address. "
        if self.held_out and not self.seeds:
            what = "customer is held out and gets" if self.held_out == 1 else "customers are held out and get"
            before += f"{count(self.held_out)} {what} none. "
        if self.seeds:
            return f"{before}No customer gets one."
        if self.sample:
            return f"{before}All others wait for an approval."
        return before or "Nobody who must not be written to gets one."


def moment(at: datetime, local: tzinfo | None = None) -> str:
    """A moment for people: `Fri 27 Nov 2026, 09:00 CET (08:00 UTC)`; by this machine's clock and in UTC."""
    own, utc = at.astimezone(local), at.astimezone(UTC)
    if own.utcoffset() == utc.utcoffset():
        return f"{utc:%a %d %b %Y, %H:%M} UTC"
    day = "" if own.date() == utc.date() else f"{utc:%a} "
    return f"{own:%a %d %b %Y, %H:%M %Z} ({day}{utc:%H:%M} UTC)"


def _seeds(seeds: tuple[str, ...]) -> str:
    shown, others = seeds[:SHOWN_SEEDS], len(seeds[SHOWN_SEEDS:])
    more = f" and {others} {'other' if others == 1 else 'others'}" if others else ""
    return f"{', '.join(shown)}{more} in turn" if len(seeds) > 1 else shown[0]
