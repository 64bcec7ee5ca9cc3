"""The credentials that pages work with on AWS: those of an IAM role, assumed in the name of whoever asks.

One set of clients serves everybody; each call is signed for whoever acts when it is made. So no page can do
more than the role that it names, and CloudTrail says for whom each call was: IAM User Guide, "Monitor and
control actions taken with assumed roles".
"""

import re
from collections.abc import Callable
from functools import lru_cache, partial
from hashlib import sha256
from typing import Any

from aiobotocore.credentials import (
    AioAssumeRoleCredentialFetcher,
    AioCredentials,
    AioDeferredRefreshableCredentials,
)
from aiobotocore.session import get_session
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import NoCredentialsError

from fondly.console.roles import ACTING, Acting
from fondly.operations.environment import own_session
from fondly.runtime.aws import CONFIG

SESSION_S = 3_600
"""The longest session of a role that is assumed by a role; it is used until some minutes before its end."""
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

    def __init__(self, task: AioCredentials, client: Callable[..., Any], role_arns: str) -> None:
        """Assume roles as `task` by STS, which `client` opens.

        `role_arns` gives their ARNs, with the role's name in the place of `{role}`.
        """
        super().__init__("of-who-acts", "of-who-acts")
        self._task, self._client, self._role_arns = task, client, role_arns
        self._of = lru_cache(MOST_SESSIONS)(self._session)

    async def load_credentials(self) -> "ActingCredentials":
        """Return these, whatever client they are for."""
        return self

    async def get_frozen_credentials(self) -> ReadOnlyCredentials:  # type: ignore[override] # as aiobotocore's
        """Return the credentials to sign a call with."""
        found: ReadOnlyCredentials = await self._of(ACTING.get()).get_frozen_credentials()
        return found

    def _session(self, acting: Acting) -> AioDeferredRefreshableCredentials:
        identity = source_identity(acting.name)
        asked = {"RoleSessionName": identity, "SourceIdentity": identity, "DurationSeconds": SESSION_S}
        role_arn = self._role_arns.format(role=acting.role)
        fetcher = AioAssumeRoleCredentialFetcher(self._client, self._task, role_arn, extra_args=asked)
        return AioDeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")


async def act_for_people(environment: str, signer: str, region: str) -> None:
    """Let every client that operations open from now on work in the name of whoever acts.

    The roles are those of the account of `signer`, the load balancer's ARN, as Terraform names them.
    """
    _, partition, _, _, account, _ = signer.split(":", 5)
    roles = f"arn:{partition}:iam::{account}:role/{environment}-console-{{role}}-{region}"
    session: Any = get_session()
    if (task := await session.get_credentials()) is None:
        raise NoCredentialsError
    client = partial(session.create_client, region_name=region, config=CONFIG)
    acting = ActingCredentials(task, client, roles)
    own_session().lazy_register_component("credential_provider", lambda: acting)
