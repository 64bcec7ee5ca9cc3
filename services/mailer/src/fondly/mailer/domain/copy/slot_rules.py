"""Slots: where they belong, and what may stand around the figure that fills them."""

from collections.abc import Iterator, Sequence

from fondly.mailer.domain.copy.rules import Rules, plain
from fondly.mailer.domain.copy.wording import Ground
from fondly.mailer.domain.slots import attribute, fill, owner, slots_in

HERO = "1"
"""The product that a question is about."""
ON_THE_CARD = frozenset({"price", "was_price", "saving", "discount", "rating", "rating_count", "reason"})
"""What a card shows beside its line."""
NAMES = frozenset({"name", "own"})
HEADLINES = frozenset({"subject", "preheader"})


def slot_problems(field: str, text: str, ground: Ground, slots: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield (rule, what breaks it) for slots that do not exist, do not belong here or are misread."""
    for slot in slots:
        if slot not in ground.slots:
            yield "use only the slots that are listed", slot
        elif owner(slot).isdigit() and owner(slot) != HERO:
            yield "only slots of product 1", slot
        elif attribute(slot) in ON_THE_CARD and field not in HEADLINES:
            yield "the card shows it already: no slots of prices, ratings and the reason", slot
        elif owner(slot) == HERO and field not in {*HEADLINES, "line"} and attribute(slot) not in NAMES:
            yield "slots of the product do not belong here", slot
        elif not _is_framed(slot, text, ground):
            yield "the words around a figure's slot say something else than it means", slot
    if not text.count("{") == text.count("}") == len(slots):
        yield "use only the slots that are listed", "{"


def _is_framed(slot: str, text: str, ground: Ground) -> bool:
    frame = Rules.load(ground.language).frames.get(attribute(slot))
    if frame is None:
        return True
    values = {**dict.fromkeys(slots_in(text), ""), **ground.slots, slot: "~"}
    return frame.search(plain(fill(text, values))) is not None
