"""`fondly customer` on an emulator and understudy: of whom is forgotten, nothing is left anywhere."""

import asyncio
import gc
import gzip
import io
import json
import logging
import re
import time
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
import structlog
from aiobotocore.client import AioBaseClient
from arro3.core import Array, DataType, Table
from arro3.io import write_parquet
from openpyxl import Workbook

from fondly.contracts import object_keys
from fondly.contracts.consent import address_entry, customer_entry
from fondly.contracts.customer_keys import customer_keys
from fondly.contracts.file_names import file_name
from fondly.operations.cleanup.scope import Scope
from fondly.runtime.runs.delivery import DELIVERY, Act, Decision, Delivery, DeliveryStatus
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.storage import to_item
from fondly.stack.provision import Resources
from tests.support.runs import RUN, START
from tools.cli.tests.conftest import Fondly, InLedger
from tools.cli.tests.interactions import SCHEMA
from tools.cli.tests.killing import KillAfter, Killed, killing, rows
from understudy.personalize import PersonalizeOptions
from understudy.testing import UnderstudyServer

GONE, NAME, EMAIL = "CUST-7731", "Zebulon Quimby", "zebulon@quimby.example"
STAYS = "CUST-77310"
"""Another customer, whose id begins with the first one's."""
TRACE = re.compile(rf"(?<!\w)(?:{GONE}|{NAME}|{EMAIL})(?!\w)".encode())
ROLE = "arn:aws:iam::000000000000:role/job"
TEXT = "It hums, and I love it"
NOW = "2026-11-26T10:00:00Z"
MUTATING = ("Delete", "Put", "Create", "Update", "BatchWrite")
CUSTOMER = {
    "customer_id": GONE,
    "name": NAME,
    "email": EMAIL,
    "reviews": [{"review_id": "R1", "product_ids": ["P1", "P2"], "text": TEXT}],
}
OTHER = {**CUSTOMER, "customer_id": STAYS, "name": "Ada Byron", "email": "ada@byron.example", "reviews": []}


def lines(*records: object) -> bytes:
    """Records as JSON lines."""
    return "".join(json.dumps(each) + "\n" for each in records).encode()


