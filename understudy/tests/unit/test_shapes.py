"""Conversion and validation by the service models of the installed botocore."""

from datetime import UTC, datetime
from typing import Any

import botocore.loaders
import pytest
from botocore.model import ServiceModel

from understudy.wire.scalars import READ, WRITE, ShapeError
from understudy.wire.shapes import ShapeCompiler


def _model(service: str) -> ServiceModel:
    return ServiceModel(botocore.loaders.Loader().load_service_model(service, "service-2"), service)


def _read(service: str, shape: str, value: object) -> tuple[Any, list[str]]:
    problems: list[str] = []
    convert = ShapeCompiler(READ).compile(_model(service).shape_for(shape))
    return convert(value, "", problems), problems


@pytest.mark.parametrize(
    ("service", "shape", "value", "problem"),
    [
        (
            "bedrock-runtime",
            "ConverseRequest",
            {},
            "Value null at 'modelId' failed to satisfy constraint: Member must not be null",
        ),
        (
            "bedrock-runtime",
            "ConverseRequest",
            {"modelId": "a.b", "messages": [{"role": "robot", "content": []}]},
            (
                "Value 'robot' at 'messages.1.member.role' failed to satisfy constraint: "
                "Member must satisfy enum value set: [user, assistant, system]"
            ),
        ),
        (
            "bedrock-runtime",
            "ConverseRequest",
            {"modelId": "a.b", "inferenceConfig": {"temperature": 1.5}},
            (
                "Value '1.5' at 'inferenceConfig.temperature' failed to satisfy constraint: "
                "Member must have value less than or equal to 1"
            ),
        ),
        (
            "bedrock-runtime",
            "ConverseRequest",
            {"modelId": "a.b", "system": [{"text": "a", "cachePoint": {"type": "default"}}]},
            (
                "Value at 'system.1.member' failed to satisfy constraint: "
                "Member must have exactly one member set"
            ),
        ),
        (
            "personalize",
            "CreateSchemaRequest",
            {"name": "-", "schema": "{}"},
            (
                "Value '-' at 'name' failed to satisfy constraint: "
                "Member must satisfy regular expression pattern: ^[a-zA-Z0-9][a-zA-Z0-9\\-_]*"
            ),
        ),
        (
            "personalize",
            "ListDatasetsRequest",
            {"maxResults": 101},
            (
                "Value '101' at 'maxResults' failed to satisfy constraint: "
                "Member must have value less than or equal to 100"
            ),
        ),
        (
            "comprehend",
            "BatchDetectSentimentRequest",
            {"TextList": [""], "LanguageCode": "en"},
            (
                "Value at 'textList' failed to satisfy constraint: Member must satisfy constraint: "
                "[Member must have length greater than or equal to 1]"
            ),
        ),
    ],
)
def test_violated_constraint_is_reported_in_the_words_of_aws(
    service: str,
    shape: str,
    value: object,
    problem: str,
) -> None:
    """The model's rules on presence, enums, ranges, patterns, lengths and unions are enforced."""
    assert _read(service, shape, value)[1] == [problem]


def test_all_violations_are_reported_at_once() -> None:
    """One answer names every violated constraint, so a caller can fix them in one go."""
    _, problems = _read("comprehend", "BatchDetectSentimentRequest", {"LanguageCode": "xx"})
    assert len(problems) == 2


def test_sensitive_value_is_not_echoed() -> None:
    """The model marks review texts as sensitive, so errors must not contain them."""
    value = {"TextList": ["secret", ""], "LanguageCode": "en"}
    _, problems = _read("comprehend", "BatchDetectSentimentRequest", value)
    assert problems
    assert "secret" not in problems[0]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"Text": 1, "LanguageCode": "en"}, "Expected string at 'text'"),
        ({"Text": "a", "LanguageCode": "en", "Extra": 1}, "Unknown member 'Extra'"),
        (["a"], "Expected structure at ''"),
    ],
)
def test_wrong_type_or_unknown_member_is_refused(value: object, reason: str) -> None:
    """Input that does not fit the model is refused rather than guessed at."""
    with pytest.raises(ShapeError, match=reason):
        _read("comprehend", "DetectSentimentRequest", value)


def test_boolean_is_not_a_number() -> None:
    """Python's bool is an int, but JSON's true is not a number."""
    with pytest.raises(ShapeError, match="Expected integer at 'maxResults'"):
        _read("personalize", "ListDatasetsRequest", {"maxResults": True})


