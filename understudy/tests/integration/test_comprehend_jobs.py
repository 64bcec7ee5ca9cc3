"""The results of Comprehend's jobs, with real AWS SDK clients and an S3 emulator."""

from collections.abc import Iterator, Sequence

import pytest
from comprehend_harness import (
    PADDING,
    ROLE,
    SENTIMENT,
    TARGETED,
    Harness,
    Serve,
    serve_at,
)
from comprehends import REGION, FoundMention, WordReader

from understudy.testing import ACCOUNT_ID


@pytest.fixture
def served(emulator_url: str) -> Serve:
    """A way to open harnesses on the emulator."""
    return serve_at(emulator_url)


@pytest.fixture(params=[SENTIMENT, TARGETED])
def either(request: pytest.FixtureRequest, served: Serve) -> Iterator[Harness]:
    """A harness of each type of job."""
    with served(request.param) as harness:
        yield harness


@pytest.fixture
def sentiment(served: Serve) -> Iterator[Harness]:
    """A harness of sentiment jobs."""
    with served() as harness:
        yield harness


def test_a_job_is_described_from_submission_to_end(either: Harness) -> None:
    """Ids, ARN, output path, request and times have AWS's forms, and the path is complete from the start."""
    either.put("in/reviews.txt", PADDING)
    job_id = either.start(JobName="first")
    arn_type, folder = {
        SENTIMENT: ("sentiment-detection-job", "SENTIMENT"),
        TARGETED: ("targeted-sentiment-detection-job", "TS"),
    }[either.kind]
    path = f"s3://{either.bucket}/out/{ACCOUNT_ID}-{folder}-{job_id}/output/output.tar.gz"
    assert either.describe(job_id)["OutputDataConfig"] == {"S3Uri": path}
    found = either.wait(job_id)
    assert len(job_id) == 32
    assert int(job_id, 16) >= 0
    assert found["JobArn"] == f"arn:aws:comprehend:{REGION}:{ACCOUNT_ID}:{arn_type}/{job_id}"
    assert found["InputDataConfig"] == {
        "S3Uri": f"s3://{either.bucket}/in/",
        "InputFormat": "ONE_DOC_PER_LINE",
    }
    assert (found["JobName"], found["LanguageCode"]) == ("first", "en")
    assert found["DataAccessRoleArn"] == ROLE
    assert found["JobStatus"] == "COMPLETED"
    assert "Message" not in found
    assert found["SubmitTime"] <= found["EndTime"]


def test_lines_get_exactly_the_scores_of_a_synchronous_call(sentiment: Harness) -> None:
    """Every line has its file and its number, blank ones count; scores are the same floats."""
    texts = [f"{word} kettle, number {n}" for n in range(40) for word in ("Great", "Awful", "Blue")]
    sentiment.put("in/reviews.txt", "\r\n".join(["", *texts]).encode())
    results = sentiment.results(sentiment.start("in/reviews.txt"))
    assert [(each["File"], each["Line"]) for each in results] == [
        ("reviews.txt", n) for n in range(1, len(texts) + 1)
    ]
    for at in range(0, len(texts), 25):
        batch = sentiment.comprehend.batch_detect_sentiment(TextList=texts[at : at + 25], LanguageCode="en")
        for by_call, by_job in zip(batch["ResultList"], results[at : at + 25], strict=True):
            assert by_job["Sentiment"] == by_call["Sentiment"]
            assert by_job["SentimentScore"] == by_call["SentimentScore"]


def test_every_file_under_a_prefix_is_a_document_by_default(sentiment: Harness) -> None:
    """Without an input format, a document is a file, which has no line; folders and empty files have none."""
    sentiment.put("in/", b"")
    sentiment.put("in/empty.txt", b"")
    for n in range(40):
        sentiment.put(f"in/{n:02}.txt", b"A great kettle.\nIt is blue.")
    sentiment.put("other.txt", b"x")
    job_id = sentiment.start("in/", per_line=False)
    results = sentiment.results(job_id)
    assert [each["File"] for each in results] == [f"{n:02}.txt" for n in range(40)]
    assert all("Line" not in each for each in results)
    assert sentiment.describe(job_id)["InputDataConfig"]["InputFormat"] == "ONE_DOC_PER_FILE"
    alone = sentiment.comprehend.detect_sentiment(Text="A great kettle.\nIt is blue.", LanguageCode="en")
    assert results[0]["SentimentScore"] == alone["SentimentScore"]


def test_a_prefix_need_not_be_a_folder(sentiment: Harness) -> None:
    """All keys that begin with it are read, in order."""
    for key in ("in/b-2.txt", "in/b-1.txt", "in/c.txt"):
        sentiment.put(key, b"fine\n" + PADDING)
    results = sentiment.results(sentiment.start("in/b"))
    assert [(each["File"], each["Line"]) for each in results] == [
        (name, line) for name in ("b-1.txt", "b-2.txt") for line in (0, 1)
    ]