class Made:
    """An environment in which every place that can know a customer knows two."""

    def __init__(self, resources: Resources, in_ledger: InLedger, state: Path) -> None:
        self.resources, self.state = resources, state
        self.s3: Any = boto3.client("s3")
        self.dynamodb: Any = boto3.resource("dynamodb")
        self.personalize: Any = boto3.client("personalize")
        self.bucket = resources.buckets["data"]
        self.in_ledger = in_ledger

    def fill(self) -> None:
        """Store both customers everywhere."""

        async def ended(ledger: Ledger) -> None:
            await ledger.open_run(RUN, source="s3://b/uploads/a.csv")
            await ledger.fail(RUN, f"a.csv: found '{EMAIL}' in line 3, expected a number")

        self.in_ledger(ended)
        self._objects()
        self._items()
        self._users()

    def _objects(self) -> None:
        both = [{"customer_id": each, "value": 1} for each in (GONE, STAYS)]
        rows = f"USER_ID,ITEM_ID,TIMESTAMP\n{GONE},P1,1\n{STAYS},P1,1\n".encode()
        reject = {"file": "uploads/a.csv", "line": 2, "reason": "bad", "raw": f"{GONE},{NAME},{EMAIL}"}
        objects = {
            object_keys.customers(RUN, 1): lines(CUSTOMER, OTHER),
            object_keys.sentiment(RUN, 1): lines(*both),
            object_keys.recommendations(RUN, 1): lines({**both[0], "name": NAME, "email": EMAIL}, both[1]),
            object_keys.mailed(RUN, 1): lines(
                {"customer_id": GONE, "key": object_keys.email(RUN, GONE), "address": EMAIL},
                {"customer_id": STAYS, "key": object_keys.email(RUN, STAYS)},
            ),
            object_keys.copy(RUN, 1, "own"): lines(
                {"customer_id": GONE, "prompt": TEXT, "answer_keys": ["own", "own-again"]},
                {"prompt": "shared"},
            ),
            object_keys.rejects(RUN): lines(reject, {**reject, "raw": "x,y"}),
            object_keys.ingest_report(RUN): lines({"rejects": [{"found": f"'{EMAIL}'"}]}),
            object_keys.personalize(RUN, "interactions/part-00001.csv"): rows,
            object_keys.personalize(RUN, "users/part-00001.csv"): rows,
            object_keys.personalize(RUN, "input/part-00001.json"): lines({"userId": GONE}, {"userId": STAYS}),
            object_keys.personalize(RUN, "output/part-00001.json.out"): lines(
                {"input": {"userId": GONE}, "output": {}}, {"input": {"userId": STAYS}, "output": {}}
            ),
            object_keys.learned(RUN, "history/part-00001.jsonl"): lines(*both),
            object_keys.learned(RUN, "rankings/part-00001.jsonl"): lines(*both),
            object_keys.events("events-0123456789abcdef", 1): lines(*both),
            object_keys.email_index(RUN, 1): lines(*both),
            object_keys.email_wordings(RUN, 1): lines(
                {"digest": "d", "count": 1, **both[0]}, {"digest": "e"}
            ),
            **{
                object_keys.email_index_summary(RUN, part): lines(
                    {"risks": {"apology": both}, "parts": {"1": 2}}
                )
                for part in (1, None)
            },
            object_keys.email(RUN, GONE): f"To: {NAME} <{EMAIL}>".encode(),
            object_keys.email(RUN, STAYS): b"To: Ada",
        }
        for key, body in objects.items():
            for _ in range(2):  # the first one is an older version
                self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="text/plain")
        self.s3.delete_object(Bucket=self.bucket, Key=object_keys.sentiment(RUN, 1))  # as what old runs leave

    def _items(self) -> None:
        self._put("customers", {key: value for key, value in CUSTOMER.items() if key != "reviews"})
        self._put("customers", {key: value for key, value in OTHER.items() if key != "reviews"})
        history = {"reviews": [{"review_id": "R0", "product_ids": ["P9"]}]}
        for each in (GONE, STAYS):
            self._put("histories", {"customer_id": each, "run_id": RUN, "history": json.dumps(history)})
            for run_id in (RUN, "latest", "ranking", "events"):
                self._put("recommendations", {"customer_id": each, "run_id": run_id})
            self._put("emails", {"run_id": RUN, "customer_id": each, "subject": "s"})
            self._put("emails", {"run_id": "run-older", "customer_id": each})
            self._put("dispatches", {"run_id": RUN, "customer_id": each, "outcome": "sent", "at": NOW})
            self._put("dispatches", {"run_id": "run-expired", "customer_id": each})
            for key in customer_keys(each, EMAIL if each == GONE else None):
                self._put("customer-keys", key)
            self._put("contacts", {"customer_id": each, "times": [1_764_000_000]})
        self._put(
            "suppressions",
            {
                "entry": address_entry(EMAIL),
                "reason": "unsubscribed",
                "source": "page",
                "at": NOW,
                "subject": EMAIL,
            },
        )
        note = f"seen by {EMAIL}, asked for by {GONE}"
        approved = Decision(act=Act.APPROVE, by="an operator", at=START, note=note)
        delivery = Delivery(
            run_id=RUN,
            status=DeliveryStatus.SAMPLE,
            opened_at=START,
            sample=5,
            seeds=(EMAIL.upper(), "staff@shop.example"),
            decisions=(approved,),
        )
        self._put("runs", {"item": DELIVERY, **delivery.model_dump(mode="json", exclude_none=True)})
        for each in ("own", "own-again", "shared"):
            self._put("copy-answers", {"text_key": each, "answer": "You love it."})
        self._put("recommendations", {"customer_id": GONE, "run_id": "run-older"})
        self._put("reviews", {"review_id": "R1", "customer_id": GONE, "product_ids": ["P1"], "text": TEXT})
        self._put("reviews", {"review_id": "R2", "customer_id": STAYS})
        for product, review in (("P1", "R1"), ("P2", "R1"), ("P9", "R0"), ("P1", "R2")):
            self._put("opinions", {"product_id": product, "opinion_id": review})

    def _put(self, table: str, item: dict[str, Any]) -> None:
        boto3.client("dynamodb").put_item(TableName=self.resources.tables[table], Item=to_item(item))

    def _users(self) -> None:
        tags = [
            {"tagKey": "project", "tagValue": "fondly"},
            {"tagKey": "stack", "tagValue": self.environment},
        ]
        group = self.active("dataset_group", name="shop", tags=tags)
        schema = self.personalize.create_schema(name="s", schema=SCHEMA)["schemaArn"]
        self.dataset = self.active(
            "dataset", name="d", datasetGroupArn=group, datasetType="Interactions", schemaArn=schema
        )
        rows = [f"{GONE if n % 3 else STAYS},i{n % 7},{n},liked" for n in range(1_200)]
        body = "\n".join(["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE", *rows]).encode()
        self.s3.put_object(Bucket=self.bucket, Key="runs/x/personalize/i.csv", Body=body)
        self.active(
            "dataset_import_job",
            jobName="i",
            datasetArn=self.dataset,
            roleArn=ROLE,
            dataSource={"dataLocation": f"s3://{self.bucket}/runs/x/personalize/i.csv"},
        )
        tracker = self.active("event_tracker", name="t", datasetGroupArn=group)
        tracking_id = self.personalize.describe_event_tracker(eventTrackerArn=tracker)["eventTracker"][
            "trackingId"
        ]
        for each in (GONE, STAYS):
            event = {"eventType": "clicked", "itemId": "i1", "sentAt": 5}
            boto3.client("personalize-events").put_events(
                trackingId=tracking_id, userId=each, sessionId="s", eventList=[event]
            )

    def items(self, table: str) -> list[dict[str, Any]]:
        """All items of a table."""
        return list(self.dynamodb.Table(self.resources.tables[table]).scan()["Items"])

    def upload(self, key: str, body: bytes) -> None:
        """Store what the shop uploads."""
        self.s3.put_object(Bucket=self.bucket, Key=f"uploads/{key}", Body=body)

    @property
    def environment(self) -> str:
        """The prefix of all names."""
        return self.bucket.removesuffix("-data")

    def active(self, kind: str, **request: Any) -> str:  # noqa: ANN401 - any parameter
        """Create a resource and return its ARN once it is active."""
        reply = getattr(self.personalize, f"create_{kind}")(**request)
        name = next(each for each in reply if each.endswith("Arn"))
        for _ in range(500):
            described = getattr(self.personalize, f"describe_{kind}")(**{name: reply[name]})
            if described[name.removesuffix("Arn")]["status"] == "ACTIVE":
                return str(reply[name])
            time.sleep(0.01)
        raise AssertionError(f"{kind} is not active")

    def traces(self, *, below: str = "") -> list[str]:
        """Every place that says who the customer is: versions of objects, items, understudy's own files."""
        found = []
        versions = self.s3.list_object_versions(Bucket=self.bucket, Prefix=below)
        for each in (*versions.get("Versions", []), *versions.get("DeleteMarkers", [])):
            key = str(each["Key"])
            if TRACE.search(key.encode()):
                found.append(key)
        for each in versions.get("Versions", []):
            body = self.s3.get_object(Bucket=self.bucket, Key=each["Key"], VersionId=each["VersionId"])[
                "Body"
            ].read()
            if TRACE.search(body) or TEXT.encode() in body:
                found.append(str(each["Key"]))
        for name, table in self.resources.tables.items():
            items = self.dynamodb.Table(table).scan()["Items"]
            found += [name for item in items if TRACE.search(json.dumps(item, default=str).encode())]
        found += [
            path.name for path in self.state.rglob("*") if path.is_file() and TRACE.search(path.read_bytes())
        ]
        return found


