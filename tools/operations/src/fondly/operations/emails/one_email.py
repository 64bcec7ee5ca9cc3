"""All about one finished email, in few reads, however large its run."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from fondly.contracts import object_keys
from fondly.contracts.email_index import EmailIndexRow, WordingCount
from fondly.contracts.records import Recommendation
from fondly.operations.customers.keys import by_key
from fondly.operations.emails.catalogue import lines_with, shown_prompts
from fondly.operations.emails.finished import Emails
from fondly.operations.emails.mime import texts
from fondly.operations.emails.reviews import RunReviews
from fondly.operations.emails.showing import shown_delivery, shown_email
from fondly.operations.emails.shown import ShownEmail, ShownPrompt, ShownReview
from fondly.operations.environment import Environment
from fondly.operations.errors import NotFoundError
from fondly.operations.runs.lookup import find_run


@dataclass(frozen=True)
class OneEmail:
    """A finished email of a run, by its row in the index."""

    emails: Emails
    row: EmailIndexRow

    @classmethod
    async def of(cls, emails: Emails, key: str, part: int | None = None) -> "OneEmail":
        """Find an email by its customer's digest; without the part, each may have to be looked through.

        Raises `NotFoundError` if there is none.
        """
        for each in [part] if part else await _parts_of(emails, key):
            index = object_keys.email_index(emails.run.run_id, each)
            async for row in lines_with(emails.objects, index, EmailIndexRow, "key", key):
                return cls(emails, row)
        raise NotFoundError(
            f"{emails.run.run_id} has no such email, or it was made before there was an index"
        )

    async def wordings(self) -> dict[str, WordingCount]:
        """Return its wordings by field, with how many emails of its part have each."""
        key = object_keys.email_wordings(self.emails.run.run_id, self.row.part)
        begins = tuple(f'{{"digest":"{each}"'.encode() for each in self.row.wordings.values())
        found = dict[str, WordingCount]()
        async for line in self.emails.objects.lines(key):
            if line.startswith(begins):
                one = WordingCount.model_validate_json(line)
                found[one.digest] = one
        return {field: found[each] for field, each in self.row.wordings.items() if each in found}

    async def html(self) -> str:
        """Return it as its customer sees it; raise `OperationError` if its message is gone."""
        return texts(await self.emails.message(self.row.customer_id)).html

    async def shown(self) -> ShownEmail:
        """Return all about it but for its prompts; raise `NotFoundError` if its message is gone."""
        emails, customer_id = self.emails, self.row.customer_id
        recommendation, records, message, dispatches = await asyncio.gather(
            self._recommendation(),
            emails.records.existing(emails.run.run_id, [customer_id]),
            emails.message(customer_id),
            emails.lookup.of_customers(emails.run.run_id, [customer_id]),
        )
        if recommendation is None or customer_id not in records:
            raise NotFoundError(f"{emails.run.run_id} does not have this email any more")
        dispatch = dispatches.get(customer_id)
        return shown_email(
            recommendation,
            message,
            records[customer_id],
            await self._reviews(recommendation),
            shown_delivery(dispatch) if dispatch else None,
        )

    async def prompts(self, email: ShownEmail) -> Mapping[str, ShownPrompt]:
        """Return the prompts that its words answer, by key, as far as the run has kept them."""
        wanted, found = set(email.prompt_keys), dict[str, ShownPrompt]()
        async for each in shown_prompts(self.emails.objects, self.emails.run.run_id, self.row.part):
            if each.prompt_key in wanted:
                found[each.prompt_key] = each
            if len(found) == len(wanted):
                break
        return {key: found[key] for key in email.prompt_keys if key in found}

    async def _recommendation(self) -> Recommendation | None:
        key = object_keys.recommendations(self.emails.run.run_id, self.row.part)
        asked = "customer_id", self.row.customer_id
        return await anext(lines_with(self.emails.objects, key, Recommendation, *asked), None)

    async def _reviews(self, recommendation: Recommendation) -> tuple[ShownReview, ...]:
        """The customer's reviews; of the catalogue only what they have is known, and needed."""
        names = {each.product_id: each.product_name for each in recommendation.owned}
        reviews = RunReviews(self.emails.objects, self.emails.run.run_id, names)
        return await reviews.of_customer(self.row.part, self.row.customer_id)


async def email(environment: Environment, run_id: str, key: str, *, part: int | None = None) -> ShownEmail:
    """Show an email by its customer's key: what it says, and why; its part finds it sooner."""
    emails = await Emails.of(environment, await find_run(await environment.ledger(), run_id))
    return await (await OneEmail.of(emails, key, part)).shown()


async def _parts_of(emails: Emails, key: str) -> list[int]:
    """The part of a customer's email; all parts if the customer, or the part, is not known by this digest."""
    try:
        customer_id = await by_key(emails.environment, key)
    except NotFoundError:
        return emails.parts
    record = (await emails.records.existing(emails.run.run_id, [customer_id])).get(customer_id)
    if record is None:
        return []
    return emails.parts if record.part is None else [record.part]
