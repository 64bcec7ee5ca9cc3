"""A finished email as people are shown it, from what its run has stored."""

from collections.abc import Iterator, Sequence
from datetime import UTC
from functools import lru_cache
from textwrap import shorten

from fondly.contracts.delivery import Dispatch
from fondly.contracts.records import EmailRecord, OwnProduct, Pick, ProductAspect, Reason, Recommendation
from fondly.mailer.domain.facts.seller_claims import seller_claims
from fondly.operations.emails.mime import texts
from fondly.operations.emails.shown import ShownDelivery, ShownEmail, ShownOwned, ShownPick, ShownReview
from fondly.operations.formatting import count
from fondly.operations.runs.sentiment_figures import praise

MAX_NAME_CHARS = 60
CACHED_NAMES = 8_192


def shown_email(
    recommendation: Recommendation,
    message: bytes,
    record: EmailRecord,
    reviews: Sequence[ShownReview],
    delivery: ShownDelivery | None = None,
) -> ShownEmail:
    """Join a customer's picks, message, record in the table of emails, reviews, and its delivery."""
    shown = texts(message)
    return ShownEmail(
        customer_id=recommendation.customer_id,
        file=file_of(record),
        name=recommendation.name or "",
        address=recommendation.email or "",
        subject=record.subject,
        preheader=record.preheader,
        picks=tuple(shown_pick(pick) for pick in recommendation.picks),
        chosen_by=recommendation.source.value,
        copy_source=record.copy_source,
        template_fields=record.template_fields,
        prompt_keys=record.prompt_keys,
        html=shown.html,
        text=shown.plain,
        reviews=tuple(reviews),
        owned=tuple(_owned(each) for each in recommendation.owned),
        praised=_aspects(recommendation.praised),
        blamed=_aspects(recommendation.blamed),
        unhappy=is_unhappy(recommendation.owned),
        delivery=delivery,
    )


def file_of(record: EmailRecord) -> str:
    """Return the name of an email's file, in the data bucket and on any disk."""
    return record.key.rpartition("/")[2]


def shown_delivery(dispatch: Dispatch, *, arrived: str = "") -> ShownDelivery:
    """Return what has become of an email; `arrived` is where the message that the mail server got is."""
    return ShownDelivery(
        outcome=dispatch.outcome.value,
        reason=dispatch.reason,
        at=f"{dispatch.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
        transport=dispatch.transport,
        provider_id=dispatch.provider_id,
        bounced=dispatch.bounced,
        arrived=arrived,
    )


def shown_pick(pick: Pick) -> ShownPick:
    """Return a pick with the evidence of its reason, what buyers praise, and what its seller claims."""
    return ShownPick(
        product_id=pick.product.product_id,
        name=pick.product.name,
        category=_leaf(pick.product.category),
        kind=pick.reason.kind.replace("_", " "),
        evidence=evidence(pick.reason),
        review_id=pick.reason.review_id or "",
        praised=tuple(f"{each.aspect}: {praise(each)}" for each in pick.praised),
        claims=seller_claims(pick.product.name),
    )


def is_unhappy(owned: Sequence[OwnProduct]) -> bool:
    """Return whether something let a customer down and all their opinions are bad: emails say sorry then."""
    polarities = [each.polarity for each in owned if each.polarity is not None]
    return any(each.is_disliked for each in owned) and all(polarity < 0 for polarity in polarities)


def _owned(product: OwnProduct) -> ShownOwned:
    if product.polarity is None:
        verdict = "unknown"
    elif product.is_liked:
        verdict = "liked"
    else:
        verdict = "disliked" if product.is_disliked else "undecided"
    return ShownOwned(product.product_name, _leaf(product.category), verdict)


def _aspects(found: Sequence[ProductAspect]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.aspect for each in found))


def _leaf(category: Sequence[str]) -> str:
    return category[-1] if category else ""


def evidence(reason: Reason) -> str:
    """Return all evidence that a reason has: `Desk Lamp (P9), 12 customers`; empty if it has none."""
    return ", ".join(_evidence(reason))


def _evidence(reason: Reason) -> Iterator[str]:
    if named := " ".join(_product(reason)):
        yield named
    if reason.review_id:
        yield f"review {reason.review_id}"
    if reason.customers:
        yield f"{count(reason.customers)} {'customer' if reason.customers == 1 else 'customers'}"
    if reason.category:
        yield reason.category[-1]
    if reason.rank:
        yield f"number {count(reason.rank)}" + (f" of {count(reason.out_of)}" if reason.out_of else "")


def _product(reason: Reason) -> Iterator[str]:
    if reason.product_name:
        yield _short(reason.product_name)
    if reason.product_id:
        yield f"({reason.product_id})"


@lru_cache(maxsize=CACHED_NAMES)
def _short(name: str) -> str:
    return shorten(name, MAX_NAME_CHARS, placeholder="…")