@pytest.fixture
def made(
    resources: Resources,
    emulator_url: str,
    in_ledger: InLedger,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Made]:
    """The environment, with an understudy that keeps its state on disk."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    state = tmp_path / "understudy"
    with UnderstudyServer(
        s3_endpoint_url=emulator_url, personalize=PersonalizeOptions(state_dir=state)
    ) as server:
        for service in ("PERSONALIZE", "PERSONALIZE_EVENTS", "COMPREHEND", "BEDROCK"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", server.url)
        yield Made(resources, in_ledger, state)
    structlog.reset_defaults()


@contextmanager
def racing(key: str, race: Callable[..., None]) -> Iterator[None]:
    """Do something just before an object is put."""
    call: Any = AioBaseClient._make_api_call  # type: ignore[attr-defined] # every call passes here

    async def raced(self: AioBaseClient, operation: str, params: dict[str, Any]) -> Any:  # noqa: ANN401
        if operation == "PutObject" and params["Key"] == key:
            await asyncio.to_thread(race)
        return await call(self, operation, params)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AioBaseClient, "_make_api_call", raced)
        yield


@pytest.fixture
def kill_after(monkeypatch: pytest.MonkeyPatch) -> KillAfter:
    """Kill the next command after so many calls that change something."""
    return killing(monkeypatch, *MUTATING)


def forget(fondly: Fondly, *words: str) -> tuple[int, dict[str, tuple[int, int]], Any]:
    """Forget without a question; return the exit code, what was deleted and left, and the proof."""
    answer = fondly("customer", "forget", *words, "--yes", "--json")
    return answer.code, rows(answer.json["rows"]), answer.json["proof"]


def test_nothing_of_a_customer_is_left(fondly: Fondly, made: Made) -> None:
    """Neither id, name nor address: in no table, no version of an object, and not in understudy's state."""
    made.fill()
    places = {
        "customer-keys",
        "customers",
        "histories",
        "recommendations",
        "emails",
        "reviews",
        "dispatches",
        "contacts",
    }
    index = {object_keys.email_index_summary(RUN, part) for part in (1, None)}
    index |= {object_keys.email_index(RUN, 1), object_keys.email_wordings(RUN, 1)}
    assert places | index | {"suppressions", "runs", object_keys.mailed(RUN, 1)} <= set(made.traces())
    code, found, proof = forget(fondly, GONE)
    assert (code, made.traces(), proof["found"]) == (0, [], [])
    assert found["items of recommendations"] == (5, 0)
    assert (found["items of emails"], found["items of dispatches"]) == ((2, 0), (2, 0))
    assert [each["text_key"] for each in made.items("copy-answers")] == ["shared"]
    assert (found["items of contacts"], found["items of opinions"]) == ((1, 0), (3, 0))
    assert found["items of runs that quoted them"] == (2, 0)
    assert found["emails in the data bucket"] == (1, 0)
    assert found["records in Personalize"][0] > 800
    assert {"counts and averages", "models in Personalize"} <= set(found)
    assert proof["items"] > 15
    assert proof["versions"] > 10


