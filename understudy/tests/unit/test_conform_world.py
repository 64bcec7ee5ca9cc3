from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from unit.test_conform_states import Clock

from understudy.conform.world import TAG, Target, World

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TARGET = Target(region="us-east-1", account_id="123456789012", poll_s=1, timeout_s=10)


_SESSION: Any = boto3.Session()
"""One for all, since it keeps the service models that it has read."""


class FakeClients:
    """Clients that answer by a table, in place of AWS, and keep what they were asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.answers: dict[str, Iterator[Any]] = {}
        self.made: list[tuple[str, Any]] = []

    def make(self, service: str, **options: Any) -> Any:  # noqa: ANN401 - a real client, whose calls are caught
        """Return a client that sends nothing."""
        self.made.append((service, options))
        client: Any = _SESSION.client(service, **options)

        def keep(params: Any, model: Any, **_: Any) -> None:  # noqa: ANN401 - botocore's own
            self.asked.append((model.name, params))

        client.meta.events.register("before-parameter-build", keep)
        client.meta.events.register("before-call", lambda model, **_: self._response(model.name))
        return client

    def _response(self, operation: str) -> Any:  # noqa: ANN401 - botocore's own
        outcome: dict[str, Any] = next(self.answers.get(operation, iter(())), {})
        status = 400 if "Error" in outcome else 200
        metadata = {"HTTPStatusCode": status}
        return _Http(status), {**outcome, "ResponseMetadata": metadata}


class _Http:
    def __init__(self, status_code: int) -> None:
        self.status_code = status_code


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> FakeClients:
    """Put fakes in the place of boto3's clients."""
    fake = FakeClients()
    monkeypatch.setattr(boto3, "client", fake.make)
    return fake


def refusal(code: str) -> dict[str, Any]:
    """Return the response of a call that is refused."""
    return {"Error": {"Code": code, "Message": "no"}}


def group(number: int) -> dict[str, str]:
    """Return the answer to the creation of a dataset group."""
    return {"datasetGroupArn": f"arn:group{number}"}


def test_names_are_of_one_run() -> None:
    """Two people who run the suite in one account do not meet."""
    one, other = World(TARGET), World(TARGET)
    assert one.name("x") != other.name("x")
    assert one.name("x").startswith("understudy-conform-")


@pytest.mark.parametrize(
    ("service", "operation", "params", "tags"),
    [
        (
            "personalize",
            "CreateDatasetGroup",
            {"name": "x"},
            {"tags": [{"tagKey": TAG, "tagValue": "PREFIX"}]},
        ),
        ("personalize", "CreateSchema", {"name": "x"}, {}),
        ("personalize", "CreateDatasetGroup", {"name": "x", "tags": []}, {"tags": []}),
    ],
)
def test_what_is_made_gets_a_tag(
    clients: FakeClients, service: str, operation: str, params: dict[str, Any], tags: dict[str, Any]
) -> None:
    """In the form of each service, if it has one, and unless a check sets tags itself."""
    world = World(TARGET, prefix="PREFIX")
    world.call(service, operation, params)
    [(_, sent)] = clients.asked
    assert {name: each for name, each in sent.items() if name.lower() == "tags"} == tags


def test_everything_is_removed_the_newest_first(clients: FakeClients) -> None:
    """A schema is gone with one call; a group is asked for until it is."""
    gone = refusal("ResourceNotFoundException")
    clients.answers = {
        "CreateSchema": iter([{"schemaArn": "arn:schema"}]),
        "CreateDatasetGroup": iter([group(1)]),
        "DeleteDatasetGroup": iter([{}, refusal("ResourceInUseException"), gone]),
    }
    clock = Clock()
    world = World(TARGET, sleep=clock.sleep, clock=clock)
    world.call("personalize", "CreateSchema", {"name": "s", "schema": "{}"})
    world.call("personalize", "CreateDatasetGroup", {"name": "g"})
    clients.asked.clear()
    assert world.clean_up() == []
    assert clients.asked == [
        *[("DeleteDatasetGroup", {"datasetGroupArn": "arn:group1"})] * 3,
        ("DeleteSchema", {"schemaArn": "arn:schema"}),
    ]
    assert clock.now_s == 2
    assert world.clean_up() == [], "nothing is removed twice"


