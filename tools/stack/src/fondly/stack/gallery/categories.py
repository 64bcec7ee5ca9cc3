"""What customers say of the aspects of each product, beside what they say of them in its category."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fondly.contracts import object_keys
from fondly.contracts.records import AspectCount, CategorySentiment, ProductSentiment, Sentiment
from fondly.operations.emails.catalogue import CatalogueEntry
from fondly.operations.formatting import count
from fondly.operations.runs.sentiment_figures import criticism, praise
from fondly.runtime.ports import Objects

MIN_CATEGORY_MENTIONS = 5
"""Fewer texts say too little about an aspect of a whole category."""
MIN_PRODUCT_MENTIONS = 2
CATEGORY_ASPECTS = 12
PRODUCT_ASPECTS = 8
PREVAILING = 2
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GalleryAspect:
    """An aspect and its counts in words; `verdict` is `praised`, `blamed`, `divided` or `mentioned`."""

    name: str
    verdict: str
    counts: str


@dataclass(frozen=True, slots=True)
class GalleryProduct:
    """A product with scored texts: how many have each label, in words, and its aspects."""

    name: str
    labels: str
    aspects: tuple[GalleryAspect, ...]


@dataclass(frozen=True, slots=True)
class GalleryCategory:
    """A category, given by its whole path, with its aspects and its products that have scored texts."""

    path: tuple[str, ...]
    scored: int
    aspects: tuple[GalleryAspect, ...]
    products: tuple[GalleryProduct, ...]


async def run_categories(
    objects: Objects, run_id: str, products: Iterable[CatalogueEntry]
) -> list[GalleryCategory]:
    """Return what is said of a run's products by category; a failed run may have stored nothing of it."""
    return gallery_categories(
        products,
        await objects.find_lines(object_keys.product_sentiment(run_id), ProductSentiment),
        await objects.find_lines(object_keys.category_sentiment(run_id), CategorySentiment),
    )


def gallery_categories(
    products: Iterable[CatalogueEntry],
    product_sentiments: Iterable[ProductSentiment],
    category_sentiments: Iterable[CategorySentiment],
) -> list[GalleryCategory]:
    """Return every category with scored texts, and so its products; aspects that few mention are left out."""
    scored = {each.product_id: each for each in product_sentiments if each.scored}
    said = {each.category: each for each in category_sentiments}
    found: dict[Path, list[tuple[CatalogueEntry, ProductSentiment]]] = {path: [] for path in said}
    for product in products:
        if product.product_id in scored:
            found.setdefault(product.category, []).append((product, scored[product.product_id]))
    categories = [_category(path, entries, said.get(path)) for path, entries in found.items()]
    return sorted(categories, key=lambda category: (-category.scored, category.path))


def _category(
    path: Path, entries: Sequence[tuple[CatalogueEntry, ProductSentiment]], said: CategorySentiment | None
) -> GalleryCategory:
    known = {
        each.aspect: each for each in (said.aspects if said else ()) if _enough(each, MIN_CATEGORY_MENTIONS)
    }
    ordered = sorted(entries, key=lambda entry: (-entry[1].scored, entry[0].name, entry[0].product_id))
    return GalleryCategory(
        path=path,
        scored=said.scored if said else sum(sentiment.scored for _, sentiment in entries),
        aspects=tuple(_aspect(each) for each in _most_mentioned(known.values())[:CATEGORY_ASPECTS]),
        products=tuple(_product(product, sentiment, known) for product, sentiment in ordered),
    )


def _product(
    product: CatalogueEntry, sentiment: ProductSentiment, category: Mapping[str, AspectCount]
) -> GalleryProduct:
    mentioned = _most_mentioned(each for each in sentiment.aspects if _enough(each, MIN_PRODUCT_MENTIONS))
    aspects = [_aspect(each, category.get(each.aspect)) for each in mentioned[:PRODUCT_ASPECTS]]
    return GalleryProduct(product.name, _labels(sentiment), tuple(aspects))


def _labels(sentiment: ProductSentiment) -> str:
    """How many texts have each label: `7 positive, 2 negative`."""
    numbers = {
        Sentiment.POSITIVE: sentiment.positive,
        Sentiment.NEGATIVE: sentiment.negative,
        Sentiment.NEUTRAL: sentiment.neutral,
        Sentiment.MIXED: sentiment.mixed,
    }
    return ", ".join(f"{count(number)} {label.lower()}" for label, number in numbers.items() if number)


def _aspect(counts: AspectCount, category: AspectCount | None = None) -> GalleryAspect:
    """Put an aspect's counts into words: `7 of 9 praise, category 17 of 39`."""
    verdict = _verdict(counts)
    if verdict == "divided":
        words = _both(counts) + (f"; category {_both(category)}" if category else "")
    elif verdict == "mentioned":
        words = f"{count(counts.mentions)} mentions"
    else:
        words = criticism(counts) if verdict == "blamed" else praise(counts)
        if category:
            number = category.blamed if verdict == "blamed" else category.praised
            words += f", category {count(number)} of {count(category.mentions)}"
    return GalleryAspect(counts.aspect, verdict, words)


def _both(counts: AspectCount) -> str:
    return f"{praise(counts)}, {count(counts.blamed)} criticise"


def _verdict(counts: AspectCount) -> str:
    """One side prevails if it has at least `PREVAILING` times as many texts as the other."""
    if not counts.praised and not counts.blamed:
        return "mentioned"
    if counts.praised >= PREVAILING * counts.blamed:
        return "praised"
    return "blamed" if counts.blamed >= PREVAILING * counts.praised else "divided"


def _most_mentioned(counts: Iterable[AspectCount]) -> list[AspectCount]:
    return sorted(counts, key=lambda each: (-each.mentions, each.aspect))


def _enough(counts: AspectCount, least: int) -> bool:
    return counts.mentions >= least
