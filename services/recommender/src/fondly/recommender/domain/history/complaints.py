"""What customers complain of in their own reviews: read with care, as an email says sorry for it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources

import yaml

from fondly.contracts.records import Complaint, Identifier, Record, Review, SentimentScores
from fondly.recommender.domain.history.preferences import Preference

BAD_STARS = 2
CLEARLY_NEGATIVE = 0.8
MAX_CASE_CHARS = 200
CLAUSE = re.compile(r"[^.!?;\n]+")
BEFORE = 5
"""How many words before a danger may take it back."""


class SafetyCase(Record):
    """What a customer says of danger: the shop has to look at it before anybody writes to them."""

    customer_id: Identifier
    product_id: Identifier
    review_id: Identifier
    words: str


def safety_cases(customer_id: str, reviews: Iterable[Review]) -> Iterator[SafetyCase]:
    """Yield the customer's reviews that speak of danger, with the words that do, whatever else they say."""
    for one in reviews:
        if words := danger(one.document):
            names = {"customer_id": customer_id, "product_id": one.product_ids[0], "review_id": one.review_id}
            yield SafetyCase(**names, words=words)


def complaint_of(
    reviews: Iterable[tuple[Review, SentimentScores | None]],
    cases: Sequence[SafetyCase],
    preferences: Iterable[Preference],
) -> Complaint | None:
    """Return a matter of safety, or else the first clear complaint of somebody whom nothing has pleased."""
    if cases:
        return Complaint(product_id=cases[0].product_id, is_safety=True)
    if any((one.value or 0) > 0 for one in preferences):
        return None
    bad = (one for one, scores in reviews if _is_bad(one, scores))
    return next((Complaint(product_id=one.product_ids[0]) for one in bad), None)


def danger(text: str) -> str | None:
    """Return the words of the first clause that speaks of danger."""
    for clause in CLAUSE.finditer(_pattern("harmless").sub(" ", text)):
        for found in _pattern("danger").finditer(clause[0]):
            before = " ".join(clause[0][: found.start()].split()[-BEFORE:])
            if len(_pattern("unlikely").findall(before)) % 2 == 0:
                return " ".join(clause[0].split())[:MAX_CASE_CHARS]
    return None


def _is_bad(review: Review, scores: SentimentScores | None) -> bool:
    """Return whether a review surely says that its product is bad: by its stars, or else by its words."""
    if review.rating is not None:
        return review.rating <= BAD_STARS
    is_negative = scores is not None and scores.negative >= CLEARLY_NEGATIVE
    begun = CLAUSE.match((review.text or "").strip())
    return is_negative and not any(map(_is_pleased, (review.title or "", begun[0] if begun else "")))


def _is_pleased(words: str) -> bool:
    """Return whether words say anything good: `not good` does not, `not bad` does."""
    negated = rf"(?:{_words('negations')})(?:\W+\w+)?\W+"
    plain = re.sub(rf"(?i)\b{negated}(?:{_words('pleased')})\b", " ", words)
    return bool(
        _pattern("pleased").search(plain) or re.search(rf"(?i)\b{negated}(?:{_words('bad')})\b", words)
    )


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_words(name)})(?!\w)", re.IGNORECASE)


@cache
def _words(name: str) -> str:
    text = resources.files(__package__).joinpath("complaints.yaml").read_text(encoding="utf-8")
    table: Mapping[str, str] = yaml.safe_load(text)
    return "|".join(table[name].splitlines())
