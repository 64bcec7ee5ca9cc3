"""Puts the copy of one email together: its customer's frame, and the texts on its products.

The texts have been judged by what everybody who shares them has in common. What only this email shows, such
as how long a subject becomes with its product's name, is seen here. A field without a wording gets house
text.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from functools import lru_cache

from fondly.contracts.records import CopySource
from fondly.mailer.domain.copy.choice import CACHED_TEXTS, candidates, chance, marks
from fondly.mailer.domain.copy.fields import (
    FRAME_TEXTS,
    GREETING,
    HEADLINES,
    LINE,
    LINES,
    QUOTE,
    Copy,
    email_fields,
    fits,
)
from fondly.mailer.domain.copy.house_text import house_text
from fondly.mailer.domain.copy.wording import Wording
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.facts.experience import Occasion
from fondly.mailer.domain.slots import renumbered, slots_in

Texts = Mapping[str, Sequence[Wording]]
"""Wordings by field."""
SUBJECT, INTRO = "subject", "intro"
HERO = 1
SHOWN_OF_FIVE = 3
"""How many of five emails show a sentence of a review, if there is one."""
Suits = Callable[[EmailFacts, str], bool]
"""Whether a subject is preferred to others for an email."""
Revised = Callable[[str, Wording], Wording | None]
"""Returns what a field has in the place of a wording: itself unless people have struck it."""


@dataclass(frozen=True)
class Answers:
    """The texts that an email may be put together from; those on a product call it product 1."""

    frame: Texts
    products: Sequence[Texts]
    own: Texts = member(default_factory=dict)
    """Those for this customer alone, which are preferred."""


@dataclass(frozen=True)
class Assembled:
    """The copy of one email: every text is of those that it was put together from, or house text."""

    copy: Copy
    template_fields: tuple[str, ...]
    """The fields with house text, but for the greeting, which is never asked for."""
    wordings: Mapping[str, Wording]
    """Each other text, with what it cites."""

    @property
    def evidence(self) -> dict[str, tuple[str, ...]]:
        """The ids of what each of these cites."""
        return {
            name: tuple(dict.fromkeys(each.source for each in wording.evidence))
            for name, wording in self.wordings.items()
        }

    @property
    def source(self) -> CopySource:
        """Who wrote it."""
        if not self.template_fields:
            return CopySource.AI
        return CopySource.MIXED if self.wordings else CopySource.TEMPLATE


def assembled(
    facts: EmailFacts,
    answers: Answers,
    *,
    seed: str,
    suits: Suits | None = None,
    remedy: str = "",
    revised: Revised | None = None,
) -> Assembled:
    """Return an email's copy from texts that passed, `revised` by people if they have.

    The seed decides between wordings, of subjects between those that suit if any do. The same facts, texts
    and seed give the same copy. House text offers the `remedy` to whoever complained.
    """
    assembly = _Assembly(facts, seed, suits)
    written = assembly.texts(answers)
    if revised:
        written = assembly.revised(written, revised)
    texts = {
        name: written[name].text if name in written else house_text(name, facts)
        for name in email_fields(facts)
    }
    if remedy and INTRO not in written and facts.occasion is Occasion.SORRY:
        texts[INTRO] = f"{texts[INTRO]} {remedy}"
    return Assembled(
        copy=Copy.of(
            {name: text for name, text in texts.items() if text}, _quote(facts, answers.products, seed)
        ),
        template_fields=tuple(name for name in texts if name not in written and name != GREETING),
        wordings=written,
    )


class _Assembly:
    """Chooses among the wordings for one email, so that no two of its texts are alike."""

    def __init__(self, facts: EmailFacts, seed: str, suits: Suits | None) -> None:
        self._facts, self._seed, self._suits = facts, seed, suits
        self._used = set[str]()
        self._among: dict[tuple[str, Wording], tuple[Sequence[Wording], int, bool]] = {}
        """What each was chosen among, for which product, and whether that is the customer's own."""

    def texts(self, answers: Answers) -> dict[str, Wording]:
        """Return each field that has a wording, with that which the customer reads."""
        apology = self._facts.occasion is Occasion.SORRY
        found = self._first(HEADLINES, answers.own, is_own=True)
        if len(found) < len(HEADLINES):
            others = self._first(HEADLINES, answers.frame) if apology else self._headlines(answers.products)
            found = others | found
        found |= self._first(FRAME_TEXTS, answers.own, is_own=True)
        found |= self._first([name for name in FRAME_TEXTS if name not in found], answers.frame)
        return found | dict(self._lines(answers))

    def _headlines(self, products: Sequence[Texts]) -> dict[str, Wording]:
        """Return subject and preheader about one product: the best one that has both."""
        incomplete: dict[str, Wording] = {}
        for number, texts in enumerate(products, HERO):
            found = self._first(HEADLINES, texts, number)
            if len(found) == len(HEADLINES):
                return found
            incomplete = incomplete or found
        return incomplete

    def _lines(self, answers: Answers) -> Iterator[tuple[str, Wording]]:
        for number, texts in enumerate(answers.products, HERO):
            field, own = f"{LINES}{number}", answers.own if number == HERO else {}
            line = self._chosen(field, own.get(LINE, ()), number)
            if line := line or self._chosen(field, texts.get(LINE, ()), number):
                yield field, line

    def _first(
        self, names: Sequence[str], texts: Texts, number: int = HERO, *, is_own: bool = False
    ) -> dict[str, Wording]:
        chosen = {name: self._chosen(name, texts.get(name, ()), number, is_own=is_own) for name in names}
        return {name: wording for name, wording in chosen.items() if wording}

    def _chosen(
        self, name: str, wordings: Sequence[Wording], number: int, *, is_own: bool = False
    ) -> Wording | None:
        """Return the wording of the seed that shares nothing with those before, and suits if any does.

        Of a customer's own there is no other: that may share its opening.
        """
        fresh = self._fresh(name, wordings, number, is_own=is_own)
        if name == SUBJECT and (suits := self._suits):
            fresh = iter(sorted(fresh, key=lambda wording: not suits(self._facts, wording.text)))
        if chosen := next(fresh, None):
            self._used |= marks(chosen, number)
            self._among[name, chosen] = wordings, number, is_own
        return chosen

    def revised(self, found: Mapping[str, Wording], revised: Revised) -> dict[str, Wording]:
        """Return the texts without those that were struck, everything else unchanged.

        In their place stands what a person wrote, or the next that shares nothing with the other texts.
        """
        kept = {name: each for name, each in found.items() if revised(name, each) == each}
        self._used = set().union(*(marks(each, self._among[name, each][1]) for name, each in kept.items()))
        for name, struck in found.items():
            if name not in kept and (other := next(self._others(name, struck, revised), None)):
                kept[name] = other
                self._used |= marks(other, self._among[name, struck][1])
        return {name: kept[name] for name in found if name in kept}

    def _others(self, name: str, struck: Wording, revised: Revised) -> Iterator[Wording]:
        wordings, number, is_own = self._among[name, struck]
        for each in (struck, *self._fresh(name, wordings, number, is_own=is_own)):
            other, slots = revised(name, each), self._facts.slots
            if other and slots.keys() >= {*slots_in(other.text)} and fits(name, other.text, slots):
                yield other

    def _fresh(
        self, name: str, wordings: Sequence[Wording], number: int, *, is_own: bool
    ) -> Iterator[Wording]:
        facts = self._facts
        own = wordings if number == HERO else [_numbered(wording, number) for wording in wordings]
        for wording in candidates(name, own, facts.slots, seed=self._seed):
            is_fresh = is_own or self._used.isdisjoint(marks(wording, number))
            if is_fresh and fits(name, wording.text, facts.slots):
                yield wording


@lru_cache(maxsize=CACHED_TEXTS)
def _numbered(wording: Wording, number: int) -> Wording:
    return Wording(renumbered(wording.text, HERO, number), wording.evidence)


def _quote(facts: EmailFacts, products: Sequence[Texts], seed: str) -> dict[str, str]:
    """Return the sentence of a review that an email shows, by its product's number: any of them, or none.

    Three of five emails show one, so that few customers read the same sentence on a product that many get.
    """
    quotes = [
        (str(number), quote.text)
        for number, texts in enumerate(products, HERO)
        for quote in texts.get(QUOTE, ())
    ]
    place, fifth = divmod(chance(seed, QUOTE), 5)
    if not quotes or fifth >= SHOWN_OF_FIVE or facts.occasion is Occasion.SORRY:
        return {}
    return dict([quotes[place % len(quotes)]])