def test_nobody_writes_to_them_again(fondly: Fondly, made: Made) -> None:
    """Digests of id and address stay as erased, with what the person had said before; they name nobody."""
    made.fill()
    _, found, proof = forget(fondly, GONE)
    kept = {item["entry"]: item for item in made.items("suppressions")}
    assert kept.keys() == {customer_entry(GONE), address_entry(EMAIL)}
    assert {item["reason"] for item in kept.values()} == {"erased"}
    assert all("subject" not in item for item in kept.values())
    assert "unsubscribed since 2026-11-26" in kept[address_entry(EMAIL)]["source"]
    assert found["suppressions, as digests"] == (0, 2)
    assert proof["suppressions"] == 2
    forget(fondly, GONE)
    assert {item["entry"]: item for item in made.items("suppressions")} == kept


def test_decisions_about_runs_no_longer_name_them(fondly: Fondly, made: Made) -> None:
    """Notes keep all but who it was, other seeds stay, and who has read the old item cannot save it."""
    made.fill()
    forget(fondly, GONE)
    (item,) = (each for each in made.items("runs") if each["item"] == DELIVERY)
    kept = Delivery.model_validate(item)
    assert kept.seeds == ("staff@shop.example",)
    assert kept.decisions[0].note == "seen by (erased), asked for by (erased)"
    assert (kept.version, kept.status) == (1, DeliveryStatus.SAMPLE)


