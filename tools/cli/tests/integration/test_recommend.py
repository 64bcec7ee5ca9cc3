"""`fondly recommend` against an emulator that holds what a run has left."""

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import boto3
import pytest
from aiobotocore.session import get_session

from fondly.contracts import object_keys
from fondly.contracts.records import Recommendation
from fondly.runtime.aws import CONFIG
from services.recommender.tests.real_time import shown, store
from services.recommender.tests.world import RUN, TOO_LITTLE, World
from tests.support.stores import Clients

if TYPE_CHECKING:
    from fondly.stack.provision import Resources
    from tools.cli.tests.conftest import Fondly


@pytest.fixture(scope="module")
def template() -> World:
    """A world with one run to its end, by popularity."""

    async def make() -> World:
        world = World()
        await world.open(TOO_LITTLE)
        await world.run_to_end()
        return world

    return asyncio.run(make())


@pytest.fixture
def recommended(template: World, resources: "Resources") -> list[Recommendation]:
    """What the run recommended, with everything that it left stored in the emulator."""

    async def work() -> list[Recommendation]:
        session = get_session()
        async with AsyncExitStack() as stack:
            clients = Clients(
                s3=await stack.enter_async_context(session.create_client("s3", config=CONFIG)),
                sqs=await stack.enter_async_context(session.create_client("sqs", config=CONFIG)),
                sns=await stack.enter_async_context(session.create_client("sns", config=CONFIG)),
                dynamodb=await stack.enter_async_context(session.create_client("dynamodb", config=CONFIG)),
            )
            return await store(template, clients, resources)

    return asyncio.run(work())


def test_picks_are_those_of_the_run(
    recommended: list[Recommendation], environment: str, run_fondly: "Fondly"
) -> None:
    """As JSON, with what they came from and nothing that is the shop's own."""
    [first, *_] = recommended
    answer = run_fondly("recommend", first.customer_id, "--environment", environment, "--json")
    assert answer.code == 0
    assert answer.json["known"] is True
    assert (answer.json["picked_from"], answer.json["run_id"]) == ("popularity", RUN)
    ids = [one["product"]["product_id"] for one in answer.json["picks"]]
    assert ids == [one["product"]["product_id"] for one in shown(first.picks)]


def test_a_person_reads_product_price_and_reason(
    recommended: list[Recommendation], environment: str, run_fondly: "Fondly"
) -> None:
    """Three lines a pick, the kind of the reason behind it."""
    [first, *_] = recommended
    answer = run_fondly("recommend", first.customer_id, "--environment", environment)
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert len(lines) == 3 * len(first.picks)
    for number, pick in enumerate(first.picks):
        assert lines[3 * number].split()[0] == f"{number + 1}."
        assert lines[3 * number + 1].split() == ["₹100", pick.product.product_id]
        assert lines[3 * number + 2].endswith(f"({pick.reason.kind.value.replace('_', ' ')})")
    assert answer.err.splitlines() == [f"the shop of {RUN}; popular products: there is no ranking"]


def test_somebody_unknown_is_said_to_be(
    recommended: list[Recommendation], environment: str, run_fondly: "Fondly"
) -> None:
    """In one line instead of picks for nobody; an id cannot steer the terminal."""
    assert recommended
    answer = run_fondly("recommend", "nobody\u202e", "--environment", environment)
    assert (answer.code, answer.out) == (1, "")
    [line] = answer.err.splitlines()
    assert line.startswith(rf"nobody knows a customer nobody\u202e in {environment}: expected an id")


@pytest.mark.parametrize(
    ("customer_id", "problem"),
    [("", "has 0 characters"), (" ", "is blank"), ("nobody\x1b[2J", "control character"), ("x" * 257, "257")],
)
def test_what_is_nobodys_id_is_refused(
    recommended: list[Recommendation],
    environment: str,
    run_fondly: "Fondly",
    customer_id: str,
    problem: str,
) -> None:
    """In one line of our own, which does not repeat it."""
    assert recommended
    answer = run_fondly("recommend", customer_id, "--environment", environment)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("CUSTOMER ")
    assert problem in answer.err
    assert "\x1b" not in answer.err


@pytest.mark.usefixtures("personalize")
def test_a_campaign_that_does_not_answer_is_told(
    recommended: list[Recommendation], environment: str, run_fondly: "Fondly"
) -> None:
    """What is kept stands in."""
    words = ("recommend", recommended[0].customer_id, "--from", "campaign", "--environment", environment)
    assert "there is no campaign" in run_fondly(*words).err


def test_before_any_run_there_is_nothing_to_pick_from(environment: str, run_fondly: "Fondly") -> None:
    """The command says so in one line."""
    answer = run_fondly("recommend", "C0", "--environment", environment)
    assert answer.code == 1
    assert answer.err.splitlines() == [
        f"{environment} has no shop to pick from: no run of the dataset group fondly got that far"
    ]


def test_a_wrong_file_of_the_shop_is_told(
    recommended: list[Recommendation], environment: str, run_fondly: "Fondly", resources: "Resources"
) -> None:
    """Picks are made by the run's instead."""
    boto3.client("s3").put_object(
        Bucket=resources.buckets["data"], Key=object_keys.MERCHANDISING, Body=b"pin: 7"
    )
    answer = run_fondly("recommend", recommended[0].customer_id, "--environment", environment)
    assert answer.code == 0
    assert answer.err.startswith("the shop's file is not used, but that of the run: ")
