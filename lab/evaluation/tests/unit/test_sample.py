"""The made-up file has the format and quirks of the real one, and its facts are true."""

import csv
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from fondly.evaluation.sample import SampleFacts, generate, write_sample
from fondly.stack import sample as stack

HEADER = (
    "product_id,product_name,category,discounted_price,actual_price,discount_percentage,rating,"
    "rating_count,about_product,user_id,user_name,review_id,review_title,review_content,img_link,"
    "product_link"
)
MERCHANDISING = ",brand,parent_id,variant,in_stock"
BORDER = re.compile(r",(?! )")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SampleFacts]:
    """Write the default sample once."""
    path = tmp_path_factory.mktemp("sample") / "amazon.csv"
    return path, write_sample(path)


@pytest.fixture(scope="module")
def rows(written: tuple[Path, SampleFacts]) -> list[dict[str, str]]:
    """Read the default sample as any CSV reader would."""
    with written[0].open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def facts(written: tuple[Path, SampleFacts]) -> SampleFacts:
    """Return the generator's facts about the default sample."""
    return written[1]


@pytest.fixture(scope="module")
def pairs(rows: list[dict[str, str]]) -> set[tuple[str, str]]:
    """Return the distinct pairs of customer and product, counted from the file."""
    return {(user, row["product_id"]) for row in rows for user in row["user_id"].split(",")}


def column(rows: list[dict[str, str]], name: str) -> list[str]:
    """Return one column's cells."""
    return [row[name] for row in rows]


def ambiguous(rows: list[dict[str, str]], name: str) -> int:
    """Count rows in which a column splits into another number of entries than there are reviewers."""
    several = [row for row in rows if "," in row["user_id"]]
    return sum(len(BORDER.split(row[name])) != len(row["user_id"].split(",")) for row in several)


def test_columns_are_the_sixteen_of_the_format_and_some_of_the_shop(rows: list[dict[str, str]]) -> None:
    """The header names the Kaggle file's columns in their order, then those that ingest also reads."""
    assert ",".join(rows[0]) == HEADER + MERCHANDISING


def test_some_variants_name_their_parent_and_all_products_a_brand(rows: list[dict[str, str]]) -> None:
    """A parent's products are of one brand and differ in their variants; others leave both cells empty."""
    parents: dict[str, dict[str, dict[str, str]]] = {}
    for row in rows:
        assert row["product_name"].startswith(row["brand"])
        parents.setdefault(row["parent_id"], {})[row["product_id"]] = row
    assert parents.pop("")
    assert len(parents) > 5
    for parent, products in parents.items():
        assert parent in products
        assert len({row["variant"] for row in products.values()}) == len(products) == 3
        assert len({row["brand"] for row in products.values()}) == 1


@pytest.mark.parametrize("size", [(1500, 300), (60, 30)], ids=["default", "small"])
def test_a_few_products_are_out_of_stock(size: tuple[int, int]) -> None:
    """Also in a small sample, and in every row of the product."""
    states: dict[str, set[str]] = {}
    for row in generate(customers=size[0], products=size[1]):
        states.setdefault(row["product_id"], set()).add(row["in_stock"])
    assert all(state in ({"yes"}, {"no"}) for state in states.values())
    assert 0 < sum("no" in state for state in states.values()) < 0.1 * len(states)


def test_default_size(rows: list[dict[str, str]], pairs: set[tuple[str, str]]) -> None:
    """A default file has 1,500 customers, 300 products and about 3,000 pairs of the two."""
    assert len({user for user, _ in pairs}) == 1500
    assert len(set(column(rows, "product_id"))) == 300
    assert 2800 < len(pairs) < 3300


def test_enough_repeat_buyers_for_collaborative_filtering(pairs: set[tuple[str, str]]) -> None:
    """At least 40 % of the customers have two products or more, none more than fifteen."""
    products = Counter(user for user, _ in pairs)
    assert sum(count > 1 for count in products.values()) >= 0.4 * len(products)
    assert max(products.values()) <= 15


def test_facts_are_what_a_reader_counts(
    rows: list[dict[str, str]], pairs: set[tuple[str, str]], facts: SampleFacts
) -> None:
    """The facts equal an independent count over the file."""
    assert facts.rows == len(rows)
    assert facts.products == len(set(column(rows, "product_id")))
    assert facts.customers == len({user for user, _ in pairs})
    reviews = {review for cell in column(rows, "review_id") for review in cell.split(",")}
    assert facts.reviews == len(reviews)
    assert facts.interactions == len(pairs)


