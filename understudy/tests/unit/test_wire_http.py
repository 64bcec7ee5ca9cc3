import pytest
from botocore.model import ServiceModel

from understudy.wire.dialect import Dialect, load_description
from understudy.wire.http import Binding, HttpInput
from understudy.wire.operations import Unanswered, path_pattern
from understudy.wire.scalars import ShapeError


def binding(service: str, operation: str) -> Binding:
    """Return the binding of a request."""
    model = ServiceModel(load_description(service), service).operation_model(operation)
    return Binding.of(model.input_shape)


def http_input(body: bytes = b"", **places: dict[str, str]) -> HttpInput:
    """Return a request."""
    return HttpInput(body, places.get("labels", {}), places.get("headers", {}), places.get("query", {}))


def test_members_are_read_from_where_the_model_has_them() -> None:
    """Those of the query are not in the body; numbers become numbers."""
    listing = binding("sesv2", "ListSuppressedDestinations")
    asked = http_input(query={"PageSize": "5", "NextToken": "t", "unknown": "x"})
    assert listing.read(asked) == {"PageSize": 5, "NextToken": "t"}


def test_a_number_in_the_query_that_is_none_is_refused() -> None:
    """It is not taken for a text."""
    with pytest.raises(ShapeError, match="Expected integer at 'PageSize'"):
        binding("sesv2", "ListSuppressedDestinations").read(http_input(query={"PageSize": "many"}))


def test_a_label_is_decoded_once() -> None:
    """An ARN in a path is percent-encoded, and may contain what looks encoded itself."""
    found = binding("bedrock-runtime", "Converse").read(
        http_input(labels={"modelId": "arn%3Aaws%3Ax%2F1%2525"})
    )
    assert found == {"modelId": "arn:aws:x/1%25"}


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


def test_an_operation_that_is_not_answered_is_named_by_its_path() -> None:
    """What AWS itself lacks has no name."""
    known = Unanswered(["comprehend", "sesv2"])
    assert known.by_path("POST", "/v2/email/list-identities") == "ListEmailIdentities"
    assert known.by_path("GET", "/v2/email/identities/abc") == "GetEmailIdentity"
    assert known.by_path("PATCH", "/v2/email/identities/abc") is None
    assert known.by_path("GET", "/") is None
