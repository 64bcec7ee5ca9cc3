"""What people are shown of an email, its customer, their reviews, and of how its words came about."""

import json
import re
from dataclasses import dataclass

from pydantic import ConfigDict, NonNegativeInt

from fondly.contracts.records import CopySource, Sentiment

VIEWS = {"light": "l", "dark": "d", "phone": "p", "plain": "t"}
"""How an email can be looked at, each with its key."""

FRAMES = {"frame": "The frame", "own": "A frame of their own words"}
"""What is asked about no product, by task."""
_PRODUCT = re.compile(r'"products": \[\{"n": 1, "name": ("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of a review's text; with an aspect and its sentiment if it praises or blames that."""

    text: str
    aspect: str = ""
    sentiment: Sentiment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReview:
    """A customer's review, whose pieces are never trusted; without a label if it could not be scored."""

    product: str
    pieces: tuple[Piece, ...]
    review_id: str = ""
    label: Sentiment | None = None
    language: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPick:
    """One product of an email, and why it was picked: the kind of reason in words, and its evidence."""

    product_id: str
    name: str
    """As the seller wrote it."""
    category: str = ""
    kind: str
    evidence: str = ""
    """All evidence on one line; empty for a reason that has none."""
    review_id: str = ""
    """The customer's review that the reason is about."""
    praised: tuple[str, ...] = ()
    """Aspects that the product's reviewers praise, with counts in words, most first."""
    claims: tuple[str, ...] = ()
    """Kinds of a seller's claims that the name has."""


@dataclass(frozen=True, slots=True)
class ShownOwned:
    """A product the customer has; `verdict` is `liked`, `disliked`, `undecided` or `unknown`."""

    name: str
    category: str
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDelivery:
    """What has become of an email that was to be delivered; the members are those of its `Dispatch`."""

    outcome: str
    reason: str = ""
    at: str = ""
    """When it became so, in UTC."""
    transport: str = ""
    provider_id: str = ""
    bounced: str = ""
    arrived: str = ""
    """Where the message is as the mail server got it, relative to the page; empty if that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEmail:
    """One finished email, never trusted."""

    customer_id: str
    file: str
    """The name of its file, which suits any file system."""
    name: str
    address: str = ""
    subject: str
    preheader: str
    picks: tuple[ShownPick, ...]
    chosen_by: str = ""
    """`personalize` or `popularity`."""
    copy_source: CopySource
    template_fields: tuple[str, ...] = ()
    """Fields with template copy."""
    prompt_keys: tuple[str, ...] = ()
    """The prompts that the email's words answer."""
    html: str
    text: str
    reviews: tuple[ShownReview, ...] = ()
    """The customer's own."""
    owned: tuple[ShownOwned, ...] = ()
    praised: tuple[str, ...] = ()
    """Aspects of what they have that their reviews praise."""
    blamed: tuple[str, ...] = ()
    unhappy: bool = False
    """Whether whatever the customer thinks of what they have is bad, and something let them down."""
    delivery: ShownDelivery | None = None
    """None while nothing has become of it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A wording that a rule or the judge refused: of which field, by which rule, and for which words."""

    __pydantic_config__ = ConfigDict(hide_input_in_errors=True)
    field: str
    text: str = ""
    rule: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPrompt:
    """A prompt about a customer's frame or a product (always product 1), its answers, and the refusals."""

    __pydantic_config__ = ConfigDict(hide_input_in_errors=True)
    prompt_key: str
    task: str = ""
    """`frame`, `product` or `own`."""
    model_id: str = ""
    prompt_version: str = ""
    prompt: str
    answers: tuple[str, ...] = ()
    verdicts: tuple[Refusal, ...] = ()
    input_tokens: NonNegativeInt = 0
    output_tokens: NonNegativeInt = 0
    paid: bool = True
    """False if the part that it is from knew the answer already."""

    @property
    def refused_fields(self) -> tuple[str, ...]:
        """The fields of which a wording was refused, each once."""
        return tuple(dict.fromkeys(verdict.field for verdict in self.verdicts))

    @property
    def about(self) -> str:
        """What it asks about: a product, by the name in its facts, or a frame."""
        named = _PRODUCT.search(self.prompt)
        try:
            return str(json.loads(named[1])) if named else FRAMES.get(self.task, "A product")
        except ValueError:
            return "A product"
