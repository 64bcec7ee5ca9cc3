"""Claims about the customer or about others, which what is known must support.

"You loved" is a lie to somebody who has written only bad reviews, "popular" one of a product that nobody has
rated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from encore.mailer.domain.words.phrases import Phrases


@dataclass(frozen=True)
class Claims:
    """The wordings of a language's claims by subject, and of what one must be known for each."""

    wordings: Phrases
    needs: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, table: list[Mapping[str, str]]) -> Self:
        """Read `subject`, `needs` and `phrases` of each claim."""
        return cls(
            Phrases.of({each["subject"]: each["phrases"] for each in table}),
            {each["subject"]: frozenset(each["needs"].split()) for each in table},
        )

    def check(
        self, tokens: Sequence[str], known: frozenset[str], *, harmless: set[int], negations: frozenset[str]
    ) -> tuple[set[int], tuple[str, str] | None]:
        """Return the positions of the words of supported claims, and (subject, words) of one that is not.

        A claim is none where it is denied ("you were not happy"), or part of a harmless phrase.
        """
        supported: set[int] = set()
        unsupported = None
        for start, end, subject in self.wordings.found(tokens):
            words = tokens[start:end]
            if not self.needs[subject].isdisjoint(known):
                supported.update(range(start, end))
            elif negations.isdisjoint(words) and not harmless.issuperset(range(start, end)):
                unsupported = unsupported or (subject, " ".join(words))
        return supported, unsupported
