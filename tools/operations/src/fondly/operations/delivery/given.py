"""What people give with a decision: their name, words on one line, addresses, amounts of dollars."""

import getpass
from decimal import Decimal, InvalidOperation

from botocore.exceptions import BotoCoreError, ClientError

from fondly.mailer.domain.message.addresses import header_address
from fondly.operations.environment import Environment, open_client
from fondly.operations.errors import OperationError


async def decider(environment: Environment, by: str | None) -> str:
    """Return the given name if it will do, else the caller's ARN on AWS, else this machine's user."""
    if by is not None:
        return one_line(by, "--by", most=200)
    if environment.on_aws and (arn := await _arn(environment)):
        return arn
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"


def one_line(text: str, option: str, *, most: int) -> str:
    """Return a text of a person's on one line; raise `OperationError` if it is empty or too long."""
    line = " ".join(text.split())
    if not line:
        raise OperationError(f"{option} is empty, expected a few words")
    if len(line) > most:
        raise OperationError(f"{option} has {len(line)} characters, expected at most {most}")
    return line


def address_given(text: str, option: str) -> str:
    """Return an email address that somebody gives; raise `OperationError` if it is none."""
    try:
        return header_address(text.strip())
    except ValueError as error:
        raise OperationError(f"{option} {text} is not an email address: {error}") from error


def dollars_given(text: str) -> Decimal:
    """Read an amount of dollars exactly; raise `OperationError` for anything else."""
    try:
        usd = Decimal(text)
    except InvalidOperation:
        usd = Decimal("NaN")
    if not usd.is_finite() or usd <= 0:
        raise OperationError(f"{text} is no amount of dollars, such as 2.50")
    return usd


async def _arn(environment: Environment) -> str | None:
    """Who AWS says that the caller is; None if it does not say."""
    try:
        async with open_client("sts", environment.region) as sts:
            return str((await sts.get_caller_identity())["Arn"])
    except (ClientError, BotoCoreError):
        return None
