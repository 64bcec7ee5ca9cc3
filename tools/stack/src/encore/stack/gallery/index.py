"""The list's data: a row for each email, with each text that many emails share stored once."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, TypeVar

from encore.contracts.records import Sentiment
from encore.stack.gallery.bodies import body_digest
from encore.stack.gallery.model import CopySource, GalleryEmail, GalleryPrompt
from encore.stack.gallery.packed import EMAILS_PER_FILE, PROMPTS_PER_FILE
from encore.stack.sentiment_figures import sentiment_of

REFUSALS = 60
"""So many of the most frequent refusals are listed."""
NO_PROMPT = -1

Thing = TypeVar("Thing", bound=Hashable)


class Index:
    """Collects the rows of emails that are added in the gallery's order."""

    def __init__(self, prompts: Mapping[str, GalleryPrompt]) -> None:
        self._prompts = prompts
        self._prompt_numbers = {key: number for number, key in enumerate(prompts)}
        self._products: dict[tuple[str, str, str], int] = {}
        self._reasons: dict[tuple[str, str], int] = {}
        self._fields: dict[str, int] = {}
        self._bodies: dict[bytes, int] = {}
        self._rows: list[list[object]] = []

    def add(self, batch: Iterable[GalleryEmail]) -> None:
        """Add a row for each email; `list.js` names the members in the same order."""
        self._rows.extend(self._row(email) for email in batch)

    def data(self, summary: Mapping[str, Any]) -> dict[str, object]:
        """Return what the page's script needs to list, search, filter, count and compare the emails."""
        return {
            "run": _run(summary),
            "products": list(self._products),
            "reasons": list(self._reasons),
            "fields": list(self._fields),
            "labels": [label.lower() for label in Sentiment],
            "sources": list(CopySource),
            "emails": self._rows,
            "emailsPerFile": EMAILS_PER_FILE,
            "promptsPerFile": PROMPTS_PER_FILE,
            "prompts": _usage(self._prompts.values()),
            "refusals": _refusals(self._prompts.values()),
        }

    def _row(self, email: GalleryEmail) -> list[object]:
        prompt = self._prompts.get(email.prompt_key)
        products = [(pick.product_id, pick.name, ", ".join(pick.claims)) for pick in email.picks]
        reasons = [(pick.kind, pick.evidence) for pick in email.picks]
        return [
            email.customer_id,
            email.name,
            email.address,
            email.subject,
            email.preheader,
            _numbers(products, self._products),
            _numbers(reasons, self._reasons),
            list(CopySource).index(email.copy_source),
            _labels(email),
            int(email.unhappy),
            _numbers(email.house_fields, self._fields),
            _numbers(prompt.refused_fields if prompt else (), self._fields),
            *_numbers([body_digest(email)], self._bodies),
            self._prompt_numbers.get(email.prompt_key, NO_PROMPT),
        ]


def _numbers(things: Iterable[Thing], known: dict[Thing, int]) -> list[int]:
    """Return each thing's number in `known`, to which new things are added."""
    return [known.setdefault(thing, len(known)) for thing in things]


def _labels(email: GalleryEmail) -> int:
    """The labels of a customer's reviews as bits, the first label being the lowest."""
    given = {review.label for review in email.reviews}
    return sum(1 << bit for bit, label in enumerate(Sentiment) if label in given)


def _run(summary: Mapping[str, Any]) -> dict[str, object]:
    """What of `summary.json` the figures and the comparison show; what it does not have is left out."""
    wanted = ("run_id", "status", "reason", "products", "total_seconds", "cost_usd")
    return {key: summary[key] for key in wanted if key in summary} | {"aspects": _aspects(summary)}


def _aspects(summary: Mapping[str, Any]) -> list[tuple[str, int, int, int]]:
    """The aspects that stand out: name, praising, criticising and all texts, the most mentioned first."""
    said = sentiment_of(summary)
    found = {each.aspect: each for each in (*said.praised, *said.blamed)} if said else {}
    ordered = sorted(found.values(), key=lambda each: (-each.mentions, each.aspect))
    return [(each.aspect, each.praised, each.blamed, each.mentions) for each in ordered]


def _usage(prompts: Iterable[GalleryPrompt]) -> dict[str, int]:
    """How many prompts there are, how many were paid for, and the tokens of those."""
    known = list(prompts)
    paid = [prompt for prompt in known if prompt.paid]
    tokens = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
    counts = {name: sum(getattr(prompt, name) for prompt in paid) for name in tokens}
    return {"distinct": len(known), "paid": len(paid), **counts}


def _refusals(prompts: Iterable[GalleryPrompt]) -> list[tuple[str, str, str, int]]:
    """The most frequent refusals: kind of field, rule, refused words, number of wordings."""
    found = Counter(
        (each.field.partition(".")[0], each.rule, each.found)
        for prompt in prompts
        for each in prompt.verdicts
    )
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [(*refusal, number) for refusal, number in ordered[:REFUSALS]]