def test_what_cannot_be_removed_is_told(clients: FakeClients) -> None:
    """And the rest is removed all the same."""
    denied = refusal("AccessDeniedException")
    clients.answers = {
        "CreateDatasetGroup": iter([group(1), group(2)]),
        "DeleteDatasetGroup": iter([denied, refusal("ResourceNotFoundException")]),
    }
    world = World(TARGET)
    for name in ("a", "b"):
        world.call("personalize", "CreateDatasetGroup", {"name": name})
    [left] = world.clean_up()
    assert left.startswith("arn:group2: ")
    assert "AccessDeniedException" in left


def test_what_is_in_use_for_too_long_is_told(clients: FakeClients) -> None:
    """The suite ends."""
    clients.answers = {
        "CreateDatasetGroup": iter([group(1)]),
        "DeleteDatasetGroup": iter([refusal("ResourceInUseException")] * 100),
    }
    clock = Clock()
    world = World(TARGET, sleep=clock.sleep, clock=clock)
    world.call("personalize", "CreateDatasetGroup", {"name": "g"})
    [left] = world.clean_up()
    assert "ResourceInUseException" in left
    assert clock.now_s == 11


def test_what_is_behind_an_endpoint_that_is_gone_is_told(clients: FakeClients) -> None:
    """Whoever runs the suite can look for it."""
    clients.answers = {"CreateDatasetGroup": iter([group(1)])}
    world = World(TARGET)
    world.call("personalize", "CreateDatasetGroup", {"name": "g"})

    def gone(**_: Any) -> None:  # noqa: ANN401 - botocore's own
        raise EndpointConnectionError(endpoint_url="http://gone")

    world.client("personalize").meta.events.register_first("before-call", gone)
    assert world.clean_up() == ['arn:group1: Could not connect to the endpoint URL: "http://gone"']


def test_a_refused_creation_leaves_nothing_to_remove(clients: FakeClients) -> None:
    """Nor does an operation that creates nothing."""
    clients.answers = {"CreateDatasetGroup": iter([refusal("LimitExceededException")])}
    world = World(TARGET)
    with pytest.raises(ClientError):
        world.call("personalize", "CreateDatasetGroup", {"name": "g"})
    world.call("personalize", "ListSchemas", {})
    clients.asked.clear()
    assert world.clean_up() == []
    assert clients.asked == []


def test_what_checks_share_is_made_once() -> None:
    """By the first that needs it."""
    world, made = World(TARGET), iter(range(5))
    assert [world.once("key", lambda _: next(made)) for _ in range(3)] == [0, 0, 0]
    assert world.once("other key", lambda _: next(made)) == 1


def test_aws_is_asked_repeatedly_and_a_stand_in_once(clients: FakeClients) -> None:
    """AWS may throttle; the first answer of a stand-in is the one to look at."""
    stand_in = Target(region="us-east-1", account_id="1", endpoint_url="http://127.0.0.1:1")
    for target in (TARGET, stand_in):
        World(target).client("comprehend")
    attempts = [options["config"].retries["total_max_attempts"] for _, options in clients.made]
    assert attempts == [5, 1]
    assert [options["endpoint_url"] for _, options in clients.made] == [None, "http://127.0.0.1:1"]


def test_no_credentials_are_needed_for_a_stand_in(
    clients: FakeClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests go unsigned; those to AWS never do."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    stand_in = Target(region="us-east-1", account_id="1", endpoint_url="http://127.0.0.1:1")
    for target in (stand_in, TARGET):
        World(target).client("comprehend")
    signed = [options["config"].signature_version for _, options in clients.made]
    assert [each is None for each in signed] == [False, True]


def test_any_credentials_do_for_an_emulator_of_s3(
    clients: FakeClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gives nothing to who has none, unlike a stand-in; those of the environment are used if there are."""
    emulator = "http://127.0.0.1:1"
    target = Target(region="us-east-1", account_id="1", endpoint_url=emulator, s3_endpoint_url=emulator)
    World(target).client("s3")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    World(target).client("s3")
    assert [options.get("aws_access_key_id") for _, options in clients.made] == [None, "any"]
    assert [options["config"].signature_version for _, options in clients.made] == [None, None]


def test_places_are_in_the_bucket_or_in_one_that_nobody_has() -> None:
    """A check that must not find anything needs no bucket."""
    with_bucket = Target(region="us-east-1", account_id="1", bucket="data")
    assert World(with_bucket, prefix="p").uri("a") == "s3://data/p/a"
    assert World(TARGET, prefix="p").uri("a") == "s3://p-none/p/a"
    assert World(TARGET, prefix="p").role_arn == "arn:aws:iam::123456789012:role/p"
    assert World(TARGET).arn("schema/x") == "arn:aws:personalize:us-east-1:123456789012:schema/x"
