"""The list's data: a row for each email, written as they come, with texts that emails share stored once."""

import re
from base64 import b64encode
from collections.abc import Hashable, Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

from fondly.contracts.records import CopySource, Sentiment
from fondly.operations.emails.shown import ShownEmail
from fondly.operations.runs.sentiment_figures import sentiment_of
from fondly.stack.gallery.packed import (
    EMAILS_PER_FILE,
    LIST,
    PROMPTS_PER_FILE,
    ScriptFile,
    packed_json,
    script_path,
)
from fondly.stack.gallery.prompt_files import PromptFiles

ROWS_PER_BLOCK = 1_000
"""A block has the reasons of its own rows: emails differ in them, so one of all would grow with the run."""

Thing = TypeVar("Thing", bound=Hashable)
_TOKEN = re.compile(r"\w+|[^\w\s]+")
_WORD = re.compile(r"\w+")
MIN_NAME_CHARS = 2
"""A shorter name is a word as well: "A"."""
DIGEST_BYTES = 9
"""72 bits, which are twelve characters: of ten million bodies, two share a digest once in 90 million runs."""


class Index:
    """Writes what the page loads first, with one block and the products and fields of emails in memory."""

    def __init__(self, folder: Path) -> None:
        self._file = ScriptFile(script_path(folder, LIST))
        self._file.write('{"blocks":[')
        self._blocks = 0
        self._rows: list[list[object]] = []
        self._reasons: dict[tuple[str, str], int] = {}
        self._products: dict[tuple[str, str, str], int] = {}
        self._fields: dict[str, int] = {}
        self._deliveries: dict[tuple[str, str, str], int] = {}

    def close(self) -> None:
        """Close the file; it is whole once `finish` was called."""
        self._file.close()

    def add(self, email: ShownEmail, prompts: PromptFiles) -> None:
        """Add a row; `data.js` names its members in the same order."""
        self._rows.append(self._row(email, prompts))
        if len(self._rows) == ROWS_PER_BLOCK:
            self._write_block()

    def finish(self, summary: Mapping[str, Any], prompts: PromptFiles) -> None:
        """Write the last rows, and what else the page's script needs to list, filter, count and compare."""
        if self._rows:
            self._write_block()
        rest = {
            "run": _run(summary),
            "products": list(self._products),
            "fields": list(self._fields),
            "deliveries": list(self._deliveries),
            "labels": [label.lower() for label in Sentiment],
            "sources": list(CopySource),
            "emailsPerFile": EMAILS_PER_FILE,
            "promptsPerFile": PROMPTS_PER_FILE,
            "prompts": prompts.usage(),
            "promptEmails": prompts.sharing(),
            "promptsPaid": prompts.paid(),
            "refusals": prompts.refusals(),
        }
        self._file.write("]," + packed_json(rest).removeprefix("{"))

    def _write_block(self) -> None:
        block = {"reasons": list(self._reasons), "emails": self._rows}
        self._file.write(("," if self._blocks else "") + packed_json(block))
        self._blocks += 1
        self._rows, self._reasons = [], {}

    def _row(self, email: ShownEmail, prompts: PromptFiles) -> list[object]:
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
            _numbers(email.template_fields, self._fields),
            _numbers(prompts.refused_fields(email), self._fields),
            body_digest(email),
            self._delivery(email),
        ]

    def _delivery(self, email: ShownEmail) -> int:
        """The number of what has become of an email, counted from 1; 0 for nothing yet."""
        if email.delivery is None:
            return 0
        ending = (email.delivery.outcome, email.delivery.reason, email.delivery.bounced)
        return self._deliveries.setdefault(ending, len(self._deliveries)) + 1


def _numbers(things: Iterable[Thing], known: dict[Thing, int]) -> list[int]:
    """Return each thing's number in `known`, to which new things are added."""
    return [known.setdefault(thing, len(known)) for thing in things]


def _labels(email: ShownEmail) -> int:
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


def body_digest(email: ShownEmail) -> str:
    """Return the same for emails whose texts differ only in the customer's name and in addresses."""
    own = _name_forms(email.name)
    words = [word for word in email.text.split() if "://" not in word and "@" not in word]
    tokens = [token for token in _TOKEN.findall(" ".join(words)) if token not in own]
    digest = blake2b("".join(tokens).encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest()
    return b64encode(digest).decode("ascii")


def _name_forms(name: str) -> set[str]:
    """The words of a name as the file and as an email may write them."""
    words = [word for word in _WORD.findall(name) if len(word) >= MIN_NAME_CHARS]
    return {form for word in words for form in (word, word.capitalize())}
