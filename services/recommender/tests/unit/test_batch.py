import json

from encore.recommender.domain.batch import input_lines, ranked_items


def test_every_customer_that_personalize_can_know_is_asked_for() -> None:
    """One JSON object a line; an id that would be changed on the way is not asked for."""
    assert input_lines(["C1", 'bad"id', "ключ"]).splitlines() == [
        b'{"userId": "C1"}',
        json.dumps({"userId": "ключ"}).encode(),
    ]


def test_results_are_read_in_any_order_and_bad_lines_cost_only_their_customer() -> None:
    """Error lines, nonsense, empty lists and unknown members are passed over."""
    lines = [
        b'{"input":{"userId":"C2"},"output":{"recommendedItems":["P1","P2"],"scores":[0.6,0.4]},"error":null}',
        b'{"input":{"userId":"C3"},"output":null,"error":"no luck"}',
        b'{"input":{"userId":"C4"},"output":{"recommendedItems":[]},"error":null}',
        b"not json",
        b"",
        b'{"input":{"userId":"C1"},"output":{"recommendedItems":["P3"]},"error":null}',
    ]
    assert ranked_items(b"\n".join(lines)) == {"C2": ["P1", "P2"], "C1": ["P3"]}
