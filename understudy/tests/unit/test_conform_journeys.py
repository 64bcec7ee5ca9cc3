"""The checks that take several calls notice what is wrong: a scripted world stands for AWS."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from understudy.conform.check import Check
from understudy.conform.suites import all_checks
from understudy.conform.suites.shop import EVENTS_EACH, USERS, interactions_csv, made
from understudy.conform.world import Target, World

TARGET = Target(
    region="us-east-1",
    account_id="000000000000",
    bucket="data",
    role_arn="arn:aws:iam::000000000000:role/any",
    poll_s=0,
)
Answers = Mapping[str, Any]
"""What each operation answers: an answer, a list of answers one after the other, or an error's code."""


class Script(World):
    """A world whose answers and files a test has written; it keeps what was stored."""

    def __init__(self, answers: Answers, files: Mapping[str, bytes] | None = None) -> None:
        super().__init__(TARGET, prefix="p")
        self.answers = {
            name: list(each) if isinstance(each, list) else each for name, each in answers.items()
        }
        self.files = dict(files or {})

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Answer by the script; the last of several answers is repeated."""
        answer = self.answers[operation]
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, str):
            response: Any = {
                "Error": {"Code": answer, "Message": f"{answer} of {service} {sorted(params)}"},
                "ResponseMetadata": {"HTTPStatusCode": 400},
            }
            raise ClientError(response, operation)
        return dict(answer)

    def put(self, key: str, body: bytes) -> str:
        """Keep a file."""
        self.files[key] = body
        return self.uri(key)

    def get(self, uri: str) -> bytes:
        """Return a file."""
        return self.files[uri.removeprefix(self.uri(""))]

    def keys(self, folder: str) -> list[str]:
        """Return the files below a folder."""
        return [key.removeprefix(folder) for key in self.files if key.startswith(folder)]


def check(name: str) -> Check:
    """Return a check by a part of its name."""
    [found] = [each for each in all_checks() if name in each.name]
    return found


def different(name: str, world: World) -> list[str]:
    """Return what a check finds different."""
    return [each.what for each in check(name).run(world)]


ARNS = {
    noun: f"arn:aws:personalize:us-east-1:000000000000:{kind}/x"
    for noun, kind in {
        "schema": "schema",
        "datasetGroup": "dataset-group",
        "dataset": "dataset",
        "datasetImportJob": "dataset-import-job",
        "solution": "solution",
        "solutionVersion": "solution/x",
        "campaign": "campaign",
        "batchInferenceJob": "batch-inference-job",
    }.items()
}


def personalize(**states: Any) -> dict[str, Any]:  # noqa: ANN401 - a state, or a description
    """Return a Personalize in which everything becomes active, except what has another state."""
    answers: dict[str, Any] = {}
    for key, arn in ARNS.items():
        noun = key[0].upper() + key[1:]
        state = states.get(key, "ACTIVE")
        description = state if isinstance(state, dict) else {"status": state}
        answers[f"Create{noun}"] = {f"{key}Arn": arn}
        answers[f"Describe{noun}"] = {key: description}
    return answers


METRICS = {
    "coverage": 0.5,
    "mean_reciprocal_rank_at_25": 0.1,
    **{
        f"{name}_at_{k}": 0.1
        for name in ("normalized_discounted_cumulative_gain", "precision")
        for k in (5, 10, 25)
    },
}


def recommended(user: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any member
    """Return a line of a batch's output."""
    output = {"recommendedItems": list("abcde"), "scores": [0.2] * 5}
    return {"input": {"userId": user}, "output": output, "error": None, **changes}


def inference(*lines: dict[str, Any]) -> dict[str, bytes]:
    """Return what a batch inference job writes."""
    return {"personalize/out/users.json.out": "\n".join(map(json.dumps, lines)).encode()}


REFUSALS = ["InvalidInputException", "InvalidInputException", "ResourceNotFoundException"]
GOOD_LINES = inference(recommended("u1"), recommended("nobody"))


