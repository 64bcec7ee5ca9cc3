"""How the cells of a column of categories become paths."""

import pytest

from fondly.ingest.domain.rows.reading import Reading
from fondly.ingest.domain.values.conventions import Reads
from fondly.ingest.domain.values.links import LinkPolicy
from services.ingest.tests.unit.values.columns import decided

FAX = "Electronics > Print, Copy, Scan & Fax"


def paths(*cells: str) -> list[str]:
    """Return the paths of the last of a column's cells, each joined by bars."""
    column = decided(Reads.PATH, cells)
    reading = Reading({"category": column}, LinkPolicy(), decided(Reads.MONEY, []))
    return ["|".join(path) for path in reading.categories(cells[-1])]


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["Electronics|HomeTheater,TV&Video|TVs"], ["Electronics|HomeTheater,TV&Video|TVs"]),
        (["Electronics|Amps", "Electronics|Audio/Video|Amps"], ["Electronics|Audio/Video|Amps"]),
        (["Books", "CD/DVD"], ["CD/DVD"]),
        (["Food, Drinks & Tobacco"], ["Food, Drinks & Tobacco"]),
        (["Books > Fiction|Gifts"], ["Books|Fiction", "Gifts"]),
        (["Gifts, Books, Books > Fiction"], ["Books|Fiction", "Gifts"]),
        (["Books &amp; Music > Vinyl"], ["Books & Music|Vinyl"]),
        (["Clothing > Hoodies\\, Zip, Sale"], ["Clothing|Hoodies, Zip", "Sale"]),
        ([f"{FAX} > Printers", f"{FAX} > Scanners"], ["Electronics|Print, Copy, Scan & Fax|Scanners"]),
        (["Tools & Toys > Saws", "Home > Lamps, Tools & Toys"], ["Home|Lamps", "Tools & Toys"]),
        (["Default Category/Gear/Bags,Default Category/New"], ["Gear|Bags", "New"]),
        (["Shop/Bags", "Shop/Sale;Shop/Hats/Caps"], ["Shop|Hats|Caps", "Shop|Sale"]),
        (["Poetry", "Sale", "Fiction, Sale"], ["Fiction", "Sale"]),
    ],
)
def test_several_categories_stay_several(cells: list[str], read: list[str]) -> None:
    """As the column shows what stands between levels and between paths; the one of a thing comes first."""
    assert paths(*cells) == read
    assert paths(*reversed(cells[:-1]), cells[-1]) == read


def test_the_report_says_how_categories_were_read() -> None:
    """With the first cell that shows it; a column of plain paths needs no word."""
    told = decided(Reads.PATH, ["Books", "Books > Fiction|Gifts"]).convention
    assert told is not None
    assert (told.reads, told.because) == ("levels separated by >", "line 3: 'Books > Fiction|Gifts'")
    assert decided(Reads.PATH, ["Books|Fiction"]).convention is None
