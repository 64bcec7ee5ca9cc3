from fondly.mailer.domain.copy.choice import candidates, marks
from fondly.mailer.domain.copy.wording import Evidence, Wording

TEXTS = ["For tea.", "For {customer.first_name}.", "{2.own} and more."]


def chosen(texts: list[str], slots: dict[str, str], *, seed: str) -> list[str]:
    """The texts that would be read, in their order."""
    return [each.text for each in candidates("intro", [*map(Wording, texts)], slots, seed=seed)]


def test_only_wordings_that_can_be_filled_are_chosen() -> None:
    """Nobody reads a slot, and where nothing can be filled there is no wording."""
    assert {chosen(TEXTS, {}, seed=str(n))[0] for n in range(30)} == {"For tea."}
    assert chosen(TEXTS[1:], {}, seed="s") == []
    known = {"customer.first_name": "Asha"}
    assert {chosen(TEXTS, known, seed=str(n))[0] for n in range(30)} == set(TEXTS[:2])


def test_seeds_spread_over_the_wordings() -> None:
    """And the same seed gives the same order again, of all of them."""
    texts = [f"Text {letter}" for letter in "abcd"]
    found = [chosen(texts, {}, seed=str(n)) for n in range(400)]
    first = [each[0] for each in found]
    assert all(70 < first.count(text) < 130 for text in texts)
    assert found == [chosen(texts, {}, seed=str(n)) for n in range(400)]
    assert sorted(found[0]) == texts


def test_texts_are_alike_that_begin_are_built_or_cite_alike() -> None:
    """The same words around other slots count as the same; the same bullet of another product does not."""
    base = marks(Wording("Clip {1.name} on.", (Evidence("b1", "with a CLIP"),)), 1)
    assert not base.isdisjoint(marks(Wording("Clip {2.name} on."), 2))
    assert not base.isdisjoint(marks(Wording("It hangs.", (Evidence("b1", "With a clip"),)), 1))
    assert base.isdisjoint(marks(Wording("It hangs.", (Evidence("b1", "With a clip"),)), 2))
    said = (Evidence("s1", "I like it"),)
    assert marks(Wording("It hangs.", said), 1).isdisjoint(marks(Wording("You like it.", said), 1))
    assert not marks(Wording("Out in the rain."), 1).isdisjoint(marks(Wording("Out in the sun."), 2))
