from fondly.runtime.dynamodb_types import write_units


def test_write_units_round_each_item_up_to_whole_kilobytes() -> None:
    """As DynamoDB bills them."""
    assert write_units([{"a": "x"}, {"a": "x" * 1024}, {"a": "₹" * 700}]) == 1 + 2 + 3
