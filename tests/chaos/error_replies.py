"""Error replies in each service's protocol.

Source: botocore's service models, and AWS's pages on common errors.
"""

import json

from tests.chaos.calls import Call, Reply

_THROTTLED = {
    "sqs": ("RequestThrottled", 400),
    "sns": ("Throttling", 400),
    "s3": ("SlowDown", 503),
    "dynamodb": ("ProvisionedThroughputExceededException", 400),
    "comprehend": ("ThrottlingException", 400),
    "personalize": ("ThrottlingException", 400),
    "bedrock": ("ThrottlingException", 429),
    "ses": ("TooManyRequestsException", 429),
}
_BROKEN = {
    "sqs": "InternalFailure",
    "sns": "InternalError",
    "s3": "InternalError",
    "dynamodb": "InternalServerError",
    "comprehend": "InternalServerException",
    "personalize": "InternalFailure",
    "bedrock": "InternalServerException",
    "ses": "InternalServiceErrorException",
}
_UNAVAILABLE = {"bedrock": "ServiceUnavailableException"}


def throttled(call: Call) -> Reply:
    """Reply that the caller is throttled."""
    code, status = _THROTTLED.get(call.service, ("Throttling", 400))
    return error_reply(call, code, "Rate exceeded", status)


def broken(call: Call) -> Reply:
    """Reply with an internal error (500)."""
    return error_reply(call, _BROKEN.get(call.service, "InternalFailure"), "We hit an unexpected error", 500)


def unavailable(call: Call) -> Reply:
    """Reply that the service is unavailable (503)."""
    code = _UNAVAILABLE.get(call.service, "ServiceUnavailable")
    return error_reply(call, code, "Please try again later", 503)


def error_reply(call: Call, code: str, message: str, status: int) -> Reply:
    """Return the error as the protocol of the call's service words it."""
    if call.service == "s3":
        return _xml(status, f"<Error><Code>{code}</Code><Message>{message}</Message></Error>")
    if call.service == "sns":
        error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        return _xml(status, f"<ErrorResponse>{error}<RequestId>chaos</RequestId></ErrorResponse>")
    content = {"__type": code, "message": message, "Message": message}
    headers = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-errortype": code}
    if call.service == "sqs":
        headers["x-amzn-query-error"] = f"{code};Sender"
    return Reply(status, headers, json.dumps(content).encode())


def _xml(status: int, text: str) -> Reply:
    return Reply(status, {"Content-Type": "text/xml"}, f'<?xml version="1.0"?>{text}'.encode())
