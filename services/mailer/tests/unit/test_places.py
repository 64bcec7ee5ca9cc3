"""Where phrases may begin."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.mailer.domain.copy.places import places
from fondly.mailer.domain.copy.rules import Rules

WORDS = {
    language: sorted(
        {
            word
            for group in Rules.load(language).phrases.groups
            for word in re.findall(r"[^\W\d_]+|~", group.pattern.pattern)
        }
    )
    for language in ("en", "de")
}


@pytest.mark.parametrize("language", WORDS)
@given(data=st.data())
def test_no_phrase_is_missed(language: str, data: st.DataObject) -> None:
    """Every match of every group begins at one of the places."""
    text = " ".join(data.draw(st.lists(st.sampled_from(WORDS[language]), max_size=30)))
    phrases = Rules.load(language).phrases
    found = {each.start() for group in phrases.groups for each in group.pattern.finditer(text)}
    assert found <= {each.start() for each in phrases.places.finditer(text)}


def test_every_way_to_begin_is_known() -> None:
    """A letter, words, what stands before, what may be missing, and what is no letter."""
    found = places(
        r"(costs?|pays) less|(?<!per )cents?|(one |two )?more|x?yes|(a?n) inn|~ off|\w+n't|, (all|ever)$"
    )
    text = "costs less, 5 cents, more, one more, yes, an inn, ~ off, can't ~, ever"
    beginnings = [text[each.start() :].split(maxsplit=1)[0] for each in found.finditer(text)]
    assert beginnings == ["costs", "cents,", "more,", "one", "more,", "yes,", "an", "~", "can't", ","]
