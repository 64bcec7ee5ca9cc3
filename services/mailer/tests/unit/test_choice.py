from encore.mailer.domain.copy.choice import chosen

TEXTS = ["Hello,", "Hello {customer.first_name},", "{2.own} and more,"]


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
    """And the same seed chooses the same one again."""
    texts = [f"Text {letter}" for letter in "abcd"]
    found = [chosen("intro", texts, {}, seed=str(n)) for n in range(400)]
    assert all(70 < found.count(text) < 130 for text in texts)
    assert found == [chosen("intro", texts, {}, seed=str(n)) for n in range(400)]
