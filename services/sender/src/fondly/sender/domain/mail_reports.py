"""What a mail server or a mailbox provider reports by mail of an email that was delivered to it by SMTP.

As a message of the feedback queue it is JSON with one key, which no request can begin with and no
notification of Amazon SES has.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from fondly.contracts.tokens import MAX_TOKEN_CHARS
from fondly.sender.domain.notifications import MAX_ID_CHARS, NotificationError

BEGINS = '{"mail_report":'
MAX_ADDRESSES = 10
Address = Annotated[str, StringConstraints(min_length=3, max_length=320)]


class MailReport(BaseModel):
    """A bounce or a complaint of one email, which carried a token: the token proves whose email it was.

    Nothing proves the rest. So of the addresses only the customer's own is believed, and of the run only that
    the customer had an email of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: Literal["hard", "soft", "complaint"]
    report_id: Annotated[str, Field(min_length=1, max_length=200)]
    """Names the report: the same mail has the same."""
    token: Annotated[str, Field(max_length=MAX_TOKEN_CHARS)]
    run_id: Annotated[str, Field(max_length=MAX_ID_CHARS)] | None = None
    addresses: Annotated[tuple[Address, ...], Field(max_length=MAX_ADDRESSES)] = ()
    """Whom the email was for, as the report or the returned email says."""
    counts: bool = True
    """As in `Notification`."""

    @property
    def message(self) -> str:
        """The report as a message of the feedback queue."""
        return _Message(mail_report=self).model_dump_json()


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    mail_report: MailReport


def is_mail_report(body: str) -> bool:
    """Whether a message of the feedback queue is about a report."""
    return body.startswith(BEGINS)


def read_mail_report(body: str) -> MailReport:
    """Read a message of the feedback queue; raise `NotificationError` if it is no report."""
    try:
        return _Message.model_validate_json(body).mail_report
    except ValidationError as error:
        [first, *_] = error.errors(include_url=False, include_input=False, include_context=False)
        where = ".".join(map(str, first["loc"]))
        raise NotificationError(f"not a report by mail: {where}: {first['msg']}") from None
