"""Puts the copy of one email together: its customer's frame, and the texts on its products.

The texts have been judged by what everybody who shares them has in common. What only this email shows, such
as how long a subject becomes with its product's name, is seen here. A field without a wording gets
template copy.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fondly.contracts.records import CopySource
from fondly.mailer.domain.copy.choice import candidates, unlike
from fondly.mailer.domain.copy.fields import FRAME_TEXTS, HEADLINES, LINES, Copy, email_fields
from fondly.mailer.domain.copy.style import style_problems
from fondly.mailer.domain.copy.template_copy import template_text
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.facts.experience import Occasion
from fondly.mailer.domain.slots import renumbered

Texts = Mapping[str, Sequence[str]]
"""Wordings by field."""
SUBJECT = "subject"
Suits = Callable[[EmailFacts, str], bool]
"""Whether a subject is preferred to others for an email."""


@dataclass(frozen=True)
class Assembled:
    """The copy of one email: every text is of those that it was put together from, or template copy."""

    copy: Copy
    template_fields: tuple[str, ...]

    @property
    def source(self) -> CopySource:
        """Who wrote it."""
        if not self.template_fields:
            return CopySource.AI
        everything = len(list(self.copy.fields()))
        return CopySource.TEMPLATE if len(self.template_fields) == everything else CopySource.MIXED


def assembled(
    facts: EmailFacts,
    frame: Texts,
    products: Sequence[Texts],
    *,
    seed: str,
    suits: Suits | None = None,
) -> Assembled:
    """Return an email's copy from texts that passed; those on each product call it product 1.

    The seed decides between wordings, of subjects between those that suit if any do. The same facts, texts
    and seed give the same copy.
    """
    written = dict(_Assembly(facts, seed, suits).texts(frame, products))
    fields = email_fields(facts)
    return Assembled(
        copy=Copy.of({field: written.get(field) or template_text(field, facts) for field in fields}),
        template_fields=tuple(field for field in fields if field not in written),
    )


class _Assembly:
    """Chooses among the wordings for one email."""

    def __init__(self, facts: EmailFacts, seed: str, suits: Suits | None) -> None:
        self._facts, self._seed, self._suits = facts, seed, suits

    def texts(self, frame: Texts, products: Sequence[Texts]) -> Iterator[tuple[str, str]]:
        """Yield each field that has a wording, with the one that the customer reads."""
        apology = self._facts.occasion is Occasion.SORRY
        yield from (self._first(HEADLINES, frame, 1) if apology else self._headlines(products)).items()
        yield from self._first(FRAME_TEXTS, frame, 1).items()
        yield from self._lines(products)

    def _headlines(self, products: Sequence[Texts]) -> dict[str, str]:
        """Return subject and preheader about one product: the best one that has both."""
        incomplete: dict[str, str] = {}
        for number, texts in enumerate(products, 1):
            found = self._first(HEADLINES, texts, number)
            if len(found) == len(HEADLINES):
                return found
            incomplete = incomplete or found
        return incomplete

    def _lines(self, products: Sequence[Texts]) -> Iterator[tuple[str, str]]:
        before: list[str] = []
        for number, texts in enumerate(products, 1):
            field = f"{LINES}{number}"
            line = unlike(self._passing(field, texts.get("line", ()), number), before)
            if line:
                before.append(line)
                yield field, line

    def _first(self, fields: Sequence[str], texts: Texts, number: int) -> dict[str, str]:
        chosen = {field: self._chosen(field, texts.get(field, ()), number) for field in fields}
        return {field: text for field, text in chosen.items() if text}

    def _chosen(self, field: str, texts: Sequence[str], number: int) -> str | None:
        passing = self._passing(field, texts, number)
        if field != SUBJECT or self._suits is None:
            return next(passing, None)
        subjects = list(passing)
        suitable = (text for text in subjects if self._suits(self._facts, text))
        return next(suitable, None) or next(iter(subjects), None)

    def _passing(self, field: str, texts: Sequence[str], number: int) -> Iterator[str]:
        """Yield the wordings that suit this email, in the order of the seed."""
        facts, own = self._facts, [renumbered(text, 1, number) for text in texts]
        for text in candidates(field, own, facts.slots, seed=self._seed):
            if not style_problems(field, text, facts):
                yield text