def test_other_customers_stay_as_they_are(fondly: Fondly, made: Made) -> None:
    """Also one whose id begins with the same letters, in the same objects."""
    made.fill()
    forget(fondly, GONE)
    kept = made.s3.get_object(Bucket=made.bucket, Key=object_keys.customers(RUN, 1))
    assert kept["Body"].read() == lines(OTHER)
    assert kept["ContentType"] == "text/plain"
    csv = made.s3.get_object(Bucket=made.bucket, Key=object_keys.personalize(RUN, "users/part-00001.csv"))
    assert csv["Body"].read().decode() == f"USER_ID,ITEM_ID,TIMESTAMP\n{STAYS},P1,1\n"
    summary = made.s3.get_object(Bucket=made.bucket, Key=object_keys.email_index_summary(RUN))
    assert json.load(summary["Body"]) == {
        "risks": {"apology": [{"customer_id": STAYS, "value": 1}]},
        "parts": {"1": 2},
    }
    for table in ("customer-keys", "recommendations", "dispatches", "contacts", "histories"):
        assert {item["customer_id"] for item in made.items(table)} == {STAYS}
    assert made.s3.get_object(Bucket=made.bucket, Key=f"runs/{RUN}/emails/{file_name(STAYS)}.eml")


@pytest.mark.timeout(700)
@pytest.mark.filterwarnings("ignore:.*Connection.__del__:pytest.PytestUnraisableExceptionWarning")
def test_who_kills_it_runs_it_again(fondly: Fondly, made: Made, kill_after: KillAfter) -> None:
    """Killed again and again, it ends as if it had never been; a third time there is nothing to do.

    Whoever is killed closes no connection: those are collected here.
    """
    made.fill()
    for calls in (0, 2, 6, 14, 12):
        kill_after(calls)
        with pytest.raises(Killed):
            fondly("customer", "forget", GONE, "--yes", "--json")
        gc.collect()
    kill_after(10_000)
    code, _, proof = forget(fondly, GONE)
    assert (code, made.traces(), proof["found"]) == (0, [], [])
    again, found, _ = forget(fondly, GONE)
    assert (again, sum(deleted for deleted, _ in found.values())) == (0, 0)


def test_a_dry_run_changes_nothing_and_counts_the_same(fondly: Fondly, made: Made) -> None:
    """Kind by kind, but for what only Personalize can count, and what the search adds."""
    made.fill()
    made.upload("old.csv", f"user_id\n{GONE}\n".encode())
    made.upload("old.csv", b"user_id\n")
    before = sorted(made.traces())
    planned = fondly("customer", "forget", GONE, "--dry-run", "--json")
    assert (planned.code, sorted(made.traces()), planned.json["proof"]) == (0, before, None)
    expected = {
        what: found for what, found in rows(planned.json["rows"]).items() if "Personalize" not in what
    }
    _, done, _ = forget(fondly, GONE)
    assert {what: found for what, found in done.items() if "Personalize" not in what} == expected


def test_uploaded_files_are_the_shops_own(fondly: Fondly, made: Made) -> None:
    """What was replaced goes; what is current is named as left, and with --uploads it goes, too."""
    made.fill()
    made.upload("old.csv", f"user_id\nA,{GONE},B\n".encode())
    made.upload("old.csv", b"user_id\n")
    made.upload("packed.csv.gz", gzip.compress(f"x,{EMAIL}\n".encode()))
    made.upload("plain.csv", f"{GONE}\n".encode())
    made.upload("others.csv", f"{STAYS}\n".encode())
    code, found, proof = forget(fondly, GONE)
    assert (code, found["uploaded files"]) == (1, (0, 2))
    assert found["older versions of uploaded files"] == (1, 0)
    assert [each["name"] for each in proof["found"]] == ["uploads/packed.csv.gz", "uploads/plain.csv"]
    assert made.traces() == [
        "uploads/plain.csv",
        "customers",
        *["customer-keys"] * 2,
    ]  # gzip does not say so itself
    assert found["items of customers"] == (0, 1)  # or else the address would be unknown the next time
    code, found, proof = forget(fondly, GONE, "--uploads")
    assert (code, found["uploaded files"], proof["found"]) == (0, (2, 0), [])
    assert made.traces() == []
    assert made.s3.get_object(Bucket=made.bucket, Key="uploads/others.csv")


