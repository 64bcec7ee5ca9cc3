import json
from typing import Any, BinaryIO

import pytest
from aiobotocore.session import get_session
from botocore.exceptions import ClientError

from fondly.contracts.object_keys import CALLS
from fondly.runtime.recording import recording
from tests.support.stores import InMemoryObjects
from understudy.testing import UnderstudyServer

ARN = "arn:aws:personalize:eu-west-1:123456789012:schema/missing"
REFUSED = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutObject")


class RefusingObjects(InMemoryObjects):
    """A bucket that takes nothing."""

    async def put(self, key: str, body: bytes | BinaryIO, *, content_type: str) -> None:
        """Refuse."""
        del key, body, content_type
        raise REFUSED


async def _asked(objects: InMemoryObjects) -> Any:  # noqa: ANN401 - an answer
    """Ask Comprehend twice the same and Personalize in vain; return what Comprehend answers."""
    with UnderstudyServer(region="eu-west-1") as server:

        async def client(service: str, **_: object) -> Any:  # noqa: ANN401 - of any service
            keys = {"aws_access_key_id": "secret-id", "aws_secret_access_key": "secret"}
            opened = get_session().create_client(
                service,  # type: ignore[call-overload] # any service
                endpoint_url=server.url,
                region_name="eu-west-1",
                **keys,
            )
            return await opened.__aenter__()

        new_client = recording(client, objects)
        comprehend, personalize = await new_client("comprehend"), await new_client("personalize")
        try:
            for _ in range(2):
                answer = await comprehend.batch_detect_sentiment(TextList=["Good."], LanguageCode="en")
            with pytest.raises(ClientError):
                await personalize.describe_schema(schemaArn=ARN)
        finally:
            await comprehend.close()
            await personalize.close()
        return answer


async def test_calls_of_ai_services_are_kept_redacted() -> None:
    """Requests, answers and errors are there, equal ones once; accounts, headers and credentials are not."""
    objects = InMemoryObjects()
    answer = await _asked(objects)
    texts = {key: body.decode() for key, body in objects.stored.items()}
    kept = {key.removeprefix(CALLS).rsplit(".", 2)[0]: json.loads(text) for key, text in texts.items()}
    asked, refused = (
        kept["sentiment/comprehend.BatchDetectSentiment"],
        kept["personalize/personalize.DescribeSchema"],
    )
    assert len(texts) == len(kept) == 2
    assert asked["request"] == {"TextList": ["Good."], "LanguageCode": "en"}
    assert asked["answer"]["ResultList"] == answer["ResultList"]
    assert refused["status"] == 400
    assert refused["answer"]["Error"]["Code"] == "ResourceNotFoundException"
    everything = "".join(texts.values())
    assert all(each not in everything for each in ("123456789012", "secret", "RequestId", "HTTPHeaders"))
    assert "000000000000" in everything


async def test_an_answer_that_cannot_be_kept_is_returned() -> None:
    """It has been paid for."""
    answer = await _asked(RefusingObjects())
    assert answer["ResultList"]
