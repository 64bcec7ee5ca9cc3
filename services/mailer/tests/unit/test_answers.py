import json

from fondly.mailer.domain.copy.answers import read_answer, split_answer
from fondly.mailer.domain.copy.wording import Evidence, Wording


def split(texts: dict[str, object], count: int, *, numbered: bool = True) -> list[dict[str, list[str]]]:
    """The lines of each product."""
    answers = split_answer(json.dumps({"products": texts}), count, member="products", numbered=numbered)
    read = [read_answer(each, ["line"], member="products") for each in answers]
    return [{field: [each.text for each in wordings] for field, wordings in one.items()} for one in read]


def test_an_answer_about_several_products_is_divided() -> None:
    """Each is product 1 of its own; a slot of another product is never taken for one of its own."""
    texts: dict[str, object] = {
        "1": {"line": ["{1.name}, not {2.name}"]},
        "2": {"line": [{"text": "{2.price}, not {1.price}"}]},
    }
    first, second, third = split(texts, 3)
    assert first == {"line": ["{1.name}, not {2.name}"]}
    assert second == {"line": ["{1.price}, not {2.price}"]}
    assert third == {}


def test_in_a_frame_the_first_product_is_always_product_one() -> None:
    """Whichever customer of a joint call it is for."""
    assert split({"2": {"line": ["{1.name}"]}}, 2, numbered=False)[1] == {"line": ["{1.name}"]}


def test_an_answer_that_cannot_be_read_is_that_of_each_product() -> None:
    """Each is asked about again, or gets house text."""
    assert split_answer("Certainly! {", 2, member="products", numbered=True) == ["Certainly! {"] * 2


def test_a_wording_has_its_evidence_and_whatever_else_is_there_is_left_out() -> None:
    """A plain text is a wording that cites nothing; an answer is untrusted."""
    cited = {"text": " It  clips on. ", "evidence": ["b1: with a clip", {"id": 3}, "b2", "b3: "]}
    told = {"line": [cited, "Plain.", 7, {"text": ""}, {"evidence": []}, {"text": "Plain."}], "intro": "One."}
    assert read_answer(json.dumps(told), ["line", "intro", "closing"]) == {
        "line": [Wording("It clips on.", (Evidence("b1", "with a clip"),)), Wording("Plain.")],
        "intro": [Wording("One.")],
    }
