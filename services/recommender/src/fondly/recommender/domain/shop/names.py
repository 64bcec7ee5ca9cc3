"""What products' names say: their brand, what is left without size and colour, and how alike two of them are.

The brand is as the shop states it, or else as the name begins, unless words.yaml denies it.

Nearly equal names are found without comparing every pair: with the tokens of every name ordered rarest first,
two names over the threshold share a token before the point where the rest of either is too short to reach it.
Source: Bayardo, Ma, Srikant, "Scaling up all pairs similarity search", WWW 2007.
"""

import math
import re
import sys
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from itertools import accumulate
from unicodedata import normalize

from fondly.contracts.records import Product
from fondly.recommender.domain.shop.tables import filled, german_colours, read_table, word_set

MAX_WORDS = 3
MIN_TITLE_WORDS = 4
_PREFIXES = re.compile(
    r"^(?:\s*(?:\([^)]*\)|\[[^\]]*\]|(?:pack|set|combo)\s+of\s+\w+|\d+[\s-]*pack\b|[^\w(\[]+))+",
    re.IGNORECASE,
)
"""`(Renewed)`, `[New]`, `Pack of 2`, and marks before the first word."""
_WORD = re.compile(r"[^\W_]+(?:[-+&.'\u2019][^\W_]+)*")
_END = re.compile(r"[,;:|()\[\]/]|\s[-\u2013\u2014]\s")
_SPECIFICATIONS = re.compile(r"\s*[,;|(\[]|\s(?:with|mit)\s", re.IGNORECASE)
_NO_BRANDS = word_set("no brands", "colours", "letter sizes", "garments", "wearable")
Key = tuple[str, ...]
"""Words of a name, sorted."""
_SIZES = tuple(re.compile(filled(one, "words.yaml"), re.VERBOSE) for one in read_table("words.yaml")["sizes"])
_BARE_SIZE = re.compile(r"[1-6]?\d[a-hlmrsy]{0,2}")
_NAME_WORD = re.compile(r"\w+(?:['\u2019]\w+)?")
_COLOURS = word_set("colours") | german_colours()
_OF_GARMENTS = _COLOURS | word_set("shades", "letter sizes")
_GARMENT_SIZES = word_set("letter sizes", "garment sizes", "labels")
_BEFORE_COLOURS, _UNCOLOURED = word_set("tones", "connectors", "labels"), word_set("uncoloured")
_CLEAR_SIZES, _GARMENTS, _WEARABLE = map(word_set, ("clear sizes", "garments", "wearable"))
Vector = Mapping[str, float]
"""Token weights of unit length."""
_TOKEN = re.compile(r"\w+")
MOST_COMPARED = 32
"""With how many of those that share a token each is compared: those before it in the order of words."""
ROUNDING = 1e-9


def brands_of(products: Collection[Product]) -> dict[str, str | None]:
    """Return the products' brands by id, each as its letters and digits in lower case: `tplink`."""
    leading = {product.product_id: _leading_words(product.name) for product in products}
    known = {joined(own[0]) for own in leading.values() if own} | set(map(stated_brand, products))
    return {
        product.product_id: stated_brand(product) or _learned(leading[product.product_id], known)
        for product in products
    }


def _learned(leading: Sequence[str], known: Container[str | None]) -> str | None:
    """Return the longest known brand that a name begins with, or else a first word that may be one."""
    for count in range(len(leading), 1, -1):
        if (name := joined("".join(leading[:count]))) in known:
            return name
    may_be_one = leading and leading[0].casefold() not in _NO_BRANDS and not leading[0].isdecimal()
    return joined(leading[0]) if may_be_one else None


def joined(text: str) -> str:
    """Return the text's letters and digits in lower case."""
    return "".join(filter(str.isalnum, text.casefold()))


def stated_brand(product: Product) -> str | None:
    """Return the brand that the shop states, None if it states none."""
    return joined(product.brand or "") or None


def leading_brands(product: Product) -> list[str]:
    """Return what a product's brand may be, whatever the other products: as stated, or as its name begins."""
    if product.brand:
        return [joined(product.brand)]
    return list(accumulate(map(joined, _leading_words(product.name))))


def _leading_words(name: str) -> list[str]:
    """The words that may be a brand: the first ones, up to a punctuation mark."""
    start = _END.split(_PREFIXES.sub("", name), maxsplit=1)[0]
    return [word.removesuffix("'s") for word in _WORD.findall(start)[:MAX_WORDS]]


