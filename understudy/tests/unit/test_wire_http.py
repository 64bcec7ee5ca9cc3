import pytest
from botocore.model import ServiceModel

from understudy.wire.dialect import Dialect, load_description
from understudy.wire.errors import ServiceError
from understudy.wire.http import Binding, HttpInput
from understudy.wire.operations import path_pattern, request_reader
from understudy.wire.scalars import ShapeError
from understudy.wire.unanswered import Unanswered


def binding(service: str, operation: str, *, output: bool = False) -> Binding:
    """Return the binding of a request or a response."""
    model = ServiceModel(load_description(service), service).operation_model(operation)
    return Binding.of(model.output_shape if output else model.input_shape, operation)


def http_input(body: bytes = b"", **places: dict[str, str]) -> HttpInput:
    """Return a request."""
    return HttpInput(body, places.get("labels", {}), places.get("headers", {}), places.get("query", {}))


def test_members_are_read_from_where_the_model_has_them() -> None:
    """Those of the query are not in the body; numbers become numbers."""
    listing = binding("bedrock", "ListModelInvocationJobs")
    asked = http_input(query={"maxResults": "5", "nameContains": "shop", "unknown": "x"})
    assert listing.read(asked) == {"maxResults": 5, "nameContains": "shop"}


def test_a_number_in_the_query_that_is_none_is_refused() -> None:
    """It is not taken for a text."""
    with pytest.raises(ShapeError, match="Expected integer at 'maxResults'"):
        binding("bedrock", "ListModelInvocationJobs").read(http_input(query={"maxResults": "many"}))


def test_a_label_is_decoded_once() -> None:
    """An ARN in a path is percent-encoded, and may contain what looks encoded itself."""
    found = binding("bedrock", "GetModelInvocationJob").read(
        http_input(labels={"jobIdentifier": "arn%3Aaws%3Ax%2F1%2525"})
    )
    assert found == {"jobIdentifier": "arn:aws:x/1%25"}