def test_facts_count_the_rows_that_cannot_be_aligned(rows: list[dict[str, str]], facts: SampleFacts) -> None:
    """A comma without a space inside an entry is the one thing that makes a row ambiguous."""
    assert facts.ambiguous_name_rows == ambiguous(rows, "user_name") > 0
    assert facts.ambiguous_title_rows == ambiguous(rows, "review_title") > 0
    assert facts.ambiguous_text_rows == ambiguous(rows, "review_content") > 0
    assert facts.unaligned_texts == ambiguous(rows, "review_title") + ambiguous(rows, "review_content")
    assert facts.unaligned_texts < 0.4 * facts.rows


def test_ids_lead_the_lists(rows: list[dict[str, str]]) -> None:
    """`user_id` and `review_id` always have equally many entries, one to nine."""
    for row in rows:
        assert len(row["user_id"].split(",")) == len(row["review_id"].split(","))
        assert 1 <= len(row["user_id"].split(",")) <= 9


def test_a_product_has_one_name_and_category(rows: list[dict[str, str]]) -> None:
    """Repeated product ids differ in counts, links and a few prices, never in what they are."""
    editions: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        editions.setdefault(row["product_id"], []).append(row)
    repeated = [each for each in editions.values() if len(each) > 1]
    assert repeated
    for each in repeated:
        assert len({row["product_name"] for row in each}) == 1
        assert len({row["product_link"] for row in each}) == len(each)
    assert any(len({row["rating_count"] for row in each}) > 1 for each in repeated)
    assert 0 < sum(len({row["discounted_price"] for row in each}) > 1 for each in repeated) < 30


def test_names_of_different_products_differ(rows: list[dict[str, str]]) -> None:
    """No two products have the same name."""
    assert len({(row["product_id"], row["product_name"]) for row in rows}) == 300
    assert len(set(column(rows, "product_name"))) == 300


def test_variants_share_reviews(rows: list[dict[str, str]]) -> None:
    """Some reviews stand under two or three product ids, those of colours of one product."""
    products: dict[str, set[str]] = {}
    for row in rows:
        for review in row["review_id"].split(","):
            products.setdefault(review, set()).add(row["product_id"])
    shared = [ids for ids in products.values() if len(ids) > 1]
    assert 0.05 * len(products) < len(shared) < 0.4 * len(products)
    assert max(map(len, shared)) == 3


def test_one_row_names_a_customer_twice(rows: list[dict[str, str]]) -> None:
    """Exactly one product's reviewers include the same customer twice, with two reviews."""
    twice = [row for row in rows if len(set(row["user_id"].split(","))) < len(row["user_id"].split(","))]
    assert len({row["product_id"] for row in twice}) == 1


def test_prices_discounts_and_counts_are_consistent(rows: list[dict[str, str]]) -> None:
    """Prices are Indian rupees, and the percentage follows from the two prices."""
    price = re.compile(r"₹\d{1,3}(,\d{2})*(,\d{3})?(\.\d\d)?|₹\d{1,2}(,\d\d)*,\d{3}(\.\d\d)?")
    for row in rows:
        assert price.fullmatch(row["discounted_price"])
        assert price.fullmatch(row["actual_price"])
        low, high = (float(row[name][1:].replace(",", "")) for name in ("discounted_price", "actual_price"))
        assert 0 < low <= high
        assert abs(100 * (high - low) / high - int(row["discount_percentage"][:-1])) <= 0.5
    assert any(re.fullmatch(r"₹\d,\d\d,\d{3}\.50", cell) for cell in column(rows, "actual_price"))


def test_ratings_have_one_bar_and_counts_two_gaps(rows: list[dict[str, str]]) -> None:
    """One product's rating is `|`; two have no rating count; the rest are stars and counts."""
    odd = {row["product_id"] for row in rows if not re.fullmatch(r"[1-5](\.\d)?", row["rating"])}
    assert len(odd) == 1
    assert {row["rating"] for row in rows if row["product_id"] in odd} == {"|"}
    assert len({row["product_id"] for row in rows if not row["rating_count"]}) == 2


QUIRKS: dict[str, tuple[str, Callable[[str], object]]] = {
    "category with & and comma": ("category", re.compile(r"&.*\||,").search),
    "bullets joined by a bar": ("about_product", re.compile(r"\|").search),
    "bullets that look like a formula": ("about_product", re.compile(r"^-").search),
    "text that starts with minus": ("review_content", re.compile(r"(?:^|,)- ").search),
    "text that starts with plus": ("review_content", re.compile(r"(?:^|,)\+ ").search),
    "title with a comma and a space": ("review_title", re.compile(", ").search),
    "text with a comma and a space": ("review_content", re.compile(", ").search),
    "empty text": ("review_content", re.compile(r"^$|^,|,,|,$").search),
    "image URL within a text": ("review_content", re.compile(r"https://\S+\.jpg ").search),
    "image URL as if it were a text": ("review_content", re.compile(r",https://\S+\.jpg").search),
    "no-break space": ("review_content", re.compile("\u00a0").search),
    "zero-width space": ("review_content", re.compile("\u200b").search),
    "C1 control": ("review_content", re.compile("[\u0080-\u009f]").search),
    "Devanagari in texts": ("review_content", re.compile("[\u0900-\u097f]").search),
    "Devanagari in names": ("user_name", re.compile("[\u0900-\u097f]").search),
    "emoji": ("review_content", re.compile("[\U0001f300-\U0001faff]").search),
    "name with a comma and a space": ("user_name", re.compile(", ").search),
    "name many share": ("user_name", re.compile("Happy Customer").search),
}


