"""A sentence with all that the polarity of its terms rests on."""

from collections.abc import Mapping, Sequence
from itertools import accumulate

from fondly.aspects.function_words import DETERMINERS, FUNCTION_WORDS, LACKS, NARRATIVE, QUESTIONS, TOLLS
from fondly.aspects.grams import tones
from fondly.aspects.opinions import Opinion, OpinionLexicon, negates
from fondly.aspects.words import LONGEST_SENTENCE_WORDS

LACK_REACH_WORDS = 3
LONGEST_DISTANCE = LONGEST_SENTENCE_WORDS * (1 + max(TOLLS.values()))
NARRATIVE_REACH_WORDS = 6
_NO_PREDICATE = frozenset((",", "and", "of", "in", "for", "with", "on"))
_CLAUSE_STARTS = DETERMINERS | {",", "and", "but"}


class Sentence:
    """The words of one sentence, without the mark that ends it, and the opinions among them."""

    def __init__(
        self, words: Sequence[str], *, lexicon: OpinionLexicon, weights: Mapping[str, float], question: bool
    ) -> None:
        self.words = words
        self.opinions = [(opinion, self._described(opinion)) for opinion in lexicon.opinions(words)]
        self.tones = tones(words, weights)
        self.doubtful = question or not QUESTIONS.isdisjoint(words)
        self._places = list(accumulate(1 + TOLLS.get(word, 0) for word in words))

    def distances(self, begin: int, end: int) -> list[int]:
        """Return how far each word is from the term, in words and tolls; 0 inside and beside."""
        places, first, last = self._places, self._places[begin] - 1, self._places[end - 1] + 1
        before, after = [first - place for place in places[:begin]], [place - last for place in places[end:]]
        return before + [0] * (end - begin) + after

    def lacks(self, begin: int) -> bool:
        """Whether a word shortly before the term says that it is missing."""
        before = self.words[max(0, begin - LACK_REACH_WORDS) : begin]
        return any(word in LACKS or negates(word) for word in before)

    def narrates(self, begin: int) -> bool:
        """Whether a verb shortly before the term tells what somebody did with it."""
        return not NARRATIVE.isdisjoint(self.words[max(0, begin - NARRATIVE_REACH_WORDS) : begin])

    def is_subject(self, begin: int, end: int) -> bool:
        """Whether the term seems to be what the rest of its clause is about."""
        starts = begin == 0 or self.words[begin - 1] in _CLAUSE_STARTS
        return starts and end < len(self.words) and self.words[end] not in _NO_PREDICATE

    def _described(self, opinion: Opinion) -> int:
        """Return the index after the noun that an opinion stands before, or its own end if there is none."""
        index = opinion.end
        while (
            index < len(self.words)
            and self.words[index].isalnum()
            and self.words[index] not in FUNCTION_WORDS
        ):
            index += 1
        return index
