import json

from fondly.contracts.records import Customer, Exclusion
from fondly.recommender.domain.personalize.rankings import Rankings, input_lines, ranked_customers


def test_products_are_ranked_for_whom_personalize_knows_and_the_shop_may_mail() -> None:
    """Ids that Personalize would alter are left out, and so is who gets no email, for whatever reason."""
    excluded = [Customer(customer_id=f"{one}", exclusion=one) for one in Exclusion]
    others = [Customer(customer_id=one) for one in ("C1", 'bad"id', "ключ")]
    assert ranked_customers([*excluded, *others]) == ["C1", "ключ"]


def test_input_has_a_line_for_every_customer() -> None:
    """One JSON object per line."""
    assert input_lines(["C1", "ключ"]).splitlines() == [
        b'{"userId": "C1"}',
        json.dumps({"userId": "ключ"}).encode(),
    ]


def test_results_are_read_in_any_order_and_a_bad_line_affects_only_its_customer() -> None:
    """Error lines, malformed lines and empty lists are skipped, unknown members ignored."""
    lines = [
        b'{"input":{"userId":"C2"},"output":{"recommendedItems":["P1","P2"],"scores":[0.6,0.4]},"error":null}',
        b'{"input":{"userId":"C3"},"output":null,"error":"no luck"}',
        b'{"input":{"userId":"C4"},"output":{"recommendedItems":[]},"error":null}',
        b"not json",
        b"",
        b'{"input":{"userId":"C1"},"output":{"recommendedItems":["P3"]},"error":null}',
    ]
    rankings = Rankings()
    for line in lines:
        rankings.add(line)
    assert rankings.by_customer == {"C2": ("P1", "P2"), "C1": ("P3",)}
    assert rankings.lines == 5


def test_an_id_is_kept_once_however_many_customers_it_is_ranked_for() -> None:
    """What a customer takes is then the same for ids of any length."""
    rankings, name = Rankings(), "P" * 200
    for n in range(3):
        rankings.add(f'{{"input":{{"userId":"C{n}"}},"output":{{"recommendedItems":["{name}"]}}}}'.encode())
    assert len({id(items[0]) for items in rankings.by_customer.values()}) == 1
