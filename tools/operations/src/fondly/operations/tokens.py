"""Tokens of machines: each has a name, a role and an end; of the token itself only a digest is kept.

A token says its name, `fondly_NAME_SECRET`, so that one read finds it and no two live ones share a name.
"""

import hmac
import re
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from fondly.contracts.clock import utc_now
from fondly.operations.audit import noted
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.runtime.runs.items import delete_item, get_item, key, put_if
from fondly.runtime.storage import to_item

TOKENS = "tokens"
LONGEST_DAYS = 366
_TOKEN = re.compile(r"fondly_([a-z0-9-]{1,40})_[\w-]{43}")

RoleName = Literal["viewer", "reader", "approver", "operator"]
TokenName = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
Days = Annotated[int, Field(ge=1, le=LONGEST_DAYS)]


class Token(BaseModel):
    """What is kept of a token."""

    model_config = ConfigDict(frozen=True)
    name: str
    role: RoleName
    by: str
    made_at: datetime
    ends_at: datetime


class NewToken(Token):
    """A token that was just made: nobody is shown it again."""

    token: str


async def create_token(
    environment: Environment,
    *,
    name: TokenName,
    role: RoleName,
    days: Days = 90,
    by: str,
    roles: Collection[str],
) -> NewToken:
    """Make a token for a machine, with a role that its maker has; it is shown once.

    Raises `OperationError` if a live token has the name, or for a role that its maker lacks.
    """
    if role not in roles:
        raise OperationError(f"found the role {role}, expected one that you have yourself")
    text, now = f"fondly_{name}_{secrets.token_urlsafe(32)}", utc_now()
    made = NewToken(name=name, role=role, by=by, made_at=now, ends_at=now + timedelta(days=days), token=text)
    item = to_item({**made.model_dump(mode="json", exclude={"token"}), "digest": _digest(text)})
    ends = to_item({"expires_at": int(made.ends_at.timestamp())})
    async with noted(environment, by=by, act="token", about=name, details={"role": role}):
        table, condition = (
            await environment.table("runs"),
            "attribute_not_exists(run_id) OR expires_at < :now",
        )
        wanted = {**key(TOKENS, name), **item, **ends}
        if not await put_if(environment.dynamodb, table, wanted, condition, {":now": int(now.timestamp())}):
            raise OperationError(f"there is a token {name} already: revoke it, or give another name")
    return made


async def tokens(environment: Environment) -> Sequence[Token]:
    """List the tokens of machines, those that have not ended."""
    items = await (await environment.items("runs")).get_group("run_id", TOKENS)
    found = map(Token.model_validate, items)
    return [each for each in found if each.ends_at > utc_now()]


async def revoke_token(environment: Environment, name: str, *, by: str) -> None:
    """Revoke a token: it is worth nothing from now on."""
    async with noted(environment, by=by, act="revoke", about=name):
        table = await environment.table("runs")
        if not await delete_item(environment.dynamodb, table, key(TOKENS, name)):
            raise OperationError(f"there is no token {name}")


async def find_token(environment: Environment, text: str) -> Token | None:
    """Return what is kept of a token; None for one that is unknown, revoked or past its end."""
    named = _TOKEN.fullmatch(text)
    if not named:
        return None
    table = environment.table_name("runs")
    kept: dict[str, Any] = await get_item(environment.dynamodb, table, key(TOKENS, named[1]))
    if not hmac.compare_digest(kept.get("digest", ""), _digest(text)):
        return None
    token = Token.model_validate(kept)
    return token if token.ends_at > utc_now() else None


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