def training(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any answer
    """Return a Personalize that trains and infers as on AWS."""
    created = {"batchInferenceJobArn": ARNS["batchInferenceJob"]}
    return {
        **personalize(),
        "GetSolutionMetrics": {"solutionVersionArn": ARNS["solutionVersion"], "metrics": METRICS},
        "CreateBatchInferenceJob": [*REFUSALS, created],
        **changes,
    }


_TRAINING = "interactions are imported, trained on"


@pytest.mark.parametrize(
    ("changes", "files", "what"),
    [
        ({}, GOOD_LINES, ["message"]),
        (
            {"GetSolutionMetrics": {"solutionVersionArn": "x" * 9, "metrics": {}}},
            GOOD_LINES,
            ["metrics that are missing", "message"],
        ),
        ({}, inference(recommended("u1")), ["message", "users"]),
        ({}, inference(recommended("u1", error="x"), recommended("nobody")), ["message", "its error"]),
    ],
)
def test_each_fault_of_a_training_is_noticed(
    changes: Answers, files: dict[str, bytes], what: list[str]
) -> None:
    """The scripted refusals have other texts than AWS's, which is noticed each time."""
    assert different(_TRAINING, Script(training(**changes), files)) == what


def test_an_import_that_fails_stops_the_training() -> None:
    """There is nothing to train on; the error names the job and its reason."""
    failed = {"status": "CREATE FAILED", "failureReason": "Insufficient privileges."}
    with pytest.raises(
        RuntimeError, match=r"dataset-import-job/x is CREATE FAILED: Insufficient privileges\."
    ):
        check(_TRAINING).run(Script(training(**personalize(datasetImportJob=failed))))


@pytest.mark.parametrize(
    ("reason", "what"),
    [
        ("Input CSV is missing the following columns:[EVENT_TYPE].", []),
        ("Something else.", ["failureReason"]),
    ],
)
def test_the_reason_of_a_failed_import_is_compared(reason: str, what: list[str]) -> None:
    """Callers read it."""
    failed = {"status": "CREATE FAILED", "failureReason": reason}
    world = Script(personalize(datasetImportJob=failed))
    assert different("an import with a column missing", world) == what
    [body] = world.files.values()
    assert body.startswith(b"USER_ID,ITEM_ID,TIMESTAMP,KIND\n")


def test_an_import_that_should_fail_and_does_not_is_noticed() -> None:
    """Both its state and its reason."""
    assert different("an import with no file", Script(personalize())) == ["states", "failureReason"]


def test_a_campaign_must_answer_for_everybody() -> None:
    """Also for somebody of whom nothing is known."""
    items = [{"itemId": f"i{number}"} for number in range(5)]
    answers = [{"itemList": items}, {"itemList": []}]
    world = Script({**training(), "GetRecommendations": answers})
    assert different("a campaign answers for a user", world) == ["items for nobody"]


def test_what_does_not_become_active_is_told_by_its_reason() -> None:
    """A check that needs it cannot go on."""
    failed = {"status": "CREATE FAILED", "failureReason": "No."}
    with pytest.raises(RuntimeError, match=r"is CREATE FAILED: No\."):
        made(Script(personalize(datasetGroup=failed)), "DatasetGroup", {"name": "x"})


def count(rows: bytes) -> Callable[[int], set[str]]:
    """Return the values of a column."""
    lines = [line.split(",") for line in rows.decode().splitlines()[1:]]
    return lambda column: {line[column] for line in lines}


def test_the_interactions_are_enough_to_train_on() -> None:
    """At least 1,000 rows and 25 users with two each; 999 rows are one too few."""
    rows = interactions_csv()
    assert len(rows.splitlines()) == USERS * EVENTS_EACH + 1 > 1_001
    assert len(count(rows)(0)) == USERS
    assert len(interactions_csv(999).splitlines()) == 1_000
