"""Erases users from Personalize: a data deletion job for each dataset group of the environment.

Source: CreateDataDeletionJob, Amazon Personalize API reference. A job reads the ids from a file; AWS then
takes up to a day to remove all references from datasets and models.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from fondly.contracts import object_keys
from fondly.operations.cleanup.objects import delete_versions, version_pages
from fondly.operations.cleanup.personalize_steps import own_groups
from fondly.operations.cleanup.scope import Scope, pauses
from fondly.operations.customers.gone import Gone
from fondly.operations.environment import pages

ERASURES = "erasures"
"""Where the files with ids are, as if they were of a run: Personalize's role may read there."""
ENDED = frozenset({"COMPLETED", "FAILED"})
WHAT = "records in Personalize"
MODELS = "models in Personalize"
UNTIL_TRAINED = (
    "AWS takes up to a day to remove them from models; a stand-in's model knows them until the next training"
)


class UserErasure:
    """One job for each group; a job of the same users that is under way is waited for, not repeated."""

    def __init__(self, scope: Scope, gone: Gone, *, role_arn: str) -> None:
        self._scope = scope
        self._role_arn = role_arn
        self._users = sorted(each for each in gone.customer_ids if not set('"\\') & set(each))
        digest = sha256("\n".join(self._users).encode()).hexdigest()[:12]
        self._prefix = f"erase-{digest}"
        self._key = object_keys.personalize(ERASURES, f"{self._prefix}.csv")

    async def run(self) -> None:
        """Erase the users, and the file that names them."""
        if not self._users:
            return
        groups = [each for each in await own_groups(self._scope) if each["status"] == "ACTIVE"]
        for group in groups:
            await self._erase(str(group["name"]), str(group["datasetGroupArn"]))
        self._scope.report.left(MODELS, len(groups), UNTIL_TRAINED)

    async def _erase(self, name: str, group: str) -> None:
        scope = self._scope
        if scope.dry_run:
            scope.report.deleted(f"{WHAT} of the users in {name}", len(self._users))
            return
        try:
            await self._wait(await self._job(group))
        finally:  # the file goes with all its versions: it names them, and a job that has begun has read it
            async for found in version_pages(scope, self._key):
                await delete_versions(scope, found, WHAT)

    async def _job(self, group: str) -> str:
        """Return a job of these users that is under way, or a new one."""
        listed: Any = self._scope.personalize.list_data_deletion_jobs
        found = pages(listed, "nextToken", datasetGroupArn=group)
        jobs = [job async for page in found for job in page["dataDeletionJobs"]]
        earlier = [each for each in jobs if str(each["jobName"]).startswith(f"{self._prefix}-")]
        under_way = [each for each in earlier if each["status"] not in ENDED]
        await self._scope.environment.s3.put_object(
            Bucket=self._scope.bucket, Key=self._key, Body=_file(self._users), ContentType="text/csv"
        )
        if under_way:
            return str(under_way[0]["dataDeletionJobArn"])
        reply = await self._scope.personalize.create_data_deletion_job(
            jobName=f"{self._prefix}-{len(earlier) + 1}",
            datasetGroupArn=group,
            dataSource={"dataLocation": f"s3://{self._scope.bucket}/{self._key}"},
            roleArn=self._role_arn,
        )
        return str(reply["dataDeletionJobArn"])

    async def _wait(self, arn: str) -> None:
        job: Mapping[str, Any] = {}
        async for _ in pauses(self._scope.timeout_s):
            reply = await self._scope.personalize.describe_data_deletion_job(dataDeletionJobArn=arn)
            job = reply["dataDeletionJob"]
            if job["status"] in ENDED:
                break
        report, status = self._scope.report, str(job.get("status", ""))
        if status == "COMPLETED":
            report.deleted(WHAT, int(job.get("numDeleted", 0)))
        elif status == "FAILED":
            report.failure(WHAT, f"{job.get('failureReason') or status}: run the command again")
        else:
            report.failure(WHAT, f"the deletion job is still {status}: run the command again")


def _file(users: Sequence[str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, escapechar="\\", doublequote=False, lineterminator="\n")
    text.write("USER_ID\n")
    writer.writerows([each] for each in users)
    return text.getvalue().encode()
