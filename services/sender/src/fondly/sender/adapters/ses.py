"""Hands emails over to Amazon SES, which signs them by itself."""

from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from fondly.sender.adapters.ses_errors import meaning
from fondly.sender.domain.fitness import unfit
from fondly.sender.ports import Accepted, InDoubtError, Outgoing, RefusedError
from fondly.sender.settings import TransportKind

if TYPE_CHECKING:
    from types_aiobotocore_sesv2.client import SESV2Client
    from types_aiobotocore_sesv2.type_defs import SendEmailRequestTypeDef

MAX_BYTES = 40 * 1024 * 1024 * 3 // 4
"""A message may have 40 MB, after it has been encoded in base64."""


class SesQuota(NamedTuple):
    """What the account may send."""

    per_s: float
    per_day: float | None
    """Emails in any 24 hours; None is no limit."""
    sent: float
    """Emails sent in the last 24 hours."""

    @property
    def left(self) -> float | None:
        """How many more it may send at present; None is no limit."""
        return None if self.per_day is None else max(0.0, self.per_day - self.sent)


async def ses_quota(ses: "SESV2Client") -> SesQuota:
    """Return what the account may send in this region; raise the SDK's errors."""
    quota = (await ses.get_account())["SendQuota"]
    per_day = quota["Max24HourSend"]
    return SesQuota(
        per_s=quota["MaxSendRate"],
        per_day=None if per_day < 0 else per_day,
        sent=quota.get("SentLast24Hours", 0.0),
    )


class SesTransport:
    """Hands emails over by `SendEmail`; its client must not retry, or some emails go out twice."""

    name = TransportKind.SES.value

    def __init__(self, ses: "SESV2Client", *, configuration_set: str | None = None) -> None:
        self._ses = ses
        self._configuration_set = configuration_set

    async def send(self, email: Outgoing) -> Accepted:
        """Hand an email over; raise `ThrottledError`, or the error of `ports` that says what became of it."""
        if problem := unfit(email.content, address=email.address, max_bytes=MAX_BYTES):
            raise RefusedError(problem)
        try:
            reply = await self._ses.send_email(**self._request(email))
        except (ClientError, BotoCoreError) as error:
            raise meaning(error) from error
        except (OSError, ValueError) as error:
            raise InDoubtError(f"no reply that could be read: {type(error).__name__}") from error
        if not reply.get("MessageId"):  # half an answer, which the SDK may take for an empty one
            raise InDoubtError("the reply names no message")
        return Accepted(provider_id=reply["MessageId"])

    def _request(self, email: Outgoing) -> "SendEmailRequestTypeDef":
        request: SendEmailRequestTypeDef = {
            "Destination": {"ToAddresses": [email.address]},
            "Content": {"Raw": {"Data": email.content}},
        }
        if self._configuration_set:
            request["ConfigurationSetName"] = self._configuration_set
        if email.tags:
            request["EmailTags"] = [{"Name": name, "Value": value} for name, value in email.tags.items()]
        return request
