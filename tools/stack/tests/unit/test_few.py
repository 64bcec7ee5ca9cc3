"""The sample for a smoke test: few people, who have bought enough."""

import csv
from collections import Counter
from pathlib import Path

from fondly.stack.sample import write_few


def test_few_people_have_bought_enough_to_train_on(tmp_path: Path) -> None:
    """Personalize needs 1,000 interactions, of 25 people with two or more; each has one name and address."""
    path = tmp_path / "few.csv"
    write_few(path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = ("user_id", "user_name", "email")
    people = [
        (*each, row["product_id"])
        for row in rows
        for each in zip(*(row[c].split(",") for c in columns), strict=True)
    ]
    bought = {(user, product) for user, _, _, product in people}
    assert len(bought) > 1_100
    assert min(Counter(user for user, _ in bought).values()) > 1
    known = {person[:3] for person in people}
    assert [len({person[n] for person in known}) for n in range(3)] == [len(known)] * 3 == [60] * 3
    assert all(address.endswith("@simulator.amazonses.com") for _, _, address in known)
