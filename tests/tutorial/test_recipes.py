"""The recipes' queries make files that are read as they are, without a mapping."""

import csv
import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

RECIPES = Path(__file__).parents[2] / "docs" / "recipes.md"
QUERY = re.compile(r"```sql\n-- (\w+)\.sql.*\n((?:.+\n)+)```")
SHOP = """
CREATE TABLE product (id, title, price_pence, department, maker, stock, url, photo, hidden);
CREATE TABLE customer (id, email, first_name, last_name, newsletter, unsubscribed_at);
CREATE TABLE placed_order (id, customer_id, placed_at, state);
CREATE TABLE order_line (id, order_id, product_id, pieces);
INSERT INTO product VALUES
  ('P1', 'Teapot', 2950, 'Teaware > Teapots', 'Quay', 9, 'https://tea.example/1', 'https://tea.example/p', 0),
  ('P2', 'Strainer', 680, 'Teaware > Strainers', 'Quay', 0, 'https://tea.example/2', NULL, 0),
  ('P3', 'Kettle', 980, 'Teaware > Kettles', 'Quay', 4, 'https://tea.example/3', NULL, 1);
INSERT INTO customer VALUES
  (1, 'ada@mail.example', 'Ada', 'Lund', 1, NULL), (2, 'ben@mail.example', 'Ben', 'Okoro', 0, NULL),
  (3, 'cleo@mail.example', 'Cleo', 'Ray', 1, '2026-10-01');
INSERT INTO placed_order VALUES
  (10, 1, '2026-11-03 10:00:00', 'completed'), (11, 2, '2026-11-20 10:00:00', 'cancelled');
INSERT INTO order_line VALUES (1, 10, 'P1', 2), (2, 10, 'P2', 1), (3, 11, 'P1', 1);
"""
"""What the queries ask: a hidden product, somebody who has unsubscribed and an order undone are among it."""


def write_csv(answer: sqlite3.Cursor, file: Path) -> None:
    """Write a query's answer as a database's client does: the names of its columns, then the rows."""
    with file.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows([[column[0] for column in answer.description], *answer])


def test_queries_of_a_shops_database_make_its_files(tmp_path: Path) -> None:
    """Each column is read; consent, what is hidden and what was cancelled are understood."""
    with sqlite3.connect(":memory:") as shop:
        shop.executescript(SHOP)
        for name, query in QUERY.findall(RECIPES.read_text("utf-8")):
            write_csv(shop.execute(query), tmp_path / f"{name}.csv")
    shop.close()
    command = [sys.executable, "-m", "fondly.cli", "check", str(tmp_path), "--json"]
    checked = subprocess.run(command, capture_output=True, check=True, cwd=tmp_path)  # noqa: S603 - our own
    found = json.loads(checked.stdout)
    files = {each["kind"]: (each["rows"], each["ignored"]) for each in found["report"]["files"]}
    assert files == {"products": (2, []), "customers": (3, []), "orders": (3, [])}
    assert [each["why_not"] for each in found["customers"]] == [None, "without consent", "suppressed"]
    assert [each["price"] for each in found["products"]] == ["£29.50", "£6.80"]
    assert found["training"]["interactions"] == 2
