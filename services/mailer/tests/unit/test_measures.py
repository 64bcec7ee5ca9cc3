"""Where figures may stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.mailer.domain.copy.measures import _figures
from fondly.mailer.domain.copy.rules import Rules, plain

NUMBERS = {language: Rules.load(language).numbers for language in ("en", "de")}


@pytest.mark.parametrize("language", NUMBERS)
@given(data=st.data())
def test_no_figure_is_missed(language: str, data: st.DataObject) -> None:
    """A text that is said to have no figure has none, whatever numbers, articles and units stand in it."""
    numbers = NUMBERS[language]
    words = sorted(
        {*numbers.words, *numbers.units, *numbers.articles, *numbers.joining, "4", "lamp", "-", ","}
    )
    text = plain(" ".join(data.draw(st.lists(st.sampled_from(words), max_size=8))))
    assert numbers.may_be_in(text) or not list(_figures(text, numbers, counting=True))