@pytest.mark.parametrize("quirk", QUIRKS)
@pytest.mark.parametrize("size", [(1500, 300), (250, 60)], ids=["default", "small"])
def test_quirk_is_there(quirk: str, size: tuple[int, int]) -> None:
    """Every quirk of the real file occurs, also in a small sample."""
    name, has = QUIRKS[quirk]
    cells = [row[name] for row in generate(customers=size[0], products=size[1])]
    assert any(map(has, cells))


def test_links_are_example_domains_and_pictures_are_here(rows: list[dict[str, str]]) -> None:
    """No link leads to a real shop, no picture off this machine."""
    for row in rows:
        assert re.fullmatch(r"http://localhost:8026/pictures/[a-z_-]+\.png", row["img_link"])
        assert re.fullmatch(r"https://shop\.example\.com/\S+", row["product_link"])
        assert not re.search(r"https?://(?!images\.example\.com/)", row["review_content"])


def test_cells_hold_no_line_breaks(written: tuple[Path, SampleFacts]) -> None:
    """One line per row, as in the real file, so that line numbers identify rows."""
    assert written[0].read_bytes().count(b"\n") == written[1].rows + 1


def test_equal_arguments_give_equal_bytes(tmp_path: Path) -> None:
    """The same seed writes the same bytes, another seed others."""
    paths = [tmp_path / name for name in ("a.csv", "b.csv", "c.csv")]
    for path, seed in zip(paths, (7, 7, 8), strict=True):
        write_sample(path, seed=seed, customers=60, products=25)
    first, same, other = (path.read_bytes() for path in paths)
    assert first == same
    assert first != other


def test_generate_yields_what_is_written(tmp_path: Path) -> None:
    """The rows generated are the rows written."""
    path = tmp_path / "amazon.csv"
    write_sample(path, customers=60, products=25)
    with path.open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == list(generate(customers=60, products=25))


def test_a_sample_may_have_addresses(tmp_path: Path) -> None:
    """One for each reviewer of a row, the same in every row, of a domain that nobody has; a few have none."""
    path = tmp_path / "shop.csv"
    write_sample(path, customers=400, products=40, addresses=True)
    known: dict[str, str] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            pairs = zip(row["user_id"].split(","), row["email"].split(","), strict=True)
            for customer, address in pairs:
                assert known.setdefault(customer, address) == address
    addresses = [each for each in known.values() if each]
    assert all(each.endswith("@customers.example.com") for each in addresses)
    assert len(addresses) == len(set(addresses))
    assert 0 < len(known) - len(addresses) < len(known) / 10


@pytest.mark.parametrize(("customers", "products"), [(60, 11), (20, 25)])
def test_sizes_that_make_no_sample_are_refused(customers: int, products: int) -> None:
    """Too few products, or fewer customers than products, are an error at once."""
    with pytest.raises(ValueError, match="12 products or more"):
        generate(customers=customers, products=products)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("size", [(12, 12), (60, 25), (400, 40)])
def test_every_size_has_true_facts(tmp_path: Path, size: tuple[int, int], seed: int) -> None:
    """Products and customers are exactly as many as asked for, whatever the seed."""
    facts = write_sample(tmp_path / "a.csv", seed=seed, customers=size[0], products=size[1])
    rows = list(generate(seed=seed, customers=size[0], products=size[1]))
    assert (facts.customers, facts.products) == size
    users = {user for row in rows for user in row["user_id"].split(",")}
    assert (len(users), len(set(column(rows, "product_id")))) == size
    reviews = {review for row in rows for review in row["review_id"].split(",")}
    assert facts.reviews == len(reviews)


@pytest.mark.parametrize("addresses", [False, True])
def test_the_sample_of_the_stack_is_the_default(tmp_path: Path, addresses: bool) -> None:  # noqa: FBT001 - a case
    """Whoever changes the generator stores its file again, packed by `xz -9e`."""
    stored, made = tmp_path / "stored.csv", tmp_path / "made.csv"
    stack.write_sample(stored, addresses=addresses)
    write_sample(made, addresses=addresses)
    assert stored.read_bytes() == made.read_bytes()