def test_a_body_that_is_the_payload_is_taken_as_it_is() -> None:
    """InvokeModel's is the model's business; headers are read all the same."""
    invoke = binding("bedrock-runtime", "InvokeModel")
    asked = http_input(b"\xff{", labels={"modelId": "m"}, headers={"accept": "application/json"})
    assert invoke.read(asked) == {"modelId": "m", "accept": "application/json"}
    assert invoke.payload_of(asked) == {"body": b"\xff{"}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"{", "not JSON"),
        (b"[]", "not a JSON object"),
        (b'"x"', "not a JSON object"),
        (b"\xff", "not JSON"),
        (b'{"a": NaN}', "not JSON"),
        (b'{"a": -Infinity}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_a_body_that_is_no_object_is_refused(body: bytes, problem: str) -> None:
    """Whatever it is instead."""
    with pytest.raises(ShapeError, match=problem):
        binding("comprehend", "DetectSentiment").read(http_input(body))


def test_an_empty_body_has_no_members() -> None:
    """Some SDKs send none for an operation without parameters."""
    assert binding("personalize", "ListSchemas").read(http_input()) == {}


def test_a_response_is_compact_json_without_odd_numbers() -> None:
    """What JSON has no word for is a mistake of understudy's."""
    written = binding("comprehend", "DetectSentiment", output=True)
    assert written.write({}, {"Sentiment": "MIXED", "x": 1}).content == b'{"Sentiment":"MIXED","x":1}'
    with pytest.raises(ValueError, match="JSON compliant"):
        written.write({}, {"x": float("inf")})


def test_a_response_that_is_a_payload_has_its_own_type() -> None:
    """The body is the member, and nothing else."""
    written = binding("bedrock-runtime", "InvokeModel", output=True)
    answer = written.write({"body": b"x", "contentType": "text/plain"}, {})
    assert (answer.content, answer.content_type) == (b"x", "text/plain")


def test_what_cannot_be_sent_is_found_at_the_start() -> None:
    """A stream of events is neither JSON nor plain bytes."""
    with pytest.raises(NotImplementedError, match="ConverseStream"):
        binding("bedrock-runtime", "ConverseStream", output=True)


@pytest.mark.parametrize(
    ("uri", "path", "labels"),
    [
        ("/jobs", "/jobs", {}),
        ("/jobs/{id}", "/jobs/a%2Fb", {"id": "a%2Fb"}),
        ("/jobs/{id}/stop", "/jobs/1/stop", {"id": "1"}),
        ("/models/{name+}", "/models/a/b", {"name": "a/b"}),
    ],
)
def test_a_path_is_matched_with_its_labels(uri: str, path: str, labels: dict[str, str]) -> None:
    """Still encoded; only a greedy label has slashes."""
    match = path_pattern(uri).fullmatch(path)
    assert match is not None
    assert match.groupdict() == labels


@pytest.mark.parametrize(("uri", "path"), [("/jobs/{id}", "/jobs/a/b"), ("/a.b", "/axb"), ("/a", "/a/")])
def test_other_paths_are_not_matched(uri: str, path: str) -> None:
    """A dot in a path is a dot."""
    assert path_pattern(uri).fullmatch(path) is None


@pytest.mark.parametrize(
    ("service", "code", "status", "member"),
    [
        ("comprehend", "TextSizeLimitExceededException", 400, "Message"),
        ("comprehend", "InternalServerException", 500, "Message"),
        ("personalize", "ResourceNotFoundException", 400, "message"),
        ("personalize-runtime", "ResourceNotFoundException", 404, "message"),
        ("bedrock-runtime", "ThrottlingException", 429, "message"),
        ("bedrock-runtime", "ModelErrorException", 424, "message"),
        ("bedrock-runtime", "AccessDeniedException", 403, "message"),
        ("bedrock", "ConflictException", 400, "message"),
        ("comprehend", "ThrottlingException", 400, "message"),
    ],
)
def test_errors_have_the_form_that_the_model_gives_them(
    service: str, code: str, status: int, member: str
) -> None:
    """One that no model declares is a 400 with a `message`."""
    form = Dialect.of(load_description(service)).error_form(code)
    assert (form.status, form.message_member) == (status, member)


@pytest.mark.parametrize(
    ("service", "content_type"),
    [("personalize", "application/x-amz-json-1.1"), ("bedrock-runtime", "application/json")],
)
def test_answers_have_the_content_type_of_the_protocol(service: str, content_type: str) -> None:
    """JSON 1.1, or plain JSON for REST."""
    assert Dialect.of(load_description(service)).content_type == content_type


def test_a_record_of_a_file_is_validated_like_a_request() -> None:
    """A batch job reports what a call would."""
    read = request_reader("bedrock-runtime", "Converse")
    assert read({"modelId": "m", "inferenceConfig": {"maxTokens": 5}})["inferenceConfig"] == {"maxTokens": 5}
    with pytest.raises(ServiceError) as missing:
        read({"inferenceConfig": {"maxTokens": 0}})
    assert missing.value.code == "ValidationException"
    assert missing.value.message.startswith("2 validation errors detected: ")
    with pytest.raises(ServiceError) as unknown:
        read({"modelId": "m", "tone": "warm"})
    assert unknown.value.code == "SerializationException"


def test_an_operation_of_a_service_is_named_by_target_or_path() -> None:
    """Each protocol has its own way; what AWS itself lacks has no name."""
    known = Unanswered(["comprehend", "bedrock"])
    assert known.by_target("Comprehend_20171127.DetectSyntax") == "DetectSyntax of Amazon Comprehend"
    assert known.by_target("Comprehend_20171127.DetectMood") is None
    assert known.by_target("AmazonPersonalize.ListSchemas") is None
    assert known.by_path("GET", "/guardrails") == "ListGuardrails of Amazon Bedrock"
    assert known.by_path("GET", "/guardrails/abc") == "GetGuardrail of Amazon Bedrock"
    assert known.by_path("PATCH", "/guardrails") is None
    assert known.by_path("GET", "/") is None
