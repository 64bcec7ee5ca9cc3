"""AWS is called in the name of whoever asks, in the role that the page takes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from aiobotocore.credentials import AioCredentials
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from fondly import operations
from fondly.console.acting import MOST_SESSIONS, ActingCredentials, source_identity
from fondly.console.roles import ACTING, CONSOLE, Acting, Person, Role, allowed
from fondly.contracts.clock import utc_now


class Tokens:
    """STS, with sessions of an hour."""

    def __init__(self) -> None:
        """Begin."""
        self.asked: list[dict[str, Any]] = []

    @asynccontextmanager
    async def client(self, *_: str, **__: str) -> AsyncIterator["Tokens"]:
        """Open a client."""
        yield self

    async def assume_role(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - as of the client
        """Answer with credentials that are named after how many there have been."""
        self.asked.append(request)
        number = str(len(self.asked))
        until = utc_now() + timedelta(seconds=request["DurationSeconds"])
        return {
            "Credentials": {
                "AccessKeyId": number,
                "SecretAccessKey": number,
                "SessionToken": number,
                "Expiration": until,
            }
        }


@pytest.fixture
def sts() -> Tokens:
    """STS."""
    return Tokens()


@pytest.fixture
def credentials(sts: Tokens) -> ActingCredentials:
    """What clients sign with."""
    arns = "arn:aws:iam::123456789012:role/fondly-prod-console-{role}-eu-west-1"
    return ActingCredentials(AioCredentials("a", "b"), sts.client, arns)


async def key_of(credentials: ActingCredentials, name: str, role: Role) -> str:
    """With whose key a call of somebody is signed."""
    ACTING.set(Acting(name, role))
    return str((await credentials.get_frozen_credentials()).access_key)


async def test_each_person_and_role_has_a_session_of_its_own(
    sts: Tokens, credentials: ActingCredentials
) -> None:
    """Which is used again until shortly before its end."""
    ada = await key_of(credentials, "ada@shop.example", Role.READER)
    assert ada != await key_of(credentials, "ada@shop.example", Role.OPERATOR)
    assert ada != await key_of(credentials, "bob@shop.example", Role.READER)
    assert ada == await key_of(credentials, "ada@shop.example", Role.READER)
    assert sts.asked[0] == {
        "RoleArn": "arn:aws:iam::123456789012:role/fondly-prod-console-reader-eu-west-1",
        "RoleSessionName": "ada@shop.example",
        "SourceIdentity": "ada@shop.example",
        "DurationSeconds": 3600,
    }
    with time_machine.travel(utc_now() + timedelta(minutes=44)):
        assert ada == await key_of(credentials, "ada@shop.example", Role.READER)
    with time_machine.travel(utc_now() + timedelta(minutes=46)):
        assert ada != await key_of(credentials, "ada@shop.example", Role.READER)


async def test_sessions_are_not_kept_without_bound(sts: Tokens, credentials: ActingCredentials) -> None:
    """The oldest is given up."""
    for number in range(MOST_SESSIONS + 1):
        await key_of(credentials, f"person-{number}", Role.VIEWER)
    await key_of(credentials, "person-0", Role.VIEWER)
    assert len(sts.asked) == MOST_SESSIONS + 2


@pytest.mark.parametrize("name", ["ada@shop.example", "Åda Lovelace", "a", "", "x" * 65, "aws:ada", "a\nb"])
def test_any_name_becomes_one_that_sts_takes(name: str) -> None:
    """Its own if it is one, and for no two people the same."""
    made = source_identity(name)
    assert 2 <= len(made) <= 64
    assert made.isascii()
    assert all(each.isalnum() or each in "_+=,.@-" for each in made)
    assert made == name or made != source_identity(f"{name}-")


async def test_a_page_acts_in_the_role_that_it_takes() -> None:
    """Not in all that the person has; for what takes another's permissions it says which."""
    seen: list[Acting] = []

    async def handler(_: Request) -> Response:
        seen.append(ACTING.get())
        return PlainTextResponse("")

    assert ACTING.get() == CONSOLE
    state = {"person": Person.of("Ann", list(Role))}
    for page in (allowed(Role.VIEWER)(handler), allowed(Role.READER, acting=Role.APPROVER)(handler)):
        await page(Request({"type": "http", "state": state}))
    assert seen == [Acting("Ann", Role.VIEWER), Acting("Ann", Role.APPROVER)]


def test_operations_open_their_clients_in_one_session() -> None:
    """Another would call AWS as the task itself, which may do nothing."""
    folder = Path(operations.__file__).parent
    opening = {path.name for path in folder.rglob("*.py") if "get_session" in path.read_text("utf-8")}
    assert opening == {"environment.py"}