@pytest.mark.parametrize("count", [2**31, 2**70, -(2**31) - 1])
def test_an_integer_has_32_bits(count: int) -> None:
    """As on AWS, whose services read it into one."""
    with pytest.raises(ShapeError, match="Expected integer of 32 bits at 'minProvisionedTPS'"):
        _read("personalize", "UpdateCampaignRequest", {"minProvisionedTPS": count})


@pytest.mark.parametrize(
    ("service", "shape", "value"),
    [
        ("personalize", "RoleArn", "arn:aws:iam::\u0661" + 11 * "\u0662" + ":role/a"),
        ("personalize", "TagKey", "two\nlines"),
    ],
)
def test_patterns_mean_what_they_mean_in_java(service: str, shape: str, value: str) -> None:
    r"""`\d` and `\s` are ASCII's, a line break is no separator, and no name takes for ever to be refused."""
    (problem,) = _read(service, shape, value)[1]
    assert "Member must satisfy regular expression pattern: " in problem


@pytest.mark.parametrize("key", ["Abteilung f\xfcr B\xfccher", "a\u3000b", "\u0663"])
def test_a_tag_may_have_letters_digits_and_spaces_of_any_script(key: str) -> None:
    r"""`\p{L}`, `\p{N}` and `\p{Z}`."""
    assert _read("personalize", "TagKey", key) == (key, [])


def test_null_member_counts_as_absent() -> None:
    """SDKs in other languages send null for members that are not set."""
    assert _read("personalize", "ListDatasetsRequest", {"nextToken": None}) == ({}, [])


def test_timestamps_are_epoch_seconds_on_the_wire() -> None:
    """JSON 1.1 sends a datetime as a number, which is read back as the same time."""
    shape = _model("personalize").shape_for("DatasetGroupSummary")
    moment = datetime(2026, 11, 24, 15, 0, 0, 250_000, tzinfo=UTC)
    wire = ShapeCompiler(WRITE).compile(shape)({"creationDateTime": moment}, "", [])
    assert wire == {"creationDateTime": 1795532400.25}
    assert ShapeCompiler(READ).compile(shape)(wire, "", []) == {"creationDateTime": moment}


def test_blobs_are_base64_on_the_wire() -> None:
    """Bytes survive a round trip, and invalid base64 is refused."""
    shape = _model("comprehend").shape_for("ClassifyDocumentRequest")
    assert ShapeCompiler(WRITE).compile(shape)({"Bytes": b"\xff\x00"}, "", [])["Bytes"] == "/wA="
    assert ShapeCompiler(READ).compile(shape)({"Bytes": "/wA="}, "", [])["Bytes"] == b"\xff\x00"
    with pytest.raises(ShapeError, match="Expected base64"):
        ShapeCompiler(READ).compile(shape)({"Bytes": "no!"}, "", [])


def test_the_length_of_a_blob_is_that_of_its_bytes() -> None:
    """Not of the text that it is on the wire."""
    model = ServiceModel({
        "metadata": {"protocol": "json"},
        "operations": {},
        "shapes": {"Bytes": {"type": "blob", "max": 3}},
    })  # fmt: skip
    problems: list[str] = []
    read = ShapeCompiler(READ).compile(model.shape_for("Bytes"))
    assert read("YWJj", "body", problems) == b"abc"
    assert not problems
    read("YWJjZA==", "body", problems)
    assert "length less than or equal to 3" in problems[0]


def test_recursive_shape_compiles() -> None:
    """A shape may contain itself to any depth."""
    model = ServiceModel({
        "metadata": {"protocol": "json"},
        "operations": {},
        "shapes": {
            "Tree": {"type": "structure", "members": {"left": {"shape": "Tree"}, "n": {"shape": "N"}}},
            "N": {"type": "integer", "max": 3},
        },
    })  # fmt: skip
    problems: list[str] = []
    value = {"left": {"left": {"n": 4}}}
    assert ShapeCompiler(READ).compile(model.shape_for("Tree"))(value, "", problems) == value
    assert problems == [
        (
            "Value '4' at 'left.left.n' failed to satisfy constraint: "
            "Member must have value less than or equal to 3"
        ),
    ]


@pytest.mark.parametrize("service", ["comprehend", "personalize", "personalize-runtime"])
def test_unicode_classes_in_patterns_compile(service: str) -> None:
    r"""Every request shape compiles, including patterns with Java's classes such as `\p{L}`."""
    model = _model(service)
    compiler = ShapeCompiler(READ)
    for name in model.operation_names:
        shape = model.operation_model(name).input_shape
        if shape is not None:
            compiler.compile(shape)