def test_a_targeted_job_writes_entities(served: Serve) -> None:
    """They are those of a synchronous call; a text without aspects has an empty list."""
    with served(TARGETED) as harness:
        texts = ["great sound, terrible battery", "fine"]
        harness.put("in/reviews.txt", "\n".join(texts).encode() + b"\n" * 500)
        results = harness.results(harness.start())
        found = harness.comprehend.batch_detect_targeted_sentiment(TextList=texts, LanguageCode="en")
    assert [each["Entities"] for each in results] == [each["Entities"] for each in found["ResultList"]]
    assert [len(each["Entities"]) for each in results] == [2, 0]


def test_long_and_foreign_documents_have_errors_in_place(either: Harness) -> None:
    """A long line fails alone; one that is not UTF-8 ends its file, but not the next."""
    limit = {SENTIMENT: 5_120, TARGETED: 10_240}[either.kind]
    either.put("in/a.txt", b"x" * limit + b"\n" + b"x" * (limit + 1) + b"\nfine\n\xff\nignored\n")
    either.put("in/b.txt", b"fine\n")
    results = either.results(either.start())
    errors = {(each["File"], each["Line"]): each.get("ErrorCode") for each in results}
    assert errors == {
        ("a.txt", 0): None,
        ("a.txt", 1): "DOCUMENT_SIZE_EXCEEDED",
        ("a.txt", 2): None,
        ("a.txt", 3): "UNSUPPORTED_ENCODING",
        ("b.txt", 0): None,
    }
    assert results[1]["ErrorMessage"] == f"Document size is exceeded maximum size limit {limit} bytes."
    assert set(results[3]) == {"File", "Line", "ErrorCode", "ErrorMessage"}


def test_long_and_foreign_files_have_errors(sentiment: Harness) -> None:
    """The same with a document per file."""
    sentiment.put("in/foreign", b"\xff")
    sentiment.put("in/long", b"x" * 100_000)
    results = sentiment.results(sentiment.start(per_line=False))
    assert [(each["File"], each["ErrorCode"]) for each in results] == [
        ("foreign", "UNSUPPORTED_ENCODING"),
        ("long", "DOCUMENT_SIZE_EXCEEDED"),
    ]


@pytest.mark.parametrize("per_line", [True, False])
def test_missing_input_fails_the_job(either: Harness, *, per_line: bool) -> None:
    """A key, or a whole bucket, that does not exist."""
    assert either.failure(either.start("none.txt", per_line=per_line)) == "NO_READ_ACCESS_TO_INPUT"
    nowhere = {"S3Uri": "s3://no-such-bucket-anywhere/in/"}
    assert either.failure(either.start(InputDataConfig=nowhere)) == "NO_READ_ACCESS_TO_INPUT"


def test_unwritable_output_fails_the_job_before_it_reads(either: Harness) -> None:
    """The message is the one that AWS is known to write."""
    job_id = either.start("none.txt", OutputDataConfig={"S3Uri": "s3://no-such-bucket-anywhere"})
    assert either.wait(job_id)["Message"] == (
        "NO_WRITE_ACCESS_TO_OUTPUT: The provided data access role does not have write access to the output"
        " S3 URI."
    )


def test_an_input_below_500_bytes_fails_the_job(either: Harness) -> None:
    """All files together count."""
    either.put("in/a.txt", b"x" * 250)
    either.put("in/b.txt", b"x" * 249)
    assert either.failure(either.start()) == "INPUT_TOO_SMALL"
    either.put("in/c.txt", b"x")
    assert either.wait(either.start())["JobStatus"] == "COMPLETED"


def test_more_than_30000_lines_fail_a_targeted_job(served: Serve) -> None:
    """Lines of all files count together."""
    with served(TARGETED) as harness:
        harness.put("in/a.txt", b"a\n" * 15_000)
        harness.put("in/b.txt", b"a\n" * 15_000)
        assert harness.wait(harness.start())["JobStatus"] == "COMPLETED"
        harness.put("in/c.txt", b"a\n")
        assert harness.failure(harness.start()) == "TOO_MANY_DOCUMENTS"


def test_a_crash_fails_the_job_without_details(served: Serve) -> None:
    """A client learns that the fault is not its own."""

    class BrokenReader(WordReader):
        def read(self, text: str) -> Sequence[FoundMention]:
            raise ZeroDivisionError(text)

    with served(TARGETED, aspects=BrokenReader()) as harness:
        harness.put("in/a.txt", PADDING)
        job_id = harness.start()
        assert harness.failure(job_id) == "INTERNAL_SERVER_ERROR"
        assert "xxx" not in harness.wait(job_id)["Message"]


def test_the_bucket_alone_may_be_input_and_output(sentiment: Harness) -> None:
    """Neither needs a prefix."""
    bucket = {"S3Uri": f"s3://{sentiment.bucket}"}
    sentiment.put("a.txt", b"fine\n" + PADDING)
    job_id = sentiment.start(
        InputDataConfig={**bucket, "InputFormat": "ONE_DOC_PER_LINE"}, OutputDataConfig=bucket
    )
    assert sentiment.wait(job_id)["OutputDataConfig"]["S3Uri"].startswith(
        f"s3://{sentiment.bucket}/{ACCOUNT_ID}-SENTIMENT-"
    )
    assert len(sentiment.results(job_id)) == 2
