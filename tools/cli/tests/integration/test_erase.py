"""`encore erase` on an emulator and understudy: of a customer nothing is left anywhere but what it says."""

import gzip
import json
import logging
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import structlog

from encore.contracts import object_keys
from encore.contracts.file_names import file_name
from encore.runtime.runs.ledger import Ledger
from encore.stack.provision import Resources
from tests.support.runs import RUN
from tools.cli.tests.conftest import Encore, InLedger
from tools.cli.tests.killing import KillAfter, Killed, killing, rows
from understudy.personalize import PersonalizeOptions
from understudy.testing import UnderstudyServer

GONE, NAME, EMAIL = "CUST-7731", "Zebulon Quimby", "zebulon@quimby.example"
STAYS = "CUST-77310"
"""Another customer, whose id begins with the first one's."""
TRACE = re.compile(rf"(?<!\w)(?:{GONE}|{NAME}|{EMAIL})(?!\w)".encode())
ROLE = "arn:aws:iam::000000000000:role/job"
TEXT = "It hums, and I love it"
MUTATING = ("Delete", "Put", "Create")
SCHEMA = {
    "type": "record",
    "name": "Interactions",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
        {"name": "EVENT_TYPE", "type": "string"},
    ],
    "version": "1.0",
}
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
            await ledger.fail(RUN, "ended")

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
            object_keys.rejects(RUN): lines(reject, {**reject, "raw": "x,y"}),
            object_keys.ingest_report(RUN): lines({"rejects": [{"found": f"'{EMAIL}'"}]}),
            object_keys.sentiment_job(RUN, "input/en/texts-00001.txt"): f"{TEXT}\n{TEXT}\nother\n".encode(),
            object_keys.personalize(RUN, "interactions/part-00001.csv"): rows,
            object_keys.personalize(RUN, "users/part-00001.csv"): rows,
            object_keys.personalize(RUN, "input/part-00001.json"): lines({"userId": GONE}, {"userId": STAYS}),
            object_keys.personalize(RUN, "output/part-00001.json.out"): lines(
                {"input": {"userId": GONE}, "output": {}}, {"input": {"userId": STAYS}, "output": {}}
            ),
            object_keys.learned(RUN, "history/part-00001.jsonl"): lines(*both),
            object_keys.learned(RUN, "rankings/part-00001.jsonl"): lines(*both),
            object_keys.events("events-0123456789abcdef", 1): lines(*both),
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
        self._put("recommendations", {"customer_id": GONE, "run_id": "run-older"})
        self._put("reviews", {"review_id": "R1", "customer_id": GONE, "product_ids": ["P1"], "text": TEXT})
        self._put("reviews", {"review_id": "R2", "customer_id": STAYS})
        for product, review in (("P1", "R1"), ("P2", "R1"), ("P9", "R0"), ("P1", "R2")):
            self._put("opinions", {"product_id": product, "opinion_id": review})

    def _put(self, table: str, item: dict[str, Any]) -> None:
        self.dynamodb.Table(self.resources.tables[table]).put_item(Item=item)

    def _users(self) -> None:
        tags = [
            {"tagKey": "project", "tagValue": "encore"},
            {"tagKey": "stack", "tagValue": self.environment},
        ]
        group = self.active("dataset_group", name="shop", tags=tags)
        schema = self.personalize.create_schema(name="s", schema=json.dumps(SCHEMA))["schemaArn"]
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


@pytest.fixture
def kill_after(monkeypatch: pytest.MonkeyPatch) -> KillAfter:
    """Kill the next command after so many calls that change something."""
    return killing(monkeypatch, *MUTATING)


def test_nothing_of_a_customer_is_left(encore: Encore, made: Made) -> None:
    """Neither id, name nor address: in no table, no version of an object, and not in understudy's state."""
    made.fill()
    assert {"customers", "histories", "recommendations", "emails", "reviews"} <= set(made.traces())
    answer = encore("erase", GONE, "--yes", "--json")
    assert answer.code == 0, answer.out
    assert made.traces() == []
    found = rows(answer.json)
    assert found["items of recommendations"] == (5, 0)
    assert found["items of emails"] == (2, 0)
    assert found["items of opinions"] == (3, 0)
    assert found["emails in the data bucket"] == (1, 0)
    assert found["records in Personalize"][0] > 800
    assert {"counts and averages", "what has left the system", "models in Personalize"} <= set(found)


