from pathlib import Path
from typing import Any

import pytest

from understudy.conform.exchange import Exchange, Json, known_values, parsed, read_exchanges, write_exchanges
from understudy.conform.replay import Replayer
from understudy.conform.sanitising import Sanitiser
from understudy.conform.world import Target

KNOWN = {"prefix": "conform-1a2b", "account": "123456789012", "region": "eu-west-1", "model": "a.claude-v1:0"}
JOB = "0123456789abcdef" * 2
TOKEN = "6f1c2a4e-1b2c-4d3e-8f90-123456789abc"


def exchange(request: Json = None, response: Json = None, **changes: Any) -> Exchange:  # noqa: ANN401 - any member
    """Return an exchange with Comprehend."""
    members: dict[str, Any] = {
        "service": "comprehend",
        "operation": "DescribeSentimentDetectionJob",
        "method": "POST",
        "path": "/",
        "target": "Comprehend_20171127.DescribeSentimentDetectionJob",
        "content_type": "application/x-amz-json-1.1",
        "status": 200,
        "error_type": None,
        "response_type": "application/x-amz-json-1.1",
        **changes,
    }
    return Exchange(request=request, response=response, **members)


def sanitised(*exchanges: Exchange) -> list[Exchange]:
    """Return the exchanges of one conversation, sanitised."""
    sanitiser = Sanitiser(KNOWN)
    return [sanitiser.sanitised(each) for each in exchanges]


def test_nothing_of_an_account_or_a_run_is_kept() -> None:
    """Accounts, regions and names become placeholders, in texts and in names of members."""
    [kept] = sanitised(
        exchange(
            {
                "Arn": "arn:aws:comprehend:eu-west-1:123456789012:job/x",
                "conform-1a2b-key": "conform-1a2b-name",
            }
        )
    )
    assert kept.request == {
        "Arn": "arn:aws:comprehend:${region}:${account}:job/x",
        "${prefix}-key": "${prefix}-name",
    }


def test_a_value_is_replaced_in_a_path_too() -> None:
    """There it is percent-encoded."""
    [kept] = sanitised(exchange(path="/model/a.claude-v1%3A0/converse"))
    assert kept.path == "/model/${model}/converse"


def test_a_value_inside_a_longer_word_is_not_replaced() -> None:
    """A number that contains the account's is another number."""
    [kept] = sanitised(exchange({"Id": "91234567890123"}))
    assert kept.request == {"Id": "91234567890123"}


def test_an_id_that_a_service_made_up_is_the_same_everywhere() -> None:
    """Whoever reads the recording sees what belongs together."""
    started, described = sanitised(
        exchange(response={"JobId": JOB}), exchange({"JobId": JOB}, {"JobArn": f"arn:job/{JOB}"})
    )
    assert started.response == {"JobId": "${id-1}"}
    assert (described.request, described.response) == ({"JobId": "${id-1}"}, {"JobArn": "arn:job/${id-1}"})


def test_an_id_that_a_check_made_up_is_kept() -> None:
    """A job that there is not must not be there in the replay either."""
    [kept] = sanitised(exchange({"JobId": JOB}, {"message": f"no job/{JOB}"}))
    assert (kept.request, kept.response) == ({"JobId": JOB}, {"message": f"no job/{JOB}"})


def test_a_token_that_an_sdk_made_up_is_a_placeholder() -> None:
    """Its value is different each time."""
    [kept] = sanitised(exchange({"ClientRequestToken": TOKEN}))
    assert kept.request == {"ClientRequestToken": "${id-1}"}


def test_dates_scores_counts_and_texts_are_kept_as_kinds() -> None:
    """Their values differ from day to day, processor to processor and model to model."""
    answer = {
        "SubmitTime": 1_700_000_000.5,
        "Score": 0.25,
        "usage": {"inputTokens": 5},
        "output": {"content": [{"text": "Rome."}]},
        "stopReason": "end_turn",
        "Index": 1,
    }
    [kept] = sanitised(exchange(response=answer))
    assert kept.response == {
        "SubmitTime": "${date}",
        "Score": "${number}",
        "usage": {"inputTokens": "${number}"},
        "output": {"content": [{"text": "${text}"}]},
        "stopReason": "end_turn",
        "Index": 1,
    }


def test_what_is_sent_is_kept_as_it_is() -> None:
    """Numbers and texts of a request are its point."""
    [kept] = sanitised(exchange({"text": "Hello", "topP": 1.5, "maxTokens": 0}))
    assert kept.request == {"text": "Hello", "topP": 1.5, "maxTokens": 0}


