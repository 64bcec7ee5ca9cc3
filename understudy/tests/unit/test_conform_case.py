from typing import Any

import pytest
from botocore.exceptions import ClientError

from understudy.conform.case import Answered, Case, Either, Expectation, Refused, described, shape_differences
from understudy.conform.suites.cases import Cases, found, unless
from understudy.conform.world import Target, World

REFUSED = Refused("TextSizeLimitExceededException", "is 5001 bytes")


def error(
    code: str = "TextSizeLimitExceededException", message: str = "it is 5001 bytes", status: int = 400
) -> ClientError:
    """Return an error as botocore raises it."""
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "DetectSentiment")


class Echo(World):
    """A world in which every call has the same outcome."""

    def __init__(self, outcome: dict[str, Any] | ClientError) -> None:
        super().__init__(Target(region="us-east-1", account_id="000000000000"))
        self.outcome = outcome
        self.asked: list[tuple[str, str, dict[str, Any]]] = []

    def call(self, service: str, operation: str, params: Any) -> dict[str, Any]:  # noqa: ANN401 - any parameter
        """Note the call."""
        self.asked.append((service, operation, dict(params)))
        if isinstance(self.outcome, ClientError):
            raise self.outcome
        return self.outcome


def case(expected: Expectation) -> Case:
    """Return a case of Comprehend."""
    return Case(
        name="a case",
        service="comprehend",
        operation="DetectSentiment",
        asked={"Text": "x", "LanguageCode": "en"},
        expected=expected,
    )


@pytest.mark.parametrize(
    ("found_error", "what"),
    [
        (error(), []),
        (error(code="ValidationException"), ["code"]),
        (error(message="too long"), ["message"]),
        (error(status=413), ["HTTP status"]),
        (error("InternalServerException", "Internal failure", 500), ["code", "HTTP status", "message"]),
    ],
)
def test_code_status_and_message_of_an_error_are_each_compared(
    found_error: ClientError, what: list[str]
) -> None:
    """A difference says which of them it is."""
    assert [each.what for each in REFUSED.of_error(found_error)] == what


def test_an_answer_in_place_of_an_error_is_a_difference() -> None:
    """The report says what was expected."""
    [difference] = REFUSED.of_answer({"Sentiment": "POSITIVE"})
    assert (difference.expected, difference.found) == (
        "TextSizeLimitExceededException (400)",
        "an answer with Sentiment",
    )


def test_an_error_may_have_one_of_several_codes() -> None:
    """Where nobody has published which it is."""
    either = Refused("ResourceAlreadyExistsException|LimitExceededException")
    assert not either.of_error(error("LimitExceededException"))
    assert either.of_error(error("ResourceInUseException"))


def test_an_error_in_place_of_an_answer_is_a_difference() -> None:
    """With all that is known of it."""
    [difference] = Answered().of_error(error())
    assert difference.found == "TextSizeLimitExceededException (400): it is 5001 bytes"


def test_an_answer_is_looked_at_beyond_its_shape() -> None:
    """What is found wrong is told."""
    expected = found("POSITIVE", lambda answer: answer["Sentiment"])
    assert not expected.of_answer({"Sentiment": "POSITIVE"})
    [difference] = expected.of_answer({"Sentiment": "MIXED"})
    assert difference.found == "MIXED"


def test_either_of_two_outcomes_is_right() -> None:
    """If neither is right, the nearer one is told."""
    either = Either(REFUSED, found(1, lambda answer: answer["count"]))
    assert not either.of_error(error())
    assert not either.of_answer({"count": 1})
    assert [each.what for each in either.of_answer({"count": 2})] == ["outcome"]
    assert len(either.of_error(error("X", "", 500))) == 1


def test_a_case_compares_the_error_of_its_call() -> None:
    """It makes the call that it names."""
    world = Echo(error())
    assert not case(REFUSED).run(world)
    assert world.asked == [("comprehend", "DetectSentiment", {"Text": "x", "LanguageCode": "en"})]


def test_parameters_may_depend_on_the_world() -> None:
    """Names are those of the run."""
    world = Echo(error())
    asked = Cases("comprehend").refused(
        "a name", "DetectSentiment", lambda world: {"Text": world.name("x")}, REFUSED.code, REFUSED.text
    )
    assert not asked.run(world)
    assert world.asked[0][2] == {"Text": f"{world.prefix}-x"}


def test_the_shape_of_an_answer_is_compared_with_the_model() -> None:
    """A required member that is missing, and a value of another type, are differences."""
    service, operation = "comprehend", "BatchDetectSentiment"
    answer: dict[str, Any] = {"ResultList": [], "ErrorList": []}
    [difference] = shape_differences(service, operation, answer | {"ErrorList": 1})
    assert "ErrorList" in difference.found
    [difference] = shape_differences(service, operation, {})
    assert "Missing required parameter" in difference.found
    assert not shape_differences(service, operation, answer)


def test_a_case_tells_of_a_wrong_shape() -> None:
    """Even if nothing else is expected of the answer."""
    [difference] = case(Answered()).run(Echo({"Sentiment": 5}))
    assert difference.what == "shape"


def test_an_error_without_a_message_is_described() -> None:
    """Whatever answers may leave it out."""
    response: Any = {"Error": {}, "ResponseMetadata": {"HTTPStatusCode": 404}}
    assert described(ClientError(response, "X")) == ("", "", 404)


def test_a_problem_is_told_unless_the_condition_holds() -> None:
    """As text, whatever it is."""
    assert unless(True, "x") is None  # noqa: FBT003 - the condition is the point
    assert unless(False, 5) == "5"  # noqa: FBT003
