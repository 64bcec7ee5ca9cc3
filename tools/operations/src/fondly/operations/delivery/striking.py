"""Taking back what a run's emails say or show, before they go out: wordings, products, whole emails."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from itertools import chain

from fondly.contracts import object_keys
from fondly.contracts.email_index import USED_OFTEN, WordingCount, customer_digest
from fondly.contracts.revisions import RunRevisions, Strike
from fondly.mailer.use_cases.email_records import EmailRecords
from fondly.operations import audit
from fondly.operations.delivery.approval import struck
from fondly.operations.delivery.approving import Approving
from fondly.operations.delivery.views import standing
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.runs.retry import Retry
from fondly.runtime.runs.deliveries import DecisionError
from fondly.runtime.runs.delivery import FROM, Act, DeliveryStatus
from fondly.runtime.runs.revisions import Revisions
from fondly.runtime.runs.run import RunStatus, StageName
from fondly.runtime.storage import DynamoDBItems, S3Objects

MAILER = StageName.MAILER
LISTED_PARTS = 10
"""A wording of the run's index names its parts if they are fewer."""


@dataclass(frozen=True)
class Striking:
    """One finished run of whose emails something may be struck."""

    approving: Approving
    objects: S3Objects
    revisions: Revisions

    @classmethod
    async def of(cls, environment: Environment, run_id: str) -> "Striking":
        """Find the run; raise `OperationError` if there is none, or if it has not finished."""
        approving = await Approving.of(environment, run_id)
        if approving.run.status is not RunStatus.FINISHED:
            raise OperationError(
                f"{approving.run.run_id} is {approving.run.status}: its emails can be revised once it has"
                " finished"
            )
        revisions = Revisions(environment.dynamodb, await environment.table("runs"))
        return cls(approving, await environment.objects(), revisions)

    @property
    def run_id(self) -> str:
        """The run."""
        return self.approving.run.run_id

    async def known(self) -> RunRevisions:
        """Return the run's revisions so far."""
        return await self.revisions.find(self.run_id)

    async def of_wording(self, digest: str, instead: str = "") -> Strike:
        """Return the strike of a wording, with what is to stand in its place.

        Raises `OperationError` if no email has it, or if the rules refuse the text.
        """
        found = await self.wording(digest)
        text = " ".join(instead.split())
        listed = found.text if found.count > USED_OFTEN else ""
        about = {"field": found.field, "text": listed, "product_id": found.product_id}
        return Strike(wording=digest, instead=text, **about)

    async def of_customer(self, customer_id: str, product_id: str = "") -> Strike:
        """Return the strike of a customer's email, or of a product in it alone.

        Raises `OperationError` if they have no email.
        """
        environment = self.approving.environment
        table = DynamoDBItems(environment.dynamodb, await environment.table("emails"))
        if customer_id not in await EmailRecords(table).existing(self.run_id, [customer_id]):
            raise OperationError(f"that customer has no email in {self.run_id}")
        return Strike(customer=customer_digest(customer_id), product_id=product_id)

    async def wording(self, digest: str) -> WordingCount:
        """Return a wording that emails have, with all their parts; raise `OperationError` if none has it."""
        await self._require_index()
        listed = await self.objects.find_lines(object_keys.email_wordings(self.run_id), WordingCount)
        found = next((each for each in listed if each.digest == digest), None)
        if found and len(found.parts) < LISTED_PARTS:
            return found
        in_parts = [each async for each in self._in_parts(digest)]
        if not in_parts:
            raise OperationError(f"no email of {self.run_id} has wording {digest}")
        count, parts = sum(each.count for each in in_parts), chain(*(each.parts for each in in_parts))
        return in_parts[0].model_copy(update={"count": count, "parts": tuple(parts)})

    async def strike(self, strikes: Sequence[Strike], *, by: str, why: str = "") -> RunRevisions:
        """Strike these as one revision, and have the emails concerned rendered anew; return all revisions.

        An approval is taken back before. Emails that have been handed over stay as they were sent. To repeat
        it asks once more for what is still to be rendered. Raises `OperationError` if the delivery has ended,
        or if no email has one of these.
        """
        known = (await self.known()).strikes
        parts = {part for each in strikes if each not in known for part in await self._parts(each)}
        details = {f"{number}": struck(each) for number, each in enumerate(strikes, 1)}
        async with audit.noted(
            self.approving.environment, by=by, act="strike", about=self.run_id, details=details
        ):
            await self._hold(by, details)
            try:
                found = await self.revisions.add(self.run_id, strikes, parts=parts, by=by, why=why)
            except DecisionError as error:
                raise OperationError(str(error)) from error
            await self.render(found)
            return found

    async def render(self, revisions: RunRevisions) -> None:
        """Ask the mailer once more for what is still to be rendered anew."""
        if not revisions.is_complete:
            at = self.approving
            retry = Retry(at.environment, at.run, at.ledger, self.objects)
            await retry.publish(await retry.messages())

    async def _hold(self, by: str, details: dict[str, str]) -> None:
        delivery = await self.approving.deliveries.find(self.run_id)
        if delivery is not None and delivery.status not in FROM[Act.HOLD]:
            raise OperationError(standing(delivery))
        if delivery is None or delivery.status is not DeliveryStatus.HELD:
            await self.approving.decide(
                Act.HOLD, by=by, note=f"to strike {', '.join(details.values())}"[:500]
            )

    async def _parts(self, strike: Strike) -> Collection[int]:
        if strike.wording:
            return (await self.wording(strike.wording)).parts
        await self._require_index()
        return sorted(self.approving.run.stage(MAILER).done)

    async def _require_index(self) -> None:
        key = object_keys.email_index_summary(self.run_id)
        if await self.objects.find(key, max_bytes=1) is None:
            raise OperationError(
                f"{self.run_id} was made by a release that did not index emails: nothing of it can be struck"
            )

    async def _in_parts(self, digest: str) -> AsyncIterator[WordingCount]:
        """Yield what each part's index has of a wording, as far as it is there."""
        for part in sorted(self.approving.run.stage(MAILER).done):
            body = await self.objects.find(object_keys.email_wordings(self.run_id, part)) or b""
            line = next((each for each in body.splitlines() if digest.encode() in each), None)
            if line and (found := WordingCount.model_validate_json(line)).digest == digest:
                yield found
