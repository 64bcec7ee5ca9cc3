"""A finished run of any size that nobody has to store: a server that makes up each answer when it is asked.

It speaks as much of S3 and DynamoDB as the collector asks for. Answers follow from the customer's number, so
a run is the same every time. `python -m harness.generated_run PORT CUSTOMERS` serves one.
"""

import json
import quopri
import re
import sys
from decimal import Decimal
from functools import lru_cache
from random import Random

from aiohttp import web

from fondly.contracts import object_keys
from fondly.contracts.records import (
    Customer,
    OwnProduct,
    Pick,
    Product,
    Reason,
    ReasonKind,
    Recommendation,
    RecommendationSource,
    Review,
    ScoredReview,
    Sentiment,
    SentimentScores,
)

RUN = "run-00000000c0113c70"
PRODUCTS = 300
CUSTOMERS_PER_PART = 140
REVIEWS = 2
PICKS = 5
FRAMES, PRODUCT_PROMPTS = 100, 900
"""Distinct prompts, of which emails share most: in the sample 72 and 603."""
WORDS = re.findall(
    r"\w+",
    "steel bottle keeps water cold for hours and the lid never leaks on a walk to work while its battery"
    " lasts two days of music at home or in the office",
)
CARD = (
    '<tr><td style="padding:16px 24px;border-bottom:1px solid #dddad2;font:15px/1.5 Arial,sans-serif">'
    '<img src="https://shop.example/{name}.png" width="180" height="180" alt="{name}" style="border:0">'
    '<h2 style="margin:8px 0;font-size:18px;line-height:1.3">{name}</h2><p style="margin:0 0 8px">{words}</p>'
    '<p style="font-weight:700;margin:0">₹{price} <span style="color:#5c6168;text-decoration:line-through">'
    '₹1,999</span></p><a href="https://shop.example/{name}?from=list&amp;run={run}&amp;to={customer}" '
    'style="background:#1d5f58;color:#fff;padding:10px 18px;border-radius:8px">See it</a></td></tr>\n'
)
FILL_CARDS = 8
"""More cards than picks, for an email of the usual 23 KB."""


