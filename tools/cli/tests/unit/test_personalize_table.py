"""What `encore run show` says of a run in Personalize."""

from rich.console import Console

from encore.cli.runs.personalize_table import is_in_table, personalize_table


def shown(**step: str) -> str:
    """The table as it is printed."""
    console = Console(width=200)
    with console.capture() as written:
        console.print(personalize_table(step))
    return written.get()


def test_it_says_how_many_products_were_told_at_once() -> None:
    """Only of a run that has told any; what is in the table is not listed with the rest."""
    assert shown(items_put="1200").split()[-5:] == ["products", "told", "at", "once", "1,200"]
    assert "products told" not in shown(items_put="0") + shown(import_mode_items="none")
    assert is_in_table("items_put")
    assert is_in_table("items_put_bytes")
