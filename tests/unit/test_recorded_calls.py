"""Calls of AI services that a smoke test has recorded, held against our code and the stand-in."""

import json
from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from fondly.mailer.adapters.bedrock_replies import read_reply
from fondly.sentiment.domain.scores import score_of
from tests.support.recorded import REPLAYED, Call, recorded_calls
from understudy.conform.case import shape_differences
from understudy.testing import UnderstudyServer

CALLS = recorded_calls()
each_call = pytest.mark.parametrize(
    "call", CALLS, ids=[f"{n}-{call.operation}" for n, call in enumerate(CALLS)]
)


def test_there_are_calls_of_each_operation_that_is_replayed() -> None:
    """An empty folder proves nothing."""
    assert {call.operation for call in CALLS} >= set(REPLAYED)


@each_call
def test_our_code_reads_what_was_answered(call: Call) -> None:
    """An answer has the shape of the service's model; copy is a JSON object, and every text has a score."""
    if call.status != 200:
        assert call.answer["Error"]["Code"]
        return
    assert not shape_differences(call.service, call.operation, call.answer) or _has_dates(call)
    if call.operation == "Converse":
        reply = read_reply(call.answer)
        assert reply.refusal or isinstance(json.loads(reply.text), dict)
    if call.operation == "BatchDetectSentiment":
        answered = [*call.answer["ResultList"], *call.answer["ErrorList"]]
        assert len(answered) == len(call.request["TextList"])
        assert all(score_of(each).sentiment for each in call.answer["ResultList"])


@each_call
def test_the_stand_in_answers_in_the_same_way(call: Call) -> None:
    """The same request has the same status, members, and kinds of content."""
    if call.operation not in REPLAYED:
        pytest.skip("needs what earlier calls made")
    with UnderstudyServer(region="eu-west-1") as server:
        client: Any = boto3.client(
            call.service,  # type: ignore[call-overload] # any service
            endpoint_url=server.url,
            region_name="eu-west-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )
        try:
            answer = client._make_api_call(call.operation, dict(call.request))
        except ClientError as error:
            answer = error.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == call.status
    assert _form(answer) == _form(call.answer)


def _form(answer: Mapping[str, Any]) -> tuple[set[str], str, set[str]]:
    content = answer.get("output", {}).get("message", {}).get("content", [])
    kinds = {kind for block in content for kind in block}
    return set(answer) - {"ResponseMetadata"}, answer.get("stopReason", ""), kinds


def _has_dates(call: Call) -> bool:
    """Times are kept as text, which is no time to the model."""
    return call.operation.startswith(("Describe", "List"))
