"""Reads what a review praises or blames."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

from fondly.aspects.grams import packaged_weights
from fondly.aspects.opinions import OpinionLexicon
from fondly.aspects.polarity import PolarityModel
from fondly.aspects.sentence import Sentence
from fondly.aspects.vocabulary import Vocabulary
from fondly.aspects.words import Words, sentences, words_of
from fondly.contracts.records import Sentiment, SentimentScores


class Mention(NamedTuple):
    """A place where a text speaks of an aspect: `text[begin:end]` in code points, and what it says of it."""

    text: str
    aspect: str
    begin: int
    end: int
    scores: SentimentScores

    @property
    def label(self) -> Sentiment:
        """The most likely sentiment."""
        return label_of(self.scores)


@dataclass(frozen=True)
class AspectReader:
    """Finds aspects in texts and judges them; the same text always gets the same answer."""

    vocabulary: Vocabulary
    lexicon: OpinionLexicon
    weights: Mapping[str, float]
    model: PolarityModel

    @classmethod
    def load(cls) -> Self:
        """Return a reader with the packaged vocabulary, lexicon and weights."""
        return cls(
            Vocabulary.packaged(), OpinionLexicon.packaged(), packaged_weights(), PolarityModel.packaged()
        )

    def read(self, text: str, vocabulary: Vocabulary | None = None) -> list[Mention]:
        """Return the mentions of a text in order; `vocabulary` replaces the packaged one."""
        vocabulary, words = vocabulary or self.vocabulary, words_of(text)
        mentions: list[Mention] = []
        for first, last in sentences(words.words):
            terms = vocabulary.find(words.words[first:last])
            if terms:
                sentence = self._sentence(words, first, last)
                for term in terms:
                    begin, end = words.begins[first + term.begin], words.ends[first + term.end - 1]
                    scores = self.model.scores(sentence, term.begin, term.end)
                    mentions.append(Mention(text[begin:end], term.value, begin, end, scores))
        return mentions

    def polarity(self, text: str, begin: int, end: int) -> SentimentScores:
        """Return the scores of the term `text[begin:end]`, in code points; `ValueError` without a word."""
        return self.model.scores(*self.locate(text, begin, end))

    def locate(self, text: str, begin: int, end: int) -> tuple[Sentence, int, int]:
        """Return a term's sentence, its first word there and the one after; raises as `polarity` does."""
        words = words_of(text)
        for first, last in sentences(words.words):
            term = [
                index
                for index in range(first, last)
                if words.begins[index] < end and words.ends[index] > begin
            ]
            if term:
                return self._sentence(words, first, last), term[0] - first, term[-1] + 1 - first
        raise ValueError(f"no word at {begin} to {end}")

    def _sentence(self, words: Words, first: int, last: int) -> Sentence:
        return Sentence(
            words.words[first:last],
            lexicon=self.lexicon,
            weights=self.weights,
            question=words.words[last : last + 1] == ["?"],
        )


def label_of(scores: SentimentScores) -> Sentiment:
    """Return the sentiment with the highest score."""
    by_label = {label: getattr(scores, label.lower()) for label in Sentiment}
    return max(by_label, key=lambda label: by_label[label])