def test_other_customers_stay_as_they_are(encore: Encore, made: Made) -> None:
    """Also one whose id begins with the same letters, in the same objects."""
    made.fill()
    encore("erase", GONE, "--yes")
    kept = made.s3.get_object(Bucket=made.bucket, Key=object_keys.customers(RUN, 1))
    assert kept["Body"].read() == lines(OTHER)
    assert kept["ContentType"] == "text/plain"
    csv = made.s3.get_object(Bucket=made.bucket, Key=object_keys.personalize(RUN, "users/part-00001.csv"))
    assert csv["Body"].read().decode() == f"USER_ID,ITEM_ID,TIMESTAMP\n{STAYS},P1,1\n"
    texts = made.s3.get_object(
        Bucket=made.bucket, Key=object_keys.sentiment_job(RUN, "input/en/texts-00001.txt")
    )
    assert texts["Body"].read() == b"\n\nother\n"
    items = made.dynamodb.Table(made.resources.tables["recommendations"]).scan()["Items"]
    assert {item["customer_id"] for item in items} == {STAYS}
    assert made.s3.get_object(Bucket=made.bucket, Key=f"runs/{RUN}/emails/{file_name(STAYS)}.eml")


@pytest.mark.timeout(300)
def test_who_kills_it_runs_it_again(encore: Encore, made: Made, kill_after: KillAfter) -> None:
    """Killed again and again, it ends as if it had never been; a third time there is nothing to do."""
    made.fill()
    for calls in (0, 2, 6, 14):
        kill_after(calls)
        with pytest.raises(Killed):
            encore("erase", GONE, "--yes", "--json")
    kill_after(10_000)
    answer = encore("erase", GONE, "--yes", "--json")
    assert (answer.code, made.traces()) == (0, []), answer.err
    again = encore("erase", GONE, "--yes", "--json")
    assert (again.code, sum(deleted for deleted, _ in rows(again.json).values())) == (0, 0)


def test_a_dry_run_changes_nothing_and_counts_the_same(encore: Encore, made: Made) -> None:
    """Kind by kind, but for what only Personalize can count."""
    made.fill()
    before = sorted(made.traces())
    planned = encore("erase", GONE, "--dry-run", "--json")
    assert (planned.code, sorted(made.traces())) == (0, before)
    done = rows(encore("erase", GONE, "--yes", "--json").json)
    expected = {what: found for what, found in rows(planned.json).items() if "Personalize" not in what}
    assert {what: found for what, found in done.items() if "Personalize" not in what} == expected


def test_uploaded_files_are_the_shops_own(encore: Encore, made: Made) -> None:
    """They are named as left, packed ones too; with --uploads they go, older versions included."""
    made.fill()
    for key, body in {
        "uploads/old.csv": f"user_id\nA,{GONE},B\n".encode(),
        "uploads/packed.csv.gz": gzip.compress(f"x,{EMAIL}\n".encode()),
        "uploads/book.xlsx": b"PK\x03\x04 whatever",
        "uploads/others.csv": f"{STAYS}\n".encode(),
    }.items():
        made.s3.put_object(Bucket=made.bucket, Key=key, Body=body)
    made.s3.put_object(Bucket=made.bucket, Key="uploads/old.csv", Body=b"user_id\n")
    answer = encore("erase", GONE, "--yes", "--json")
    assert rows(answer.json)["uploaded files"] == (0, 2)
    assert rows(answer.json)["uploaded files of other kinds"] == (0, 1)
    assert set(made.traces()) == {"uploads/old.csv"}  # gzip does not say so itself
    again = encore("erase", GONE, "--yes", "--json", "--uploads")
    assert rows(again.json)["uploaded files"] == (1, 0)
    assert made.traces() == []


def test_a_run_at_work_may_write_again_what_it_has_read(encore: Encore, made: Made) -> None:
    """The command says so, and fails: it has to be run once more."""
    made.fill()
    made.in_ledger(lambda ledger: ledger.open_run("run-2", source="s3://b/uploads/b.csv"))
    answer = encore("erase", GONE, "--yes", "--json")
    assert answer.code == 1
    assert rows(answer.json)["open runs"] == (0, 1)
    assert made.traces() == []


def test_a_customer_whom_nobody_knows_is_no_error(encore: Encore, made: Made) -> None:
    """Nothing is erased; what is said of others' copies still holds."""
    made.fill()
    answer = encore("erase", "nobody", "--yes", "--json")
    assert (answer.code, sum(deleted for deleted, _ in rows(answer.json).values())) == (0, 0)
    assert {"customers", "emails", object_keys.customers(RUN, 1)} <= set(made.traces())


def test_a_product_goes_from_the_tables(encore: Encore, made: Made) -> None:
    """AWS has no deletion of single items, which is said."""
    made.fill()
    for table in ("products", "product-sentiments", "product-features"):
        made.dynamodb.Table(made.resources.tables[table]).put_item(Item={"product_id": "P1"})
    answer = encore("erase", "--product", "P1", "--yes", "--json")
    assert (answer.code, rows(answer.json)["items of opinions"]) == (0, (2, 0))
    assert "AWS deletes no single item" in answer.out
    for table in ("products", "product-sentiments", "product-features"):
        assert made.dynamodb.Table(made.resources.tables[table]).scan()["Items"] == []


def test_it_asks_before_it_erases(encore: Encore) -> None:
    """One word, and an id: nobody is erased by accident."""
    assert encore("erase", GONE, answer="yes\n").code == 1
    assert encore("erase", "--yes").code == 2
    assert encore("erase", "", "--yes").code == 2