def test_who_they_are_stays_while_something_has_failed(
    fondly: Fondly, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the search sees nothing of it: the next try has to know whom to look for."""

    async def no_time(_: float) -> AsyncIterator[None]:
        for _ in range(0):
            yield

    made.fill()
    monkeypatch.setattr("fondly.operations.customers.users.pauses", no_time)
    code, found, proof = forget(fondly, GONE)
    assert (code, proof["found"], found["items of customers"]) == (1, [], (0, 1))
    assert GONE in {item["customer_id"] for item in made.items("customers")}


def test_clicks_that_we_have_counted_ourselves_are_not_the_shops(fondly: Fondly, made: Made) -> None:
    """Lines of others stay; a file of nothing else goes, for an empty one is no file of events."""
    made.fill()
    both, alone = object_keys.clicks("both"), object_keys.clicks("alone")
    clicks = [{"customer_id": each, "product_id": "P1"} for each in (GONE, STAYS)]
    for key, body in {both: lines(*clicks), alone: lines(clicks[0])}.items():
        made.s3.put_object(Bucket=made.bucket, Key=key, Body=body)
    code, found, proof = forget(fondly, GONE)
    assert (code, proof["found"], made.traces()) == (0, [], [])
    assert "uploaded files" not in found
    assert made.s3.get_object(Bucket=made.bucket, Key=both)["Body"].read() == lines(clicks[1])
    assert "Versions" not in made.s3.list_object_versions(Bucket=made.bucket, Prefix=alone)


def workbook(*rows: list[object]) -> bytes:
    """A workbook of one sheet."""
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def zipped(name: str, body: bytes) -> bytes:
    """A zip archive of one file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    return file.getvalue()


def test_the_search_looks_into_what_is_packed_and_says_what_it_cannot(fondly: Fondly, made: Made) -> None:
    """Workbooks, Parquet files, archives in archives; not old workbooks, queues, and what others keep."""
    table = Table.from_pydict({"id": Array([STAYS, GONE], DataType.string())})
    parquet = io.BytesIO()
    write_parquet(table, parquet)
    made.upload("a.xlsx", workbook(["id"], [GONE]))
    made.upload("b.parquet", parquet.getvalue())
    made.upload("c.zip", zipped("inner.csv.gz", gzip.compress(f"{GONE},1\n".encode())))
    made.upload("d.xlsx", workbook(["id"], [STAYS]))
    made.upload("e.xls", b"\xd0\xcf\x11\xe0 old")
    made.upload("f.csv.gz", gzip.compress(b"id\n" * 1_000)[:-9])
    made.s3.create_multipart_upload(Bucket=made.bucket, Key="uploads/g.csv")
    boto3.client("sqs").send_message(QueueUrl=made.resources.queue_urls["feedback"], MessageBody=EMAIL)
    answer = fondly("customer", "search", GONE, "--json")
    assert answer.code == 1
    names = [each["name"] for each in answer.json["found"]]
    assert names == ["uploads/a.xlsx", "uploads/b.parquet", "uploads/c.zip"]
    unseen = {each["why"]: each for each in answer.json["unseen"]}
    assert unseen["an old Excel workbook (.xls), or one with a password"]["examples"] == ["uploads/e.xls"]
    assert unseen["damaged, or cut off"]["examples"] == ["uploads/f.csv.gz"]
    what = {each["what"] for each in answer.json["unseen"]}
    assert "uploads that were never completed" in what
    assert {f"messages of {made.environment}-feedback", "Personalize", "logs", "backups of tables"} <= what


def test_a_run_at_work_may_write_again_what_it_has_read(fondly: Fondly, made: Made) -> None:
    """The command says so, and fails: it has to be run once more, and then takes that, too."""
    made.fill()
    made.in_ledger(lambda ledger: ledger.open_run("run-2", source="s3://b/uploads/b.csv"))
    code, found, _ = forget(fondly, GONE)
    assert (code, found["open runs"], made.traces()) == (1, (0, 1), [])
    key = object_keys.customers("run-2", 1)
    made.s3.put_object(Bucket=made.bucket, Key=key, Body=lines(CUSTOMER, OTHER))
    made.in_ledger(lambda ledger: ledger.fail("run-2", "ended"))
    assert key in made.traces()
    code, _, proof = forget(fondly, GONE)
    assert (code, made.traces(), proof["found"]) == (0, [], [])


def test_it_waits_for_runs_and_forgets_once_more(
    fondly: Fondly, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a run has written meanwhile is gone, too."""
    made.fill()
    made.in_ledger(lambda ledger: ledger.open_run("run-2", source="s3://b/uploads/b.csv"))
    key = object_keys.customers("run-2", 1)

    async def ends(scope: Scope, _runs: object) -> bool:
        await scope.environment.s3.put_object(Bucket=made.bucket, Key=key, Body=lines(CUSTOMER, OTHER))
        await (await scope.environment.ledger()).fail("run-2", "ended")
        return True

    monkeypatch.setattr("fondly.operations.customers.forget._ended", ends)
    code, found, proof = forget(fondly, GONE, "--wait")
    assert (code, made.traces(), proof["found"]) == (0, [], [])
    assert "open runs" not in found
    assert found["suppressions, as digests"] == (0, 2)


def test_what_is_written_meanwhile_is_not_overwritten(fondly: Fondly, made: Made) -> None:
    """A run may replace an object between the reading and the writing: then the newer one is taken up."""
    made.fill()
    key = object_keys.learned(RUN, "history/part-00001.jsonl")
    newer = lines({"customer_id": GONE, "value": 2}, {"customer_id": STAYS, "value": 2})
    s3, raced = made.s3, list[str]()

    def race(**_: object) -> None:
        if not raced:
            raced.append(key)
            s3.put_object(Bucket=made.bucket, Key=key, Body=newer)

    with racing(key, race):
        code, _, _ = forget(fondly, GONE)
    assert (code, raced, made.traces()) == (0, [key], [])
    body = s3.get_object(Bucket=made.bucket, Key=key)["Body"].read()
    assert body == lines({"customer_id": STAYS, "value": 2})


def test_who_shares_the_address_stays_and_is_told_of(fondly: Fondly, made: Made) -> None:
    """Their records keep it, and are no failure; nobody writes to the address."""
    made.fill()
    shared = {**OTHER, "customer_id": "CUST-8", "email": EMAIL.title()}
    made.dynamodb.Table(made.resources.tables["customers"]).put_item(
        Item={key: value for key, value in shared.items() if key != "reviews"}
    )
    for key, body in {
        object_keys.customers("run-3", 1): lines(shared),
        object_keys.email("run-3", "CUST-8"): f"To: {EMAIL}\n\nHello".encode(),
    }.items():
        made.s3.put_object(Bucket=made.bucket, Key=key, Body=body)
    code, found, proof = forget(fondly, GONE)
    assert (code, proof["found"], proof["others"]) == (0, [], 3)
    assert found["records of other customers that name the address"] == (0, 3)
    assert {item["customer_id"] for item in made.items("customers")} == {STAYS, "CUST-8"}


@pytest.mark.parametrize("is_keyed", [True, False])
def test_a_customer_may_be_named_by_address(fondly: Fondly, made: Made, *, is_keyed: bool) -> None:
    """However it is written; an address that no customer has is searched and suppressed all the same.

    One that they had before is nobody's, and customers whose keys a release before has not stored are found.
    """
    made.fill()
    keys = boto3.resource("dynamodb").Table(made.resources.tables["customer-keys"])
    keys.put_item(Item={"customer_key": address_entry("old@quimby.example"), "customer_id": GONE})
    assert fondly("customer", "show", "old@quimby.example").code == 1
    for key in customer_keys(GONE, EMAIL) if not is_keyed else ():
        keys.delete_item(Key={**key})
    code, _, _ = forget(fondly, EMAIL.upper())
    assert (code, made.traces()) == (0, [])
    code, found, _ = forget(fondly, "nobody@quimby.example")
    assert (code, found["suppressions, as digests"]) == (0, (0, 1))
    assert address_entry("nobody@quimby.example") in {item["entry"] for item in made.items("suppressions")}


def test_a_customer_whom_nobody_knows_is_no_error(fondly: Fondly, made: Made) -> None:
    """Nothing is deleted; what is said of others' copies still holds."""
    made.fill()
    code, found, _ = forget(fondly, "nobody")
    assert (code, sum(deleted for deleted, _ in found.values())) == (0, 0)
    assert {"customers", "emails", object_keys.customers(RUN, 1)} <= set(made.traces())


def test_what_is_known_is_shown_at_a_glance(fondly: Fondly, made: Made) -> None:
    """Who they are, whether and why not they are written to, and what became of their emails."""
    made.fill()
    shown = fondly("customer", "show", GONE).out
    assert NAME in shown
    assert "address: unsubscribed, 2026-11-26, by page" in shown
    assert "1 time; last on 2025-11-24" in shown
    assert "sent, 2026-11-26 10:00" in shown
    answer = fondly("customer", "show", EMAIL, "--json")
    assert answer.code == 0, answer.err
    tables = {name: len(items) for name, items in answer.json["tables"].items()}
    assert tables["recommendations"] == 5
    assert (tables["emails"], tables["dispatches"], tables["histories"]) == (2, 1, 1)
    assert STAYS not in answer.out.replace(f"{STAYS}0", "")
    nobody = fondly("customer", "show", "nobody")
    assert (nobody.code, "nothing is known" in nobody.err) == (1, True)


def test_an_export_has_everything_that_forgetting_finds(fondly: Fondly, made: Made, tmp_path: Path) -> None:
    """Every table and file that tells of the customer, their emails, and nobody else; for its owner alone."""
    made.fill()
    path = tmp_path / "given.zip"
    answer = fondly("customer", "export", GONE, "--out", str(path))
    assert (answer.code, path.stat().st_mode & 0o777) == (0, 0o600)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["customer.json", object_keys.email(RUN, GONE)]
        data = json.loads(archive.read("customer.json"))
        assert EMAIL.encode() in archive.read(object_keys.email(RUN, GONE))
    assert STAYS not in json.dumps(data)
    told = {place for place in made.traces() if place not in {"runs", "suppressions"} and "." not in place}
    assert told <= data["tables"].keys()
    files = {key for key in made.traces(below=f"runs/{RUN}/") if key.startswith("runs/")}
    latest = {each["Key"] for each in made.s3.list_objects_v2(Bucket=made.bucket)["Contents"]}
    assert (files & latest) - data["objects"].keys() == {
        object_keys.email(RUN, GONE),
        object_keys.ingest_report(RUN),
        *(object_keys.email_index_summary(RUN, part) for part in (1, None)),  # of what the rows say
    }
    assert data["tables"]["histories"][0]["history"]["reviews"][0]["review_id"] == "R0"
    assert data["suppressions"][0]["reason"] == "unsubscribed"
    assert fondly("customer", "export", GONE, "--out", str(path)).code == 1
    whole = fondly("customer", "export", GONE, "--json").json
    assert whole["emails"][0]["message"] == f"To: {NAME} <{EMAIL}>"


def test_a_product_goes_from_the_tables(fondly: Fondly, made: Made) -> None:
    """AWS has no deletion of single items, which is said."""
    made.fill()
    for table in ("products", "product-sentiments"):
        made.dynamodb.Table(made.resources.tables[table]).put_item(Item={"product_id": "P1"})
    answer = fondly("product", "forget", "P1", "--yes", "--json")
    assert (answer.code, rows(answer.json)["items of opinions"]) == (0, (2, 0))
    assert "AWS deletes no single item" in answer.out
    for table in ("products", "product-sentiments"):
        assert made.items(table) == []


def test_it_asks_before_it_forgets(fondly: Fondly) -> None:
    """One word, and an id: nobody is forgotten by accident."""
    for command in ("customer", "product"):
        assert fondly(command, "forget", GONE, answer="yes\n").code == 1
        assert fondly(command, "forget", "--yes").code == 2
        assert fondly(command, "forget", "", "--yes").code == 2
