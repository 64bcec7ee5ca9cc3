"""The credentials that pages work with on AWS: those of an IAM role, assumed in the name of whoever asks.

One set of clients serves everybody; each call is signed for whoever acts when it is made. So no page can do
more than the role that it names, and CloudTrail says for whom each call was: IAM User Guide, "Monitor and
control actions taken with assumed roles".
"""

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any

from aiobotocore.credentials import AioCredentials
from aiobotocore.session import get_session
from botocore.credentials import ReadOnlyCredentials

from fondly.console.roles import ACTING, Acting
from fondly.operations.environment import own_session
from fondly.runtime.aws import CONFIG

SESSION_S = 3_600
"""The longest session of a role that is assumed by a role."""
EARLY_S = 300
"""How long before its end a session is no longer used."""
MOST_SESSIONS = 200
MOST_CHARACTERS = 64
"""Of a source identity: letters, digits and `_+=,.@-`, two at least (AssumeRole, STS API Reference)."""


def source_identity(name: str) -> str:
    """Return a person's name as STS takes it: itself, or what is left of it and a digest of the whole."""
    left = re.sub(r"[^A-Za-z0-9_+=,.@-]", "-", name)
    if left == name and 2 <= len(name) <= MOST_CHARACTERS:  # noqa: PLR2004 - the shortest
        return name
    return f"{left[: MOST_CHARACTERS - 17]}-{sha256(name.encode()).hexdigest()[:16]}"


class ActingCredentials(AioCredentials):
    """Credentials of whoever acts when they are asked for; a session that is under way is kept for later."""

    def __init__(self, sts: Any, role_arns: str, clock: Callable[[], float] = time.time) -> None:  # noqa: ANN401 - no types for STS
        """Assume roles whose ARNs `role_arns` gives, with the role's name in the place of `{role}`."""
        super().__init__("of-who-acts", "of-who-acts")
        self._sts, self._role_arns, self._clock = sts, role_arns, clock
        self._sessions: OrderedDict[Acting, tuple[float, ReadOnlyCredentials]] = OrderedDict()
        self._lock = asyncio.Lock()

    async def get_frozen_credentials(self) -> ReadOnlyCredentials:  # type: ignore[override] # as aiobotocore's
        """Return the credentials to sign a call with."""
        acting = ACTING.get()
        if (found := self._current(acting)) is None:
            async with self._lock:
                found = self._current(acting) or await self._assumed(acting)
        return found

    def _current(self, acting: Acting) -> ReadOnlyCredentials | None:
        until, found = self._sessions.get(acting, (0.0, None))
        return found if until > self._clock() else None

    async def _assumed(self, acting: Acting) -> ReadOnlyCredentials:
        identity = source_identity(acting.name)
        reply = await self._sts.assume_role(
            RoleArn=self._role_arns.format(role=acting.role),
            RoleSessionName=identity,
            SourceIdentity=identity,
            DurationSeconds=SESSION_S,
        )
        made = reply["Credentials"]
        found = ReadOnlyCredentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
        self._sessions[acting] = (made["Expiration"].timestamp() - EARLY_S, found)
        self._sessions.move_to_end(acting)
        if len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return found


@asynccontextmanager
async def acting_for_people(environment: str, signer: str, region: str) -> AsyncIterator[None]:
    """Let every client that operations open from now on work in the name of whoever acts.

    The roles are those of the account of `signer`, the load balancer's ARN, as Terraform names them.
    """
    _, partition, _, _, account, _ = signer.split(":", 5)
    roles = f"arn:{partition}:iam::{account}:role/{environment}-console-{{role}}-{region}"
    opened: Any = get_session()
    async with opened.create_client("sts", region_name=region, config=CONFIG) as sts:
        provider = _Provider(ActingCredentials(sts, roles))
        own_session().lazy_register_component("credential_provider", lambda: provider)
        yield


class _Provider:
    """Gives clients the same credentials, whatever they are for."""

    def __init__(self, credentials: ActingCredentials) -> None:
        self._credentials = credentials

    async def load_credentials(self) -> ActingCredentials:
        """Return them."""
        return self._credentials
