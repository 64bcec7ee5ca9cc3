from fondly.mailer.domain.copy.choice import candidates, unlike

TEXTS = ["Hello,", "Hello {customer.first_name},", "{2.own} and more,"]


def chosen(field: str, texts: list[str], slots: dict[str, str], *, seed: str) -> str | None:
    """The first that would be read."""
    return next(candidates(field, texts, slots, seed=seed), None)


def test_only_wordings_that_can_be_filled_are_chosen() -> None:
    """Nobody reads a slot, and where nothing can be filled there is no wording."""
    assert {chosen("intro", TEXTS, {}, seed=str(n)) for n in range(30)} == {"Hello,"}
    assert chosen("intro", TEXTS[1:], {}, seed="s") is None


def test_a_known_name_is_used_in_the_greeting() -> None:
    """If a wording has it; elsewhere it is left to the seed."""
    known = {"customer.first_name": "Asha"}
    assert {chosen("greeting", TEXTS, known, seed=str(n)) for n in range(30)} == {TEXTS[1]}
    assert {chosen("subject", TEXTS, known, seed=str(n)) for n in range(30)} == set(TEXTS[:2])


def test_seeds_spread_over_the_wordings() -> None:
    """And the same seed gives the same order again, of all of them."""
    texts = [f"Text {letter}" for letter in "abcd"]
    found = [chosen("intro", texts, {}, seed=str(n)) for n in range(400)]
    assert all(70 < found.count(text) < 130 for text in texts)
    assert found == [chosen("intro", texts, {}, seed=str(n)) for n in range(400)]
    assert sorted(candidates("intro", texts, {}, seed="s")) == texts


def test_the_lines_of_an_email_begin_differently() -> None:
    """Where one of the wordings does; the same words around other slots count as the same."""
    before = ["It has {1.f1}, and {1.f2} too."]
    assert unlike(["It has {2.f1}.", "With {2.f1}, for the road."], before) == "With {2.f1}, for the road."
    assert unlike(["It has {2.f2}.", "It has {2.f1}, and {2.f2} too."], before) == "It has {2.f2}."
    assert unlike([], before) is None
