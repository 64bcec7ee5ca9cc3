"""Where phrases may begin."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.mailer.domain.copy.places import places
from fondly.mailer.domain.copy.rules import Rules

RULES = {
    f"{language} {kind}": phrases
    for language in ("en", "de")
    for kind, phrases in (("phrases", Rules.load(language).phrases), ("sense", Rules.load(language).sense))
}
WORDS = {
    name: sorted(
        {word for group in phrases.groups for word in re.findall(r"[^\W\d_]+|[~:]", group.pattern.pattern)}
    )
    for name, phrases in RULES.items()
}


@pytest.mark.parametrize("name", RULES)
@given(data=st.data())
def test_no_phrase_is_missed(name: str, data: st.DataObject) -> None:
    """What is found from the places where phrases may begin is what every group finds in the whole text."""
    text = " ".join(data.draw(st.lists(st.sampled_from(WORDS[name]), max_size=30)))
    found = [(group, [each[0] for each in group.pattern.finditer(text)]) for group in RULES[name].groups]
    assert RULES[name].spoken(text) == [(group, phrases) for group, phrases in found if phrases]


def test_every_way_to_begin_is_known() -> None:
    """A letter, words, what stands before, what may be missing, and what is no letter."""
    found = places(
        r"(costs?|pays) less|(?<!per )cents?|(one |two )?more|x?yes|(a?n) inn|~ off|\w+n't|, (all|ever)$"
    )
    text = "costs less, 5 cents, more, one more, yes, an inn, ~ off, can't ~, ever"
    beginnings = [text[each.start() :].split(maxsplit=1)[0] for each in found.finditer(f" {text}")]
    assert beginnings == ["costs", "cents,", "more,", "one", "more,", "yes,", "an", "~", "can't", ","]
