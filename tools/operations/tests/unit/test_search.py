"""What a search does about objects that it cannot read, and how a second pass of forgetting is reported."""

from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError

from fondly.operations.cleanup.report import Report
from fondly.operations.customers.search import Search
from fondly.operations.customers.traces import Traces

if TYPE_CHECKING:
    from fondly.operations.cleanup.scope import Scope

WHO = Traces(frozenset({"CUST-7731"}), frozenset())
VERSION = {"Key": "uploads/a.csv", "VersionId": "v1", "IsLatest": True, "ETag": "e"}


class Refusing:
    """A bucket that refuses to give its objects; also the environment and the scope that have it."""

    bucket = "data"

    def __init__(self, code: str) -> None:
        self.code = code
        self.environment = self.s3 = self

    async def get_object(self, **_: Any) -> None:  # noqa: ANN401 - any parameter
        """Refuse."""
        raise ClientError({"Error": {"Code": self.code}}, "GetObject")


async def looked_at(code: str) -> Search:
    """A search that has come to such an object."""
    search = Search(cast("Scope", Refusing(code)), WHO)
    await search._version(VERSION)
    return search


async def test_an_archived_object_is_named() -> None:
    """It may say anything."""
    proof = (await looked_at("InvalidObjectState")).findings.closed()
    assert [(each.what, each.examples) for each in proof.unseen] == [("archived objects", ["uploads/a.csv"])]


async def test_an_object_that_is_gone_meanwhile_says_nothing() -> None:
    """Runs and lifecycle rules go on while a search is made."""
    proof = (await looked_at("NoSuchVersion")).findings.closed()
    assert (proof.unseen, proof.is_clean) == ([], True)


async def test_an_object_that_may_not_be_read_is_no_proof() -> None:
    """The search fails instead of finding nothing."""
    with pytest.raises(ClientError, match="AccessDenied"):
        await looked_at("AccessDenied")


async def test_the_name_of_an_object_tells_too() -> None:
    """Also that of a delete marker, which has no content."""
    search = Search(cast("Scope", Refusing("AccessDenied")), WHO)
    for key in ("uploads/CUST-7731/orders.csv", "runs/run-1/emails/CUST-7731.eml", "uploads/CUST-77310.csv"):
        marker = {"Key": key, "VersionId": "v1", "IsLatest": True}
        await search._version(marker)
    assert [each.name for each in search.findings.closed().found] == [
        "runs/run-1/emails/CUST-7731.eml",
        "uploads/CUST-7731/orders.csv",
    ]


def test_a_second_pass_reports_what_is_left_anew() -> None:
    """What has been deleted adds up; a failure that is mended is none."""
    report = Report()
    report.deleted("objects", 3)
    report.left("uploads", 2, "yours")
    report.failure("Personalize", "still IN_PROGRESS")
    report.again()
    report.deleted("objects", 1)
    report.left("uploads", 2, "yours")
    assert not report.failed
    assert [(row.what, row.deleted, row.left) for row in report.rows] == [
        ("objects", 4, 0),
        ("uploads", 0, 2),
    ]
