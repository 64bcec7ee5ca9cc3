import json

from fondly.mailer.domain.copy.answers import read_product_answer, split_answer


def test_an_answer_about_several_products_is_divided() -> None:
    """Each is product 1 of its own; a slot of another product is never taken for one of its own."""
    texts = {"1": {"line": ["{1.name}, not {2.name}"]}, "2": {"line": ["{2.price}, not {1.price}"]}}
    first, second, third = map(read_product_answer, split_answer(json.dumps({"products": texts}), 3))
    assert first == {"line": ["{1.name}, not {2.name}"]}
    assert second == {"line": ["{1.price}, not {2.price}"]}
    assert third == {}


def test_an_answer_that_cannot_be_read_is_that_of_each_product() -> None:
    """Each is asked about again, or gets template copy."""
    assert split_answer("Certainly! {", 2) == ["Certainly! {"] * 2
