"""Assembles the operations: `SendEmail`, `GetAccount` and the account's suppression list."""

from __future__ import annotations

import random
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from understudy.disturbance import Disturbance
from understudy.ses.errors import no_configuration_set, not_verified, torn
from understudy.ses.kept_emails import KeptEmails
from understudy.ses.message import read_email
from understudy.ses.publishing import Publishing
from understudy.ses.sending_quota import SendingQuota
from understudy.ses.simulator import is_simulated, what_happens
from understudy.ses.suppression import SuppressionList
from understudy.wire.service import ConnectionDroppedError, Params, Service

if TYPE_CHECKING:
    from pathlib import Path

    from understudy.disturbance import Clock
    from understudy.ses.message import Email
    from understudy.ses.publishing import ClientFactory


@dataclass(frozen=True, kw_only=True)
class SesOptions:
    """The account, and what goes wrong.

    Source: Amazon SES Developer Guide, "Service quotas": a sandbox sends 200 emails a day, one a second.
    """

    production: bool = False
    """Whether the account may send to anybody; in the sandbox only to verified identities."""
    emails_per_day: float = 200.0
    """-1 is no limit."""
    emails_per_s: float = 1.0
    identities: frozenset[str] | None = None
    """The addresses and domains that are verified; without it, all are but those under
    `.invalid`."""
    configuration_sets: frozenset[str] | None = None
    """Those that exist; without it, all do."""
    events_arn: str | None = None
    """The topic or queue that gets what happens to emails with a configuration set."""
    event_types: frozenset[str] = frozenset({"Bounce", "Complaint"})
    """What it gets: Send, Delivery, Bounce, Complaint."""
    folder: Path | None = None
    """Where accepted emails are kept; without it, they are counted only."""
    disturbance: Disturbance = field(default_factory=Disturbance)
    """Befalls `SendEmail` before anything is accepted."""
    drop_rate: float = 0.0
    """The share of accepted emails whose reply is torn off: the connection drops half way."""
    fail_rate: float = 0.0
    """The share of accepted emails that are answered with a server error all the same."""
    chance: random.Random = field(default_factory=random.Random, compare=False)
    """Draws the last two."""


ENFORCEMENT = "HEALTHY"
NEVER_VERIFIED = "invalid"
"""A domain that never exists (RFC 2606), so nobody can have verified it."""


def create_service(
    options: SesOptions,
    *,
    region: str,
    account_id: str,
    clients: ClientFactory | None = None,
    clock: Clock = time.monotonic,
) -> Service:
    """Return SES; `clients` reach the topic or queue of its events."""
    ses = _Ses(options, region=region, account_id=account_id, clients=clients, clock=clock)
    suppressions = ses.suppressions
    return Service(
        "sesv2",
        {
            "GetAccount": ses.get_account,
            **options.disturbance.around({"SendEmail": ses.send_email}),
            **suppressions.operations(),
        },
        close=ses.close,
        counts={"SendEmail": ses.counts},
    )


class _Ses:
    def __init__(
        self,
        options: SesOptions,
        *,
        region: str,
        account_id: str,
        clients: ClientFactory | None,
        clock: Clock,
    ) -> None:
        if options.events_arn and clients is None:
            raise ValueError("events can be published only by clients of SNS and SQS")
        self._options, self._region, self._account_id = options, region, account_id
        self._quota = SendingQuota(per_s=options.emails_per_s, per_day=options.emails_per_day, clock=clock)
        self._kept = KeptEmails(options.folder) if options.folder else None
        self._events = Publishing(options.events_arn, clients) if options.events_arn and clients else None
        self.suppressions = SuppressionList()
        self.counts: Counter[str] = Counter()

    async def close(self) -> None:
        if self._events:
            await self._events.close()

    async def get_account(self, _params: Params) -> Params:
        return {
            "ProductionAccessEnabled": self._options.production,
            "SendingEnabled": True,
            "EnforcementStatus": ENFORCEMENT,
            "SendQuota": {
                "Max24HourSend": self._options.emails_per_day,
                "MaxSendRate": self._options.emails_per_s,
                "SentLast24Hours": float(self._quota.sent),
            },
            "SuppressionAttributes": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
        }

    async def send_email(self, params: Params) -> Params:
        email = read_email(params)
        self._check(email)
        self._quota.take(len(email.recipients))
        message_id = f"0102{int(datetime.now(UTC).timestamp() * 1000):012x}-{uuid.uuid4()}-000000"
        self._accept(email, message_id)
        drawn = self._options.chance.random()
        if drawn < self._options.drop_rate:
            raise ConnectionDroppedError
        if drawn < self._options.drop_rate + self._options.fail_rate:
            raise torn()
        return {"MessageId": message_id}

    def _check(self, email: Email) -> None:
        sets = self._options.configuration_sets
        if email.configuration_set and sets is not None and email.configuration_set not in sets:
            raise no_configuration_set(email.configuration_set)
        must_be = list(email.senders)
        if not self._options.production:
            must_be += [each for each in email.recipients if not is_simulated(each)]
        if unverified := [each for each in must_be if not self._is_verified(each)]:
            raise not_verified(unverified, self._region)

    def _is_verified(self, address: str) -> bool:
        """Whether the address or its domain, or one above that, is an identity."""
        identities = self._options.identities
        labels = address.rpartition("@")[2].lower().split(".")
        if identities is None:
            return labels[-1] != NEVER_VERIFIED
        domains = {".".join(labels[at:]) for at in range(len(labels))}
        return bool(identities & {address, address.lower(), *domains})

    def _accept(self, email: Email, message_id: str) -> None:
        self.counts["accepted"] += 1
        if self._kept:
            self._kept.keep(email, message_id)
        if self._events and email.configuration_set:
            happened = what_happens(
                email,
                message_id,
                suppressed=self.suppressions.addresses,
                account_id=self._account_id,
                region=self._region,
            )
            wanted = [each for each in happened if each["eventType"] in self._options.event_types]
            if wanted:
                self._events.publish(wanted)
