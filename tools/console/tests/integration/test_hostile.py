"""Names, reviews, products, wordings, file names, acts: whatever they are, pages show them as text."""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from http import HTTPStatus

from fondly.console.roles import Role
from fondly.console.staging import safe_name
from fondly.contracts import object_keys
from fondly.contracts.customer_keys import customer_keys
from fondly.contracts.email_index import IndexedProduct, WordingCount, customer_digest, wording_digest
from fondly.contracts.records import Customer, Pick, Product, Reason, ReasonKind, Review
from fondly.mailer.use_cases.email_index import IndexEntry, write_email_index
from fondly.mailer.use_cases.merge_email_index import merge_email_index
from fondly.operations import audit
from fondly.operations.emails.judging import Judgement, judge
from fondly.operations.environment import Environment
from fondly.operations.webhooks.endpoints import PARTITION
from fondly.runtime.runs.items import key
from fondly.runtime.storage import to_item
from tests.support.runs import RUN
from tools.console.tests import finished_run
from tools.console.tests.conftest import Asking
from tools.console.tests.finished_run import key_of, put_run, who
from tools.console.tests.hostile import TEXTS
from tools.console.tests.template_only import problems

BASE = f"/runs/{RUN}"
EMAILS = 3


def some(at: int) -> str:
    """Return one of the texts, for whatever is cut or is shown once."""
    return TEXTS[at % len(TEXTS)]


def entered(names: Sequence[str]) -> dict[str, str]:
    """Return fields that have all texts between them."""
    return {name: " ".join(TEXTS[at :: len(names)]) for at, name in enumerate(names)}


async def put_texts(environment: Environment) -> None:
    """Store a finished run of which every text is hostile."""
    await put_run(environment, emails=EMAILS)
    objects = await environment.objects()
    numbers = range(1, EMAILS + 1)
    reviews = tuple(
        Review(review_id=f"R{at}", product_ids=("P9",), title=some(at + 1), text=text)
        for at, text in enumerate(TEXTS)
    )
    customers = [Customer(customer_id=who(each), name=some(each), reviews=reviews) for each in numbers]
    await objects.put_lines(object_keys.customers(RUN, 1), customers)
    made = [finished_run._recommendation(each) for each in numbers]
    told = [each.model_copy(update={"name": some(at), "picks": picks(at)}) for at, each in enumerate(made)]
    await objects.put_lines(object_keys.recommendations(RUN, 1), told)
    await put_index(environment, EMAILS)


async def put_index(environment: Environment, emails: int) -> None:
    """Store an index of so many emails."""
    objects = await environment.objects()
    await write_email_index(objects, RUN, 1, list(_entries())[:emails])
    await merge_email_index(objects, RUN, [1])


def picks(first: int) -> tuple[Pick, ...]:
    """Return products with hostile names, categories, brands and reasons."""
    return tuple(
        Pick(
            product=Product(
                product_id=some(at)[:250],
                name=some(at + 1),
                category=(some(at + 2), some(at + 3)),
                price=Decimal(20),
                currency="EUR",
            ),
            reason=Reason(kind=ReasonKind.LIKED, product_id="P9", product_name=some(at), review_id=f"R{at}"),
        )
        for at in range(first * 40, first * 40 + 40)
    )


def _entries() -> Iterator[IndexEntry]:
    for at, text in enumerate(TEXTS):
        others = (some(at + each) for each in range(1, 6))
        row = finished_run._row(at + 1, last=at == 1).model_copy(
            update={
                "subject": text,
                "products": (IndexedProduct(product_id=some(at + 9)[:250], name=some(at + 10)),),
                **dict(zip(("name", "preheader", "variant", "language", "occasion"), others, strict=True)),
                **{name: (some(at + 7),) for name in ("refused_fields", "categories", "template_fields")},
            }
        )
        wording = WordingCount(
            digest=wording_digest("closing", text), count=21, field=some(at), text=text, product_name=text
        )
        yield IndexEntry(row, [wording], [("closing", f"{at} {text}", text)])


async def found_in(console: Asking, paths: Sequence[str]) -> list[str]:
    """Open pages; return what none of their templates has, beside the path."""
    found = []
    for at, path in enumerate(paths):
        console.as_(*Role, name=some(at * 11))
        asked = await console.get(path)
        found += [f"{path}: {asked.status}"] if asked.status != HTTPStatus.OK else []
        found += [f"{path}: {each}" for each in problems(asked.text)]
    return found


