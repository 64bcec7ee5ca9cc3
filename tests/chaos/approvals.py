"""Two people decide on a delivery at once, by what they were shown; in its middle something is struck."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from fondly.contracts import object_keys
from fondly.contracts.counts import Counted
from fondly.contracts.delivery import Outcome
from fondly.contracts.email_index import EmailIndexSummary
from fondly.contracts.revisions import Strike
from fondly.operations.delivery import approval
from fondly.operations.delivery.approving import Approving
from fondly.operations.delivery.reconciling import reconcile
from fondly.operations.delivery.striking import Striking
from fondly.operations.delivery.terms import Terms
from fondly.operations.errors import ChangedError, OperationError
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.locks import Locks
from fondly.runtime.runs.revisions import Revisions
from fondly.runtime.runs.run import StageName, part_name
from fondly.stack.observer import Observer
from tests.support.finished_runs import MESSAGE_TYPE, Finished
from tests.support.runs import a_report

PEOPLE = ("Ann", "Ben")
STRUCK, INSTEAD = b"a lamp at", b"a vase at"
"""What every made-up email says until it is struck."""
LOOKS = 5
"""How often people look again before they give up."""
HANDED_OVER = frozenset({Outcome.SENDING, Outcome.SENT, Outcome.IN_DOUBT})


@dataclass
class Approvals:
    """Decides on one run as people do, and keeps what came of it."""

    observer: Observer
    run_id: str
    emails: list[Finished]
    part_size: int
    quiet_s: float
    """As the sender holds its part locks."""
    wins: list[int]
    """How many of two approvals at once counted, by decision."""
    refused: list[str]
    """Approvals of what was not shown, or was still being rendered, that were refused."""

    async def prepare(self) -> None:
        """Store what people are shown of the run besides its emails."""
        parts = range(1, -(-len(self.emails) // self.part_size) + 1)
        made = {str(Counted.EMAILS): len(self.emails)}
        await self.observer.ledger.record(self.run_id, a_report(StageName.MAILER, **made))
        summary = EmailIndexSummary(run_id=self.run_id, parts=dict.fromkeys(parts, self.part_size), facets={})
        await self.observer.objects.put_lines(object_keys.email_index_summary(self.run_id), [summary])

    async def seen(self) -> str:
        """Look at the delivery, and return what was shown."""
        return approval.seen(await (await self._approving()).current())

    async def approve(self, terms: Terms) -> None:
        """Approve as two people who are shown the same and press at once; they look again if it has changed.

        A complaint that comes in between changes it, for both.
        """
        for _ in range(LOOKS):
            seen = await self.seen()
            won = sum(await asyncio.gather(*(self._approve(terms, seen, by) for by in PEOPLE)))
            if won:
                break
        self.wins.append(won)

    async def reconcile(self, log: Path) -> None:
        """Settle emails in doubt by their server's log, if there are any."""
        with suppress(OperationError):
            await reconcile((await self._approving()).environment, self.run_id, [log], by=PEOPLE[0])

    async def strike(self) -> None:
        """Strike what all emails say; approve what was shown before, and before all is rendered anew."""
        before = await self.seen()
        striking = await Striking.of(await self._approving())
        revisions = await striking.strike(Strike(product_id="lamp"), by=PEOPLE[0])
        await self._refuse("what was shown before", before)
        await self._refuse("what is being rendered", await self.seen())
        for part in sorted(revisions.pending):
            await self._render(part, revisions.number)
        await self._revisions.merged(self.run_id, revisions.number)
        await self._refuse("what was shown before it was rendered", before)

    async def _refuse(self, what: str, seen: str) -> None:
        if not await self._approve(Terms(), seen, PEOPLE[1]):
            self.refused.append(what)

    async def _approve(self, terms: Terms, seen: str, by: str) -> bool:
        try:
            await approval.take(await self._approving(), terms, by=by, seen=seen)
        except (ChangedError, OperationError):
            return False
        return True

    async def _approving(self) -> Approving:
        table = self.observer.resources.tables["runs"]
        run, deliveries = (
            await self.observer.ledger.run(self.run_id),
            Deliveries(self.observer.dynamodb, table),
        )
        return Approving(self.observer.environment, self.observer.ledger, run, None, deliveries)

    async def _render(self, part: int, revision: int) -> None:
        """Stand in for the mailer: under the part's lock, emails that are not handed over are made anew."""
        table = self.observer.resources.tables["runs"]
        locks = Locks(self.observer.dynamodb, table, quiet_s=self.quiet_s)
        first = (part - 1) * self.part_size
        async with locks.hold(self.run_id, StageName.SENDER, part_name(part), holder=f"render-{part}"):
            own = [each.customer_id for each in self.emails[first : first + self.part_size]]
            known = await self.observer.dispatches_of(self.run_id, own)
            for place, customer in enumerate(own, first):
                if customer not in known or known[customer].outcome not in HANDED_OVER:
                    await self._rewrite(place)
            await self._revisions.pass_part(self.run_id, part, revision)

    async def _rewrite(self, place: int) -> None:
        one = self.emails[place]
        self.emails[place] = new = replace(one, message=one.message.replace(STRUCK, INSTEAD))
        await self.observer.objects.put(new.email.key, new.message, content_type=MESSAGE_TYPE)

    @property
    def _revisions(self) -> Revisions:
        return Revisions(self.observer.dynamodb, self.observer.resources.tables["runs"])

    def rewritten(self) -> frozenset[str]:
        """Whose emails no longer say what was struck."""
        return frozenset(each.customer_id for each in self.emails if STRUCK not in each.message)