def test_a_long_text_is_kept_as_what_it_repeats() -> None:
    """A text of 5,001 bytes takes no 5,001 bytes."""
    [kept] = sanitised(exchange({"Text": "ab" * 2_501}))
    assert kept.request == {"Text": "${repeat:2501:ab}"}


def test_a_long_text_that_repeats_nothing_is_kept() -> None:
    """It would be another text otherwise."""
    text = "".join(map(str, range(1_000)))
    [kept] = sanitised(exchange({"Text": text}))
    assert kept.request == {"Text": text}


def test_a_recording_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Exchange by exchange, in lines that can be compared."""
    path = tmp_path / "recording.jsonl"
    written = [exchange({"b": 1, "a": "é"}, {"x": None}), exchange("{", error_type="X")]
    write_exchanges(path, written)
    assert list(read_exchanges(path)) == written
    assert len(path.read_text("utf-8").splitlines()) == 2


@pytest.mark.parametrize(
    ("body", "value"), [(b"", None), (b"{", "{"), (b'{"a": 1}', {"a": 1}), (b"\xff", "\ufffd")]
)
def test_a_body_is_json_or_text(body: bytes, value: Json) -> None:
    """Also one that no SDK would send."""
    assert parsed(body) == value


def test_only_what_is_known_has_a_name() -> None:
    """Without a bucket there is nothing to replace."""
    target = Target(region="us-east-1", account_id="1", bucket=None)
    assert set(known_values(target, "p")) == {"prefix", "model", "account", "region"}


@pytest.mark.parametrize(
    ("operation", "repeats"), [("DescribeSchema", True), ("DeleteSchema", True), ("CreateSchema", False)]
)
def test_only_some_operations_are_asked_again(operation: str, repeats: bool) -> None:  # noqa: FBT001 - a column
    """Those by which clients wait."""
    assert exchange(operation=operation).repeats is repeats


def compared(recorded: Json, found: Json, values: dict[str, str] | None = None) -> list[str]:
    """Return where a response differs from a recorded one."""
    replayer = Replayer("http://127.0.0.1:1", values if values is not None else {})
    return [each.what for each in replayer._compared("body", recorded, found)]


@pytest.mark.parametrize(
    ("recorded", "found", "where"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, ["body.a"]),
        ({"a": 1}, {}, ["body.a"]),
        ({}, {"a": 1}, ["body.a"]),
        ([1, 2], [1, 3], ["body.1"]),
        ([1], [1, 2], ["body"]),
        ({"a": {"b": [{"c": "x"}]}}, {"a": {"b": [{"c": "y"}]}}, ["body.a.b.0.c"]),
        (None, {"a": 1}, ["body"]),
        (True, 1, []),
        ("${number}", 0.5, []),
        ("${number}", "0.5", ["body"]),
        ("${number}", True, ["body"]),
        ("${date}", 1_700_000_000, []),
        ("${date}", "2026-11-26T00:00:00Z", []),
        ("${date}", None, ["body"]),
        ("${text}", "anything", []),
        ("${text}", 5, ["body"]),
        ("a.b", "axb", ["body"]),
    ],
)
def test_a_response_is_compared_member_by_member(recorded: Json, found: Json, where: list[str]) -> None:
    """A difference says where it is; of kinds only the kind is compared."""
    assert compared(recorded, found) == where


def test_a_new_id_is_learnt_and_then_expected() -> None:
    """What a service makes up this time stands for what it made up then."""
    values: dict[str, str] = {"account": "999999999999"}
    assert compared("arn:${account}:job/${id-1}", "arn:999999999999:job/abc-1", values) == []
    assert values["id-1"] == "abc-1"
    assert compared("${id-1}", "abc-1", values) == []
    assert compared("${id-1}", "other", values) == ["body"]


def test_two_new_ids_in_one_text_are_both_learnt() -> None:
    """Such as a solution's and its version's."""
    values: dict[str, str] = {}
    assert compared("solution/${id-1}/${id-2}", "solution/a/b", values) == []
    assert values == {"id-1": "a", "id-2": "b"}


def test_another_account_is_a_difference() -> None:
    """What a replay is told is not learnt."""
    assert compared("arn:${account}", "arn:2", {"account": "1"}) == ["body"]


def test_a_request_is_filled_in() -> None:
    """Long texts are long again, and an id that nobody knows yet is made up once."""
    replayer = Replayer("http://127.0.0.1:1", {"prefix": "p", "model": "a:0"})
    filled = replayer._filled({"${prefix}-k": ["${repeat:3:ab}", "${id-7}", "${id-7}", 5]})
    assert filled == {"p-k": ["ababab", filled["p-k"][1], filled["p-k"][1], 5]}
    assert replayer._text("/model/${model}/x", quoted=True) == "/model/a%3A0/x"
