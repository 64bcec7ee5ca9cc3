"""Who asks to be forgotten, as webhooks say or lists show: kept until it is done and proved."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from fondly.contracts.object_keys import REQUESTS
from fondly.ingest.domain.rows.people import id_of_address
from fondly.operations.cleanup.scope import Scope
from fondly.operations.connect.webhooks import EXPORT, FORGET, LEAVE, stored_as
from fondly.operations.customers.forget import forget
from fondly.operations.customers.items import whom
from fondly.operations.customers.proof import Forgotten
from fondly.runtime.storage import S3Objects


class Request(BaseModel):
    """A request; who makes it is known by id, by address, or by both."""

    model_config = ConfigDict(frozen=True)
    asks: str = FORGET
    customer_id: str = ""
    email: str = ""

    @property
    def customer_ids(self) -> list[str]:
        """How ingest calls them, as a customer and as a guest."""
        return [each for each in (self.customer_id, self.email and id_of_address(self.email)) if each]


class Asked(NamedTuple):
    """The requests that are open."""

    forget: Sequence[Request]
    exports: Sequence[str]
    """Customers who want to know what is known of them."""
    leaving: bool
    """Whether the shop wants everything to be deleted."""


@dataclass(frozen=True)
class Requests:
    """The open requests. Forgetting deletes those that are done, as its last step."""

    objects: S3Objects
    scope: Scope
    role_arn: str

    async def put(self, request: Request) -> None:
        """Keep a request until it is done."""
        key, body = stored_as(request.model_dump())
        await self.objects.put(key, body, content_type="application/json")

    async def all(self) -> Asked:
        """Return what is open."""
        keys = [key async for key in self.objects.keys(REQUESTS)]
        found = [Request.model_validate_json(await self.objects.get(key)) for key in keys]
        return Asked(
            forget=[each for each in found if each.asks == FORGET],
            exports=[each.customer_id for each in found if each.asks == EXPORT],
            leaving=any(each.asks == LEAVE for each in found),
        )

    async def forget(self, requests: Sequence[Request]) -> Forgotten | None:
        """Forget who asks for it, with uploaded files that name them, and prove it; None if nobody asks."""
        if not requests:
            return None
        words = {word for each in requests for word in (*each.customer_ids, each.email) if word}
        gone = await whom(self.scope, sorted(words))
        return await forget(self.scope, gone, by="fondly connect", uploads=True, role_arn=self.role_arn)
