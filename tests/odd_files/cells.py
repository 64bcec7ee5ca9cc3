"""Cases of one odd cell in a good file."""

from tests.odd_files.case import Case, Facts, Read, Refused, case
from tests.odd_files.shop import published, row, table

PERSONAL = frozenset({"email", "user_name", "review_content"})
"""What is in these columns, a message need not show."""
RECORDS = {"P": "P2", "C": "C2", "R": "R2"}


def cell(
    name: str,
    column: str,
    text: str,
    attribute: str,
    *values: object,
    surely: bool = False,
    shown: str | None = None,
) -> Case:
    """Return a case of a cell on line 3 that is read as one of these values, or refused unless `surely`.

    `attribute` is that of the record, such as `P.rating`. Without values it must be refused; its row stays.
    The message shows the text, or what is `shown` of it.
    """
    record, _, member = attribute.partition(".")
    key = RECORDS[record]
    found = shown or ("" if column in PERSONAL else text.strip())
    read = [published(1, 2, 3, changes={key: {member: value}}) for value in values]
    refused = published(
        1, 2, 3, changes={key: {member: None}}, refused=[Refused(line=3, column=column, found=found)]
    )
    return case(name, odd(column, text), *read, *([] if surely else [refused]))


def bad_row(name: str, column: str, text: str) -> Case:
    """Return a case of a cell on line 3 without which its row is of no use: the row is refused."""
    return case(
        name, odd(column, text), published(1, 3, refused=[Refused(line=3, column=column, found=text)])
    )


def product_id(name: str, text: str, *ids: str) -> Case:
    """Return a case of a product's id on line 3, read as one of these; refused if there are none."""
    if not ids:
        return bad_row(name, "product_id", text)
    return case(name, odd("product_id", text), *map(renamed, ids))


def renamed(key: str) -> Read:
    """Return that the product on line 3 is published under this id."""
    return published(1, 2, 3, changes={"P2": {"id": key}, "R2": {"product_ids": (key,)}})


def empty(name: str, text: str) -> Case:
    """Return a case of a word for "nothing" in optional cells: none of them has a value."""
    columns = ("rating", "rating_count", "user_name", "img_link", "brand")
    changes: dict[str, Facts] = {
        "P2": {"rating": None, "rating_count": None, "image_url": None, "brand": None},
        "C2": {"name": None},
    }
    unread = [Refused(line=3, column=each) for each in columns]
    content = table([row(1), row(2, **dict.fromkeys(columns, text)), row(3)])
    return case(name, content, published(1, 2, 3, changes=changes, may_refuse=unread))


def odd(column: str, text: str) -> bytes:
    """Return three rows of which the second, on line 3, has this cell."""
    return table([row(1), row(2, **{column: text}), row(3)])
