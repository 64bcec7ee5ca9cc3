"""What the mailer's ports promise, tested on the AWS adapters and on their in-memory doubles."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from fondly.contracts.records import CopySource, EmailRecord
from fondly.mailer.adapters.bedrock import BedrockModel
from fondly.mailer.adapters.bedrock_capabilities import StructuredOutput, capabilities_of
from fondly.mailer.adapters.bedrock_requests import ModelChoice
from fondly.mailer.domain.copy.answers import read_answer
from fondly.mailer.domain.copy.fields import FRAME_TEXTS
from fondly.mailer.domain.copy.frame_prompt import frame_question
from fondly.mailer.domain.copy.prompt import Style
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.ports import Model, ModelReply
from fondly.mailer.use_cases.email_records import EmailRecords
from fondly.runtime.aws import CONFIG
from fondly.runtime.quota.limiter import Limiter
from fondly.runtime.retry import is_transient
from fondly.runtime.storage import DynamoDBItems
from services.mailer.tests.fakes import InMemoryModel
from understudy.testing import UnderstudyServer

if TYPE_CHECKING:
    from fondly.stack.provision import Resources
    from tests.support.stores import Clients

RUN = "run-1"
MODEL = "global.anthropic.claude-haiku-5-5"
CALLS_PER_S = 1_000
STYLE = Style(brand="Fondly Shop", locale="en_IN")
NO_RETRIES = CONFIG.merge(AioConfig(retries={"max_attempts": 0}))
NOBODY_LISTENS = "http://127.0.0.1:9"


@pytest.fixture
def records(clients: "Clients", resources: "Resources") -> EmailRecords:
    """An empty table of finished emails."""
    return EmailRecords(DynamoDBItems(clients.dynamodb, resources.tables["emails"]))


def record(customer_id: str, *, run_id: str = RUN, subject: str = "Hi") -> EmailRecord:
    """A made-up record."""
    return EmailRecord(
        run_id=run_id,
        customer_id=customer_id,
        key=f"runs/{run_id}/emails/{customer_id}.eml",
        subject=subject,
        preheader="Five lamps 🌟",
        copy_source=CopySource.TEMPLATE,
        product_ids=("P1", "P2"),
        prompt_keys=("a", "b"),
        repair_keys=("c",),
        created_at=datetime(2026, 11, 25, 1, 2, 3, 456_789, tzinfo=UTC),
    )


async def test_records_read_back_as_they_were_stored(records: EmailRecords) -> None:
    """In any number: DynamoDB writes 25 and reads 100 at a time."""
    stored = [record(f"C{number}") for number in range(120)]
    await records.put_all(stored)
    found = await records.existing(RUN, [each.customer_id for each in stored])
    assert found == {each.customer_id: each for each in stored}


async def test_only_the_records_asked_for_exist(records: EmailRecords) -> None:
    """Not those of other customers or of other runs."""
    await records.put_all([record("C1"), record("C2"), record("C3", run_id="run-2")])
    assert await records.existing(RUN, ["C1", "C3", "C4"]) == {"C1": record("C1")}
    assert await records.existing(RUN, []) == {}


async def test_a_record_that_is_stored_again_replaces_the_first(records: EmailRecords) -> None:
    """A redelivered part may store the same customer twice."""
    await records.put_all([record("C1")])
    await records.put_all([record("C1", subject="Hello")])
    assert await records.existing(RUN, ["C1"]) == {"C1": record("C1", subject="Hello")}


@pytest.fixture(scope="module")
def understudy_url() -> Iterator[str]:
    """An understudy that answers for Bedrock."""
    with UnderstudyServer() as server:
        yield server.url


@asynccontextmanager
async def bedrock_model(url: str, *, takes_schema: bool) -> AsyncIterator[BedrockModel]:
    """The adapter on an endpoint, without retries."""
    how = StructuredOutput.NATIVE if takes_schema else StructuredOutput.INSTRUCTION
    capabilities = replace(capabilities_of(MODEL), structured_output=how)
    choice = ModelChoice(model_id=MODEL, capabilities=capabilities, temperature=0.7)
    session = get_session()
    async with session.create_client("bedrock-runtime", config=NO_RETRIES, endpoint_url=url) as client:
        yield BedrockModel(client, choice, Limiter(CALLS_PER_S))


@pytest.fixture(params=["in memory", "Bedrock"])
async def model(
    request: pytest.FixtureRequest,
    takes_schema: bool,  # noqa: FBT001 - a parameter of the test
    make_answer: Callable[..., dict[str, object]],
) -> AsyncIterator[Model]:
    """A model that writes copy for five products."""
    if request.param == "in memory":
        reply = ModelReply(text=json.dumps(make_answer()), input_tokens=1_000, output_tokens=300)
        yield InMemoryModel(reply)
        return
    async with bedrock_model(request.getfixturevalue("understudy_url"), takes_schema=takes_schema) as adapter:
        yield adapter


@pytest.fixture(params=["in memory", "Bedrock"])
async def busy_model(request: pytest.FixtureRequest) -> AsyncIterator[Model]:
    """A model that cannot answer at the moment."""
    if request.param == "in memory":
        double = InMemoryModel(ModelReply())
        double.throttled_from = 1
        yield double
        return
    async with bedrock_model(NOBODY_LISTENS, takes_schema=True) as adapter:
        yield adapter


@pytest.mark.parametrize("takes_schema", [True, False])
@pytest.mark.usefixtures("takes_schema")
async def test_a_model_writes_copy_and_says_what_it_billed(
    model: Model,
    facts: EmailFacts,
) -> None:
    """With structured output or without it."""
    reply = await model.ask(frame_question(facts, STYLE).prompt)
    assert reply.refusal is None
    assert read_answer(reply.text, FRAME_TEXTS).keys() == set(FRAME_TEXTS)
    sent = reply.input_tokens + reply.cache_read_tokens + reply.cache_write_tokens
    assert sent > reply.output_tokens > 0


@pytest.mark.parametrize("takes_schema", [True])
async def test_a_text_that_bedrock_refuses_is_a_refusal(model: Model, facts: EmailFacts) -> None:
    """It does not raise: requests for other customers may succeed."""
    reply = await model.ask(replace(frame_question(facts, STYLE).prompt, text=" "))
    assert (reply.refusal or "").startswith("ValidationException: ")
    assert reply.text == ""


async def test_a_busy_model_raises_a_transient_error(busy_model: Model, facts: EmailFacts) -> None:
    """The queue's message is then delivered again later."""
    with pytest.raises(Exception, match=r"connect|Throttling") as raised:
        await busy_model.ask(frame_question(facts, STYLE).prompt)
    assert is_transient(raised.value)