async def test_what_a_run_has_is_text_in_every_page_of_it(console: Asking) -> None:
    """All texts at once: as subjects, names, products, categories, reasons, wordings, patterns, reviews."""
    await put_texts(console.environment)
    for at, text in enumerate(TEXTS[:9]):
        said = Judgement(sample=0, key=customer_digest(str(at)), why="random", verdict="fine", by=text)
        await judge(console.environment, RUN, said)
    paths = [
        *(
            BASE,
            f"{BASE}/compare/{RUN}/emails",
            f"{BASE}/compare/{RUN}",
            f"{BASE}/wordings?next=50",
            f"{BASE}/wordings?next=100",
        ),
        *(f"{BASE}/emails/{key_of(each)}?part=1" for each in (1, 2)),
        *("/", "/runs", f"{BASE}/delivery", f"{BASE}/stages", f"{BASE}/emails/{key_of(1)}/prompts?part=1"),
    ]
    assert await found_in(console, [f"{BASE}/read?at=1", f"{BASE}/read?at=2"]) == []
    await put_index(console.environment, len(TEXTS))
    assert await found_in(console, paths) == []
    shown, seen = (await console.get(f"{BASE}/emails")).text, 1
    while 'name="next"' in shown:
        assert list(problems(shown)) == []
        page = shown.partition('name="next" value="')[2].partition('"')[0]
        shown, seen = (await console.get(f"{BASE}/emails?next={page}")).text, seen + 1
    assert seen == -(-len(TEXTS) // 50)


async def test_what_people_enter_is_text_in_the_answer(console: Asking) -> None:
    """A search, terms that cannot be, a word that is another, reasons, another wording instead."""
    await put_run(console.environment)
    names = (
        "q",
        "product",
        "wording",
        "why",
        "at",
        "seeds",
        "per_hour",
        "instead",
        "word",
        "of",
        "key",
        "to",
    )
    for fields in (entered(names), entered(names[::-1]), {**entered(("why", "word", "q")), "at": "09:00"}):
        for place in ("emails", "strikes", "delivery/hold", "delivery/reject", "delivery/approve"):
            asked = await console.post(f"{BASE}/{place}", fields)
            assert (asked.status < HTTPStatus.INTERNAL_SERVER_ERROR, place) == (True, place)
            assert list(problems(asked.text)) == [], place
    assert await found_in(console, [f"{BASE}/delivery", BASE, "/audit"]) == []


async def test_files_and_the_shop_s_own_are_text_in_their_pages(console: Asking) -> None:
    """Names of files, settings and rules that can be used, and those of which it is said why they cannot."""
    objects = await console.environment.objects()
    quoted = [json.dumps(text.replace("\x7f", "")) for text in TEXTS if text.isprintable()]
    settings = f"[brand]\nname = {quoted[0]}\nvoice = {quoted[1]}\ndo = [{', '.join(quoted)}]\n"
    rules = "exclude:\n  products: [{0}]\n  brands: [{0}]\npin: [{0}]\n".format(", ".join(quoted))
    for name, text in (("fondly.toml", settings), ("merchandising.yaml", rules)):
        await objects.put(f"{object_keys.SHOP}{name}", text.encode(), content_type="text/plain")
    assert await found_in(console, ["/shop", "/shop/rules"]) == []
    keys = ("brand.name", "brand.do", "theme.name", "theme.colors.light.page", "seen", "mail.subjects")
    for name, path in (("fondly.toml", "/shop"), ("merchandising.yaml", "/shop/rules")):
        etag = (await objects.tagged(f"{object_keys.SHOP}{name}"))[1]
        for values in (
            entered(keys),
            {"seen": settings, **entered(keys[:4])},
            entered(("text", "seen")),
            entered(("etag", "seen")),
        ):
            asked = await console.post(path, {"etag": etag, **values})
            assert (asked.status < HTTPStatus.INTERNAL_SERVER_ERROR, path, list(values)) == (
                True,
                path,
                list(values),
            )
            assert list(problems(asked.text)) == [], (path, list(values))
    console.as_(*Role)
    for first in range(0, len(TEXTS), 45):
        names = {safe_name(text): f"{text}.csv" for text in TEXTS[first : first + 45]}
        assert (await console.upload(dict.fromkeys(names.values(), b""))).status < 500
        assert list(problems((await console.get("/uploads")).text)) == []


async def test_what_else_is_told_is_text_where_it_is_told(console: Asking) -> None:
    """Customers, dead letters, acts, sources of runs, why a run stopped, addresses of webhooks, products."""
    environment = console.environment
    ledger, table = await environment.ledger(), await environment.table("runs")
    url = await environment.dead_letter_url("mailer")
    sendable = [text for text in TEXTS if text.isprintable() and len(text) <= 250]
    paths = ["/", "/runs", "/runs/run-0000000000000000", "/runs/run-0000000000000002/stages", "/queues"]
    paths += ["/queues/mailer/dead", "/audit", "/webhooks", "/results"]
    for at, text in enumerate(sendable[:: len(sendable) // 6]):
        customer = {"customer_id": text, "name": " ".join(TEXTS[at::6]), "email": some(at)}
        items = [("customers", customer)]
        items += [("customer-keys", {**each}) for each in customer_keys(text, None)]
        items += [("products", {**picks(at)[0].product.model_dump(), "product_id": text, "run_id": RUN})]
        for name, item in items:
            await environment.dynamodb.put_item(TableName=environment.table_name(name), Item=to_item(item))
        await environment.sqs.send_message(
            QueueUrl=url,
            MessageBody=some(at + 1),
            MessageAttributes={"reason": {"DataType": "String", "StringValue": text}},
        )
        told = dict(zip(sendable[at : at + 20], sendable[at + 20 : at + 40], strict=False))
        noted = audit.noted(environment, by=text, act=some(at + 1), about=f"run-{text}", details=told)
        async with noted:
            pass
        await ledger.open_run(f"run-{at:016}", source=f"s3://b/uploads/{text}.csv")
        await ledger.stop(f"run-{at:016}", text)
        hook = {"endpoint": text, "url": some(at + 1), "events": ["run.finished"], "by": text}
        item = to_item({**hook, "made_at": "2026-12-01T00:00:00Z"})
        await environment.dynamodb.put_item(TableName=table, Item=key(PARTITION, text) | item)
        paths += [f"/products/{text}", f"/customers/{customer_digest(text)}"] if "?" not in text else []
    assert await found_in(console, paths) == []
    for wanted in ("script", "evil", "onerror", "<", "hx-"):
        assert list(problems((await console.post("/customers", {"who": wanted})).text)) == []
