"""Takes a decision about a run's delivery, and lets the sender act on it at once; and who takes it."""

import getpass
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from fondly.contracts.events import SenderPoll, new_event
from fondly.operations.delivery.views import WORDS, standing
from fondly.operations.environment import Environment, open_client
from fondly.operations.errors import OperationError
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.runs.deliveries import DecisionError, Deliveries
from fondly.runtime.runs.delivery import FROM, Act, Delivery, DeliveryStatus
from fondly.runtime.runs.run import Run, RunStatus

SENDER = "sender"


@dataclass(frozen=True)
class Decisions:
    """The decisions about one run's delivery."""

    environment: Environment
    deliveries: Deliveries
    run: Run

    @classmethod
    async def of(cls, environment: Environment, run: Run, *, keep_days: int | None) -> "Decisions":
        """Open the run's delivery, which need not exist yet; what is changed expires after `keep_days`."""
        table = await environment.table("runs")
        return cls(environment, Deliveries(environment.dynamodb, table, keep_days=keep_days), run)

    async def delivery(self) -> Delivery:
        """Return the delivery; raise `OperationError` if there is none, saying why."""
        found = await self.deliveries.find(self.run.run_id)
        if found is None:
            raise OperationError(_none(self.run))
        return found

    async def deliverable(self, act: Act) -> Delivery:
        """Return the delivery of a finished run that a decision can be taken of; raise `OperationError`."""
        if self.run.status is not RunStatus.FINISHED:
            raise OperationError(_none(self.run))
        found = await self.delivery()
        require(found, act)
        return found

    async def take(self, act: Act, *, by: str, note: str = "", **changes: Any) -> Delivery:  # noqa: ANN401 - the delivery's
        """Record a decision and tell the sender; raise `OperationError` if it cannot be taken now.

        If telling fails, the decision holds, and the error says what tells the sender again.
        """
        queue = SQSQueue(self.environment.sqs, await self.environment.queue_url(SENDER))
        try:
            decided = await self.deliveries.decide(self.run.run_id, act, by=by, note=note, changes=changes)
        except DecisionError as error:  # somebody else has decided meanwhile
            require(await self.delivery(), act)
            raise OperationError(str(error)) from error
        try:
            poll = SenderPoll(attempt=decided.attempt)
            await queue.send(new_event(poll, run_id=decided.run_id, source=SENDER).body)
        except (ClientError, BotoCoreError) as error:
            raise OperationError(
                f"{decided.run_id} {WORDS[decided.status].called}, but the sender could not be told: {error}."
                " `fondly run retry` tells it again"
            ) from error
        return decided

    async def hold(self, *, by: str, note: str) -> Delivery:
        """Hold a delivery, also of a run which has not finished; raise `OperationError` if it is too late."""
        if self.run.status is RunStatus.FAILED:
            raise OperationError(_none(self.run))
        if await self.deliveries.find(self.run.run_id) is None:
            opened = await self.deliveries.open(self.run.run_id, status=DeliveryStatus.HELD, by=by, note=note)
            if opened.status is DeliveryStatus.HELD:
                return opened
        return await self.take(Act.HOLD, by=by, note=note)


def require(delivery: Delivery, act: Act) -> None:
    """Raise `OperationError` if a decision cannot be taken in a delivery's status, saying what can."""
    if delivery.status not in FROM[act]:
        raise OperationError(standing(delivery))


def _none(run: Run) -> str:
    if run.status is RunStatus.FAILED:
        return f"{run.run_id} has failed: none of its emails is delivered"
    if run.status is not RunStatus.FINISHED:
        return f"{run.run_id} is {run.status}: its delivery can be decided on once it has finished"
    return (
        f"{run.run_id} has no delivery: the sender's transport is none, it made no email, or the sender has"
        " not taken it up yet; `fondly run retry` tells the sender again"
    )


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


async def _arn(environment: Environment) -> str | None:
    """Who AWS says that the caller is; None if it does not say."""
    try:
        async with open_client("sts", environment.region) as sts:
            return str((await sts.get_caller_identity())["Arn"])
    except (ClientError, BotoCoreError):
        return None
