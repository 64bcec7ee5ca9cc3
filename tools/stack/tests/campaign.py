"""A made-up campaign that has everything which the gallery shows."""

from fondly.contracts.ingest_report import Convention, FileReport, IngestReport, RejectReason
from fondly.contracts.records import AspectCount, CopySource, Exclusion, Sentiment, SentimentSummary
from fondly.evaluation.sample.row import picture_url
from fondly.operations.emails.shown import (
    Piece,
    Refusal,
    ShownDelivery,
    ShownEmail,
    ShownOwned,
    ShownPick,
    ShownPrompt,
    ShownReview,
)
from fondly.operations.runs.sentiment_figures import exported
from tools.stack.tests.gallery_pages import email, pick, prompt

EMAILS = 130
PRODUCTS_PICKED = 48
WITH_REFUSALS = frozenset({"frame-1", "product-P5"})
"""The prompts of which a wording was refused."""
SAID = SentimentSummary(
    texts=100,
    scored=80,
    empty=20,
    labels={Sentiment.POSITIVE: 60, Sentiment.NEGATIVE: 20},
    praised=(AspectCount(aspect="battery life", praised=41, blamed=4, neutral=3),),
    blamed=(AspectCount(aspect="installation", praised=3, blamed=14, neutral=1),),
)
INGEST = IngestReport(
    files=(
        FileReport(
            file="uploads/shop.csv",
            format="Kaggle Amazon Sales",
            kind="combined",
            rows=100,
            ignored=("loyalty_tier", "internal note"),
            conventions=(
                Convention(column="discounted_price", reads="decimal comma", because="line 3: '49,95'"),
            ),
        ),
    ),
    rejects=(
        RejectReason(
            kind="row",
            column="discounted_price",
            expected="a price above 0",
            count=3,
            file="uploads/shop.csv",
            line=7,
            found="'free'",
        ),
    ),
    exclusions={Exclusion.NO_CONSENT: 10},
)
SUMMARY = {
    "run_id": "run-00000000000000aa",
    "status": "finished",
    "customers": EMAILS + 12,
    "emails_failed": 2,
    "customers_by_popularity": 9,
    "products": 60,
    "reviews": 100,
    "emails": EMAILS,
    "emails_template_copy": 10,
    "total_seconds": 41.27,
    "cost_usd": {"bedrock": 0.6, "comprehend": 0.05, "total": 0.65},
    "sentiment": exported(SAID),
    "ingest": INGEST.model_dump(mode="json"),
}
NAMES = ("Asha Rao", "Ben Iyer", "Chitra Das", "Dev Nair", "Esha Jain", "Farid Khan", "Gita Sen")
KINDS = ("liked", "also liked", "goes with", "popular in category", "new", "same shelf")
PICTURE = picture_url("kettle", "Sage")
HTML = """<!doctype html><html lang="en"><head><meta name="color-scheme" content="light dark">
<title>Email</title><style>
body {{ margin: 0; background: #ffffff; color: #111111; font: 16px sans-serif }}
@media (prefers-color-scheme: dark) {{ body {{ background: #101010; color: #eeeeee }} }}
</style></head><body><main><h1>Hello {name}</h1><p>{number}</p>
<p><img src="{picture}" alt="A kettle" width="160"></p>
<p><a href="https://shop.example/p">View the kettle</a></p></main></body></html>"""


def campaign() -> list[ShownEmail]:
    """Return the emails: every tenth with template copy, every seventh to an unhappy customer."""
    return [_email(number) for number in range(EMAILS)]


def prompts() -> list[ShownPrompt]:
    """Return the prompts: a frame for every twenty customers, and one for each product that is picked."""
    frames = [_frame(number) for number in range(EMAILS // 20 + 1)]
    return [*frames, *(_of_product(number) for number in range(PRODUCTS_PICKED))]


def _email(number: int) -> ShownEmail:
    name = NAMES[number % len(NAMES)]
    unhappy = number % 7 == 0
    sources = {0: CopySource.TEMPLATE, 1: CopySource.MIXED}
    subject = f"{name.split()[0]}, five finds" if number % 3 else "Five finds for you"
    return email(
        f"C{number}",
        name=name,
        address=f"c{number}@shop.example",
        subject=subject,
        preheader=f"From ₹{199 + number}",
        picks=_picks(number),
        delivery=_delivery(number),
        chosen_by="personalize",
        copy_source=sources.get(number % 10, CopySource.AI),
        template_fields=("intro",) if number % 10 == 1 else (),
        prompt_keys=_prompt_keys(number) if number % 10 else (),
        html=HTML.format(name=name, number=number, picture=PICTURE),
        text=f"Hello {name}\n\nEmail {number // 2}\n\nhttps://shop.example/unsubscribe/{number}",
        reviews=(_review(unhappy=unhappy),),
        owned=(ShownOwned("Glass kettle", "Kettles", "disliked" if unhappy else "liked"),),
        praised=() if unhappy else ("lid",),
        blamed=("lid",) if unhappy else (),
        unhappy=unhappy,
    )


def _picks(number: int) -> tuple[ShownPick, ...]:
    first = number // 3
    return tuple(
        pick(
            f"Product {(first + place) % 50}" + (" with 2 year warranty" if (first + place) % 9 == 0 else ""),
            KINDS[(number + place) % len(KINDS)],
            product_id=f"P{(first + place) % 50}",
            category="Kettles",
            evidence="Glass kettle (P0), review R1, 12 customers",
            review_id="R1",
            praised=("sound: 7 of 9 praise",),
            claims=("warranty",) if (first + place) % 9 == 0 else (),
        )
        for place in range(5)
    )


def _review(*, unhappy: bool) -> ShownReview:
    sentiment = Sentiment.NEGATIVE if unhappy else Sentiment.POSITIVE
    return ShownReview(
        review_id="R1",
        product="Glass kettle",
        pieces=(Piece("Its "), Piece("lid", "lid", sentiment), Piece(" says it all.")),
        label=sentiment,
        language="en",
    )


def _prompt_keys(number: int) -> tuple[str, ...]:
    return (f"frame-{number // 20}", *(f"product-{each.product_id}" for each in _picks(number)))


def _frame(number: int) -> ShownPrompt:
    key, verdict = f"frame-{number}", Refusal("greeting", "Hello, winner", "word", "winner")
    facts = f'<facts>{{"task": "frame", "occasion": "liked", "slots": [{number}]}}</facts>'
    return prompt(
        key,
        task="frame",
        prompt=facts,
        answers=('{"greeting": ["Hello {customer.first_name}"]}', '{"greeting": ["Welcome back"]}'),
        verdicts=(verdict,) if key in WITH_REFUSALS else (),
    )


def _of_product(number: int) -> ShownPrompt:
    key, verdict = f"product-P{number}", Refusal("line", "It cures a headache.", "word", "cures")
    facts = f'<facts>{{"task": "product", "products": [{{"n": 1, "name": "Product {number}"}}]}}</facts>'
    return prompt(key, prompt=facts, verdicts=(verdict,) if key in WITH_REFUSALS else ())


def _delivery(number: int) -> ShownDelivery:
    """Every eleventh customer has unsubscribed, and the second one's mailbox is gone."""
    if number % 11 == 0:
        return ShownDelivery(outcome="suppressed", reason="unsubscribed", at="2026-11-26 09:00:00 UTC")
    return ShownDelivery(
        outcome="sent",
        at="2026-11-26 09:00:00 UTC",
        transport="smtp",
        provider_id=str(number),
        bounced="hard" if number == 1 else "",
        arrived=f"mailbox/{number:06}.eml",
    )