def bare_name(product: Product) -> Key:
    """Return the words of a product's name but for sizes, colours and its `variant`; () if none are left.

    A number counts as a size by its unit, by the word before it, or at the end of a garment's name; any other
    is a model's: iPhone `12`, `500` W.
    """
    text = normalize("NFKC", product.name).casefold().replace("_", " ")
    levels = _NAME_WORD.findall(" ".join(product.category).casefold())
    is_wearable = not (
        _GARMENTS.isdisjoint(_NAME_WORD.findall(text)) and (_GARMENTS | _WEARABLE).isdisjoint(levels)
    )
    for size in _SIZES:
        text = size.sub(" ", text)
    words = _without_colours(
        _NAME_WORD.findall(text), _OF_GARMENTS if is_wearable else _COLOURS | _CLEAR_SIZES
    )
    while is_wearable and words and (_BARE_SIZE.fullmatch(words[-1]) or words[-1] in _GARMENT_SIZES):
        words.pop()
    stated = set(_NAME_WORD.findall((product.variant or "").casefold()))
    return tuple(sorted(word for word in words if word not in stated))


def title_key(product: Product) -> Key:
    """Return the bare words before a name's first specification; () for too few to tell products apart."""
    title = _SPECIFICATIONS.split(product.name, maxsplit=1)[0]
    words = bare_name(product.model_copy(update={"name": title}))
    return words if len(words) >= MIN_TITLE_WORDS else ()


def _without_colours(words: Sequence[str], colours: frozenset[str]) -> list[str]:
    """Leave out colours, and tones before one; green `tea` is not black tea in another colour."""
    kept: list[str] = []
    before_colour, after = False, ""
    for word in reversed(words):
        is_colour = word in colours and after not in _UNCOLOURED
        before_colour = is_colour or (before_colour and word in _BEFORE_COLOURS)
        if not before_colour:
            kept.append(word)
        after = word
    return kept[::-1]


def tokens(name: str) -> Counter[str]:
    """Count the words of a name, ignoring case; they are interned, as names share most of them."""
    return Counter(map(sys.intern, _TOKEN.findall(name.casefold())))


def document_frequency(names: Mapping[str, Mapping[str, int]]) -> Counter[str]:
    """Count how many names contain each token."""
    return Counter(token for counts in names.values() for token in counts)


def vector(counts: Mapping[str, int], weights: Mapping[str, float] | None = None) -> Vector:
    """Return token counts, times `weights` if given, scaled to unit length."""
    weighted = {token: n * (weights[token] if weights else 1.0) for token, n in counts.items()}
    length = math.sqrt(sum(value * value for value in weighted.values()))
    return {token: value / length for token, value in weighted.items()} if length else {}


def rarity(frequency: Mapping[str, int], total: int) -> dict[str, float]:
    """Weigh each token by how few of `total` names contain it (inverse document frequency)."""
    return {token: math.log(1 + total / found) for token, found in frequency.items()}


def cosine(one: Vector, other: Vector) -> float:
    """Return the cosine of two unit vectors."""
    if len(other) < len(one):
        one, other = other, one
    return sum(weight * other[token] for token, weight in one.items() if token in other)


def alike(names: Mapping[str, Mapping[str, int]], *, threshold: float) -> Iterator[tuple[str, str, float]]:
    """Yield each pair of ids over `threshold` once with its cosine, without comparing every pair."""
    vectors, frequency = {key: vector(own) for key, own in names.items()}, document_frequency(names)
    sharing: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=MOST_COMPARED))
    for one in sorted(names, key=lambda key: (sorted(names[key]), key)):
        near = set[str]()
        for token in _telling(vectors[one], frequency, threshold):
            near.update(sharing[token])
            sharing[token].append(one)
        for other in near:
            if (similarity := cosine(vectors[one], vectors[other])) > threshold:
                yield one, other, similarity


def _telling(own: Vector, frequency: Mapping[str, int], threshold: float) -> Iterator[str]:
    """Yield the rarest tokens of a name, as far as the others are enough for a pair over the threshold."""
    shared = sorted((token for token in own if frequency[token] > 1), key=lambda one: (frequency[one], one))
    left = sum(own[token] ** 2 for token in shared)
    for token in shared:
        if left <= threshold**2 - ROUNDING:
            return
        yield token
        left -= own[token] ** 2
