"""`fondly upload` against an emulator, with somebody who answers as ingest does."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from fondly.contracts import object_keys
from fondly.contracts.ingest_report import FileReport, IngestReport, Question
from fondly.operations.uploading import Upload, uploads_of
from fondly.runtime.runs.ledger import Ledger
from fondly.stack.provision import Resources

if TYPE_CHECKING:
    from types_aiobotocore_s3.client import S3Client

    from tools.cli.tests.conftest import Fondly, InLedger

ASKED = Question(
    file="shop.csv",
    column="gdpr_consent",
    field="marketing_consent",
    text="is `gdpr_consent` consent? values: no 28, yes 2",
    remedy="columns: {gdpr_consent: marketing_consent}",
)
FILE = FileReport(file="uploads/my-shop/products.csv", format="Fondly", kind="products", rows=3)
Answering = Callable[[IngestReport], None]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a set of two files, its mapping, and a note."""
    monkeypatch.setattr("fondly.operations.uploading.POLL_S", 0.02)
    folder = tmp_path / "my shop"
    folder.mkdir()
    for name in ("mapping.yaml", "products.csv", "reviews.csv"):
        (folder / name).write_text("ignore: [x]\n" if name == "mapping.yaml" else f"{name}: 1\n")
    return folder


@pytest.fixture
def answering(in_ledger: "InLedger", monkeypatch: pytest.MonkeyPatch) -> Answering:
    """Let ingest say this of whatever is uploaded from now on."""
    put = Upload.put

    def answer(report: IngestReport) -> None:
        async def record(ledger: Ledger, name: str) -> None:
            if (await ledger.open_run(name, source="s3://b/uploads/a.csv")).is_open:
                await (ledger.fail(name, report.failed) if report.failed else ledger.set_parts(name, 1))

        async def answered(
            upload: Upload, s3: "S3Client", bucket: str, *watch: Callable[[int], None]
        ) -> None:
            await put(upload, s3, bucket, *watch)
            name = upload.run_id(bucket)
            body = report.model_dump_json().encode()
            boto3.client("s3").put_object(Bucket=bucket, Key=object_keys.ingest_report(name), Body=body)
            await asyncio.to_thread(in_ledger, lambda ledger: record(ledger, name))

        monkeypatch.setattr(Upload, "put", answered)

    return answer


def test_a_set_is_uploaded_and_its_verdict_awaited(
    fondly: "Fondly", shop: Path, resources: Resources, answering: Answering
) -> None:
    """The manifest, with the checksums of all others, comes last; the same files again do nothing twice."""
    answering(IngestReport(files=(FILE,), counts={"products": 3}))
    done = fondly("upload", str(shop))
    assert done.code == 0, done.err
    upload, bucket = Upload(uploads_of(shop)), resources.buckets["data"]
    run_id = upload.run_id(bucket)
    assert "products.csv: Fondly, 3 rows" in done.out
    assert f"✓ {run_id} goes on with these files" in done.out
    assert done.err.endswith(f"`fondly run watch {run_id}` follows the run\n")
    manifest = boto3.client("s3").get_object(Bucket=bucket, Key="uploads/my-shop/manifest.json")
    assert [each["name"] for each in json.loads(manifest["Body"].read())["files"]] == [
        "products.csv",
        "reviews.csv",
    ]
    assert list(upload.objects) == [
        f"uploads/my-shop/{name}" for name in ("mapping.yaml", "products.csv", "reviews.csv")
    ]
    again = fondly("upload", str(shop))
    assert (again.code, "uploaded before, as " + run_id in again.out) == (0, True)


def test_questions_end_an_upload_with_their_remedies(
    fondly: "Fondly", shop: Path, answering: Answering
) -> None:
    """Each with the line for the mapping; the exit code says that somebody has to act."""
    answering(IngestReport(files=(FILE,), failed="is `gdpr_consent` consent?", questions=(ASKED,)))
    asked = fondly("upload", str(shop / "products.csv"))
    assert asked.code == 1
    assert f"? {ASKED.text}\n  mapping.yaml: {ASKED.remedy}\n" in asked.out
    assert "answer 1 question, then upload again" in asked.out
    as_json = fondly("upload", str(shop / "products.csv"), "--json")
    assert (as_json.code, as_json.json["failed"]) == (1, "is `gdpr_consent` consent?")


def test_what_is_no_set_is_not_uploaded(fondly: "Fondly", shop: Path) -> None:
    """A line says what a set takes."""
    folder = shop / "empty"
    folder.mkdir()
    none = fondly("upload", str(folder))
    assert (none.code, "found no file, expected one file, or a set" in none.err) == (1, True)