class Run:
    """What is stored of a run with so many customers."""

    def __init__(self, customers: int) -> None:
        self.customers = customers
        self.parts = -(-customers // CUSTOMERS_PER_PART)

    def body(self, key: str) -> bytes | None:
        """Return an object's content; None for one that such a run does not have."""
        folder, _, name = key.removeprefix(f"runs/{RUN}/").rpartition("/")
        match folder:
            case "emails":
                return message(int(name.removesuffix(".eml").removeprefix("C")))
            case _ if folder.startswith("copy/"):
                customers = self.customers_of(int(name.removesuffix(".jsonl")))
                asked = {key for number in customers for key in prompt_numbers(number)}
                return b"".join(prompt(key) + b"\n" for key in sorted(asked))
            case "customers" | "sentiment" | "recommendations" if name.startswith("part-"):
                numbers = self.customers_of((int(name[5:10]) - 1) * CUSTOMERS_PER_PART)
                make = {"customers": customer, "sentiment": scored, "recommendations": recommendation}[folder]
                return b"".join(map(make, numbers))
        return catalogue() if key == object_keys.products(RUN) else None

    def customers_of(self, first: int) -> range:
        """Return the numbers of the customers of the part that begins with one."""
        return range(first, min(first + CUSTOMERS_PER_PART, self.customers))

    def keys(self, prefix: str) -> list[str]:
        """Return the keys below the folder of a part's prompts: one file has them all."""
        part = int(prefix.rstrip("/")[-5:])
        return [object_keys.copy(RUN, part, str((part - 1) * CUSTOMERS_PER_PART))]


@lru_cache(maxsize=1)
def products() -> list[Product]:
    """Return the catalogue."""
    return [
        Product(
            product_id=f"P{number:04}",
            name=f"Rasovi Trek {number} 750 ml Insulated Steel Bottle",
            category=("Home", f"Kind {number % 40}"),
            price=Decimal(199 + number),
            currency="INR",
            bullets=tuple(" ".join(words(Random(number + each), 14)) for each in range(4)),  # noqa: S311
        )
        for number in range(PRODUCTS)
    ]


def catalogue() -> bytes:
    """Return the object with the catalogue."""
    return b"".join(map(line, products()))


def customer(number: int) -> bytes:
    """Return a customer's line."""
    reviews = tuple(
        Review(
            review_id=f"R{number}-{each}",
            product_ids=(f"P{(number + each) % PRODUCTS:04}",),
            title="Good value",
            text=" ".join(words(Random(number * REVIEWS + each), 40)),  # noqa: S311
        )
        for each in range(REVIEWS)
    )
    return line(Customer(customer_id=f"C{number}", name=f"Priya {number}", reviews=reviews))


def scored(number: int) -> bytes:
    """Return the lines of a customer's scores."""
    scores = SentimentScores(positive=0.9, negative=0.05, neutral=0.03, mixed=0.02)
    return b"".join(
        line(
            ScoredReview(
                review_id=f"R{number}-{each}",
                customer_id=f"C{number}",
                product_ids=(f"P{(number + each) % PRODUCTS:04}",),
                language="en",
                sentiment=Sentiment.POSITIVE,
                scores=scores,
            )
        )
        for each in range(REVIEWS)
    )


def recommendation(number: int) -> bytes:
    """Return a customer's line of picks."""
    chance = Random(number)  # noqa: S311
    owned = products()[number % PRODUCTS]
    reason = Reason(
        kind=ReasonKind.BOUGHT_TOGETHER,
        product_id=owned.product_id,
        product_name=owned.name,
        review_id=f"R{number}-0",
        customers=12,
    )
    return line(
        Recommendation(
            customer_id=f"C{number}",
            name=f"Priya {number}",
            email=f"c{number}@shop.example",
            source=RecommendationSource.PERSONALIZE,
            picks=tuple(Pick(product=each, reason=reason) for each in chance.sample(products(), PICKS)),
            owned=(OwnProduct(product_id=owned.product_id, product_name=owned.name, polarity=0.85),),
        )
    )


def record(number: int) -> dict[str, object]:
    """Return the item of a customer's email."""
    members = {
        "customer_id": f"C{number}",
        "subject": f"Priya, have a look at Rasovi Trek {number % PRODUCTS}",
        "preheader": f"From ₹{199 + number % PRODUCTS}, chosen for what you have",
        "copy_source": "ai",
        "key": object_keys.email(RUN, f"C{number}"),
    }
    keys = [{"S": str(key)} for key in prompt_numbers(number)]
    return {**{name: {"S": value} for name, value in members.items()}, "prompt_keys": {"L": keys}}


def message(number: int) -> bytes:
    """Return a customer's email, 23 KB as the mailer's are."""
    template = message_template()
    found = {b"CUSTOMERNUMBER": b"%d" % number, b"SOMEWORDS": " ".join(words(Random(number), 12)).encode()}  # noqa: S311
    for place, value in found.items():
        template = template.replace(place, value)
    return template


@lru_cache(maxsize=1)
def message_template() -> bytes:
    """Return an email with places for what differs by customer."""
    cards = "".join(
        CARD.format(name=each.name, words="SOMEWORDS", price=each.price, run=RUN, customer="CUSTOMERNUMBER")
        for each in products()[:FILL_CARDS]
    )
    filler = "/* " + " ".join(words(Random(1), 900)) + " */"  # noqa: S311
    html = (
        f"<!doctype html><html><head><style>{filler}</style></head><body><table>{cards}</table></body></html>"
    )
    text = "Hi Priya,\n\n" + "SOMEWORDS, take your pick.\n\nhttps://shop.example/CUSTOMERNUMBER\n" * 30
    parts = "".join(
        f"\r\n--=_b\r\nContent-Type: {kind}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        + quopri.encodestring(body.encode()).decode("ascii").replace("\n", "\r\n")
        for kind, body in (("text/plain", text), ("text/html", html))
    )
    head = "From: Shop <shop@shop.example>\r\nSubject: Hello\r\nMIME-Version: 1.0\r\n"
    head += 'Content-Type: multipart/alternative;\r\n boundary="=_b"\r\n'
    return f"{head}{parts}\r\n--=_b--\r\n".encode("ascii")


def prompt_numbers(number: int) -> list[int]:
    """Return the numbers of the prompts of a customer's email: a frame's, and those of products."""
    chance = Random(number)  # noqa: S311
    return [
        chance.randrange(FRAMES),
        *(FRAMES + each for each in chance.sample(range(PRODUCT_PROMPTS), PICKS)),
    ]


def prompt(number: int) -> bytes:
    """Return a stored prompt with its answer."""
    facts = json.dumps({"n": number, "words": " ".join(words(Random(number), 60))})  # noqa: S311
    answer = json.dumps({"line": [" ".join(words(Random(number + each), 18)) for each in range(9)]})  # noqa: S311
    kept = {
        "prompt_key": str(number),
        "task": "frame" if number < FRAMES else "product",
        "model_id": "a-model",
        "prompt": f"Write.\n<facts>{facts}</facts>",
        "answers": [answer],
    }
    return json.dumps(kept).encode()


def words(chance: Random, number: int) -> list[str]:
    """Return so many words by chance."""
    return chance.choices(WORDS, k=number)


def line(model: Customer | Product | Recommendation | ScoredReview) -> bytes:
    """Return a record as a line of JSON."""
    return model.model_dump_json(exclude_none=True).encode() + b"\n"


def application(run: Run) -> web.Application:
    """Return the server: objects by GET, their keys by ListObjectsV2, records by BatchGetItem."""

    async def get_object(request: web.Request) -> web.Response:
        body = run.body(request.match_info["key"])
        if body is None:
            return web.Response(
                status=404, text="<Error><Code>NoSuchKey</Code></Error>", content_type="text/xml"
            )
        return web.Response(body=body)

    async def list_objects(request: web.Request) -> web.Response:
        keys = run.keys(request.query["prefix"])
        found = "".join(f"<Contents><Key>{key}</Key></Contents>" for key in keys)
        return web.Response(
            text=f"<ListBucketResult>{found}</ListBucketResult>", content_type="application/xml"
        )

    async def batch_get_item(request: web.Request) -> web.Response:
        [(table, wanted)] = json.loads(await request.text())["RequestItems"].items()
        numbers = [int(key["customer_id"]["S"].removeprefix("C")) for key in wanted["Keys"]]
        return web.json_response({"Responses": {table: [record(number) for number in numbers]}})

    app = web.Application()
    app.add_routes(
        [
            web.get("/{bucket}", list_objects),
            web.get("/{bucket}/{key:.+}", get_object),
            web.post("/", batch_get_item),
        ]
    )
    return app


if __name__ == "__main__":
    web.run_app(application(Run(int(sys.argv[2]))), host="127.0.0.1", port=int(sys.argv[1]), print=None)
