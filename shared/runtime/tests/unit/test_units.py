from fondly.runtime.dynamodb_types import read_units, write_units


def test_write_units_round_each_item_up_to_whole_kilobytes() -> None:
    """As DynamoDB bills them."""
    assert write_units([{"a": "x"}, {"a": "x" * 1024}, {"a": "₹" * 700}]) == 1 + 2 + 3


def test_read_units_round_each_item_up_to_four_kilobytes() -> None:
    """As DynamoDB bills consistent reads; looking for an item that does not exist is one too."""
    assert read_units([{"a": "x"}, {"a": "x" * 4096}], missing=2) == 1 + 2 + 2
