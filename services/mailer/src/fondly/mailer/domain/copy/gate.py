"""The gate: copy passes only if nothing in it needs a proof that the facts do not give.

A word passes if it is on the published list of neutral words, in the words that the catalogue has for the
product, or true of its kind. Everything else is refused by name, so that the writer can mend it. Figures are
slots with frames; what is said of the customer and of others needs a reason or an opinion that is known.
What still passes are true words joined falsely, and what a seller claims wrongly.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain, pairwise

from fondly.mailer.domain.copy.characters import odd_characters
from fondly.mailer.domain.copy.problem import Problem
from fondly.mailer.domain.copy.statements import unproved_statements
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.facts.product import REDUCED, ProductFacts
from fondly.mailer.domain.facts.vouched import Vouched, vouched_by, words_of
from fondly.mailer.domain.slots import attribute, owner, slots_in
from fondly.mailer.domain.text import folded
from fondly.mailer.domain.words.claims import check_claims
from fondly.mailer.domain.words.compounds import MIN_NAMED_CHARS
from fondly.mailer.domain.words.lists import WordLists
from fondly.mailer.domain.words.phrases import Phrases, positions
from fondly.mailer.domain.words.tokens import BREAK, Sentence, is_slot, sentences

LINE = "lines."
OWN = "own"
"""The customer's own product, which an intro may name too."""
FEATURE = "{f"
"""How the slots of features begin."""
HEADLINES = frozenset({"subject", "preheader"})
GREETING = "greeting"
AMOUNTS = frozenset({"{price}", "{was_price}", "{saving}", "{discount}"})
RATINGS = frozenset({"{rating}", "{rating_count}", "{praised}"})
OTHERS = "other people"
"""The subject of idioms about others, who may speak where a slot says what they think."""
REDUCED_AMOUNT = "reduced_amount"
"""Known in a sentence with an amount of a product whose price is reduced."""
UNKNOWN = "neither a neutral word nor one that the catalogue has for it"
NUMBER, CURRENCY = "number word outside a slot", "currency outside a slot"
SELLER, REDUCTION = "a seller's word", "only beside a reduced price"
NEVER_EXCUSED = frozenset({NUMBER, CURRENCY})
NOTHING = Phrases.of(())
EXCUSED_BY_CATALOGUE = frozenset(
    {
        UNKNOWN,
        "only within a known phrase",
        "only beside a rating",
        "only beside an amount",
    }
)
"""Rules of words that may stand beside a word which the catalogue has beside them, as in "any router"."""

Found = tuple[str, str]
"""A rule, and what breaks it."""


def judge(field: str, text: str, facts: EmailFacts) -> list[Problem]:
    """Return what makes the text of a field untrue or unproved; nothing if it passes.

    `field` is `subject`, `preheader`, `greeting`, `intro`, `closing` or `lines.<n>`, and `text` has slots for
    the facts. Raises `LookupError` for a language without word lists.
    """
    return Gate(facts).judge(field, text)


class Gate:
    """Judges any number of texts by the same facts."""

    def __init__(self, facts: EmailFacts) -> None:
        self._facts = facts
        self._lists = WordLists.load(facts.language)
        self._scopes: dict[tuple[str, tuple[int, ...]], _Scope] = {}

    def judge(self, field: str, text: str) -> list[Problem]:
        """Return what makes a text untrue or unproved, as `judge` does."""
        facts, lists, plain = self._facts, self._lists, folded_text(text)
        if odd := odd_characters(text, lists) or (plain is not text and odd_characters(plain, lists)):
            return [Problem(field, *odd)]
        if slots := list(_slot_problems(field, text, facts)):
            return [Problem(field, *each) for each in slots]
        if not any(map(str.isalpha, text)):
            return [Problem(field, "must say something")]
        if field == GREETING:
            return [Problem(field, *each) for each in _greeting(plain, facts, lists)]
        scope = self._scope(field, text)
        judged = (_sentence(sentence, scope) for sentence in sentences(plain))
        found = chain(_of_several(plain, scope), *judged)
        return [Problem(field, *each) for each in dict.fromkeys(found)]

    def _scope(self, field: str, text: str) -> "_Scope":
        """Return what a field may say; texts of one field about the same products share it."""
        products = _about(field, text, self._facts)
        key = field, tuple(product.number for product in products)
        if key not in self._scopes:
            self._scopes[key] = _scope(field, products, self._facts, self._lists)
        return self._scopes[key]


def folded_text(text: str) -> str:
    """Return copy as the rules read it."""
    return folded(text) if not text.isascii() else text


@dataclass(frozen=True)
class _Scope:
    """What a field may say."""

    lists: WordLists
    vouched: tuple[Vouched, ...]
    """What vouches for words: the products that the field may speak of, and what is known of the customer."""
    reduced: bool
    """Whether the price of a product that the field is about is reduced."""
    known: frozenset[str]
    """What is known that claims can rest on."""
    scenes: frozenset[str]
    """What moments are about, for a field that is not about one product."""
    about_one: bool
    """Whether the field is about one product."""
    of_several: Phrases
    """What a text must not say because the email has one product; nothing where it has several."""
    never: frozenset[str]
    """Words that this field must not have, whoever vouches for them."""


def _scope(field: str, products: Sequence[ProductFacts], facts: EmailFacts, lists: WordLists) -> _Scope:
    own = words_of((facts.brand, *facts.own_words), lists)
    return _Scope(
        lists=lists,
        vouched=(*(vouched_by(each.entry, lists) for each in products), own),
        reduced=any(not REDUCED.isdisjoint(each.values) for each in products),
        known=facts.known | frozenset().union(*(each.known for each in products)),
        scenes=frozenset() if field.startswith(LINE) else lists.scenes,
        about_one=len(products) == 1,
        of_several=lists.several if facts.has_one_product and not field.startswith(LINE) else NOTHING,
        never=lists.headline_never if field in HEADLINES else frozenset(),
    )


def _about(field: str, text: str, facts: EmailFacts) -> Sequence[ProductFacts]:
    """Return the products that a field may speak of: its own, those of its slots, or all."""
    if field.startswith(LINE):
        product = facts.product(field.removeprefix(LINE))
        return [product] if product else []
    if field in HEADLINES:
        numbers = {owner(slot) for slot in slots_in(text)}
        return [each for each in facts.products if str(each.number) in numbers] or facts.products
    return facts.products


def _slot_problems(field: str, text: str, facts: EmailFacts) -> Iterator[Found]:
    slots = slots_in(text)
    yield from (("unknown slot", slot) for slot in slots if slot not in facts.slots)
    owners = {owner(slot) for slot in slots}
    numbers = owners - {"customer", "liked", "praised", "disliked", "blamed"}
    if field.startswith(LINE):
        yield from (
            (f"only slots of product {field.removeprefix(LINE)} belong here", each)
            for each in sorted(owners - {field.removeprefix(LINE), "customer"})
        )
    elif field in HEADLINES:
        if len(numbers) > 1:
            yield "slots of more than one product", ", ".join(sorted(numbers))
    elif any(attribute(slot) != OWN for slot in slots if owner(slot) in numbers):
        yield "slots of products do not belong here", ", ".join(sorted(numbers))


def _greeting(text: str, facts: EmailFacts, lists: WordLists) -> Iterator[Found]:
    allowed = lists.greeting | words_of((facts.brand,), lists).words
    words = (
        token for each in sentences(text) for token in each.tokens if token != BREAK and not is_slot(token)
    )
    yield from (("not a word of greetings", word) for word in words if word not in allowed)


def _of_several(plain: str, scope: _Scope) -> Iterator[Found]:
    for sentence in sentences(plain):
        for start, end, _ in scope.of_several.found(sentence.tokens).get("several", ()):
            yield "the email has one product", " ".join(sentence.tokens[start:end])


def _sentence(sentence: Sentence, scope: _Scope) -> Iterator[Found]:
    lists, tokens = scope.lists, sentence.tokens
    yield from lists.frames.broken(tokens)
    phrases = lists.phrases.found(tokens)
    for start, end, _ in phrases.get("proved", ()):
        near = tokens[max(0, start - 1) : start] + tokens[end : end + 2]
        if not _has_pair(tokens[start:end], scope) and not any(token.startswith(FEATURE) for token in near):
            yield "the catalogue does not say so", " ".join(tokens[start:end])
    if scope.about_one:
        yield from unproved_statements(tokens, lists, partial(_is_proved, scope=scope))
    if not AMOUNTS.isdisjoint(sentence.slots) and (sweeping := lists.sweeping.intersection(tokens)):
        yield "an amount is that of one product", min(sweeping)
    of_others = not sentence.slots.isdisjoint(RATINGS)
    for start, end, subject in phrases.get("idiom", ()):
        if not (of_others and subject == OTHERS):
            yield f"a phrase that claims {subject}", " ".join(tokens[start:end])
    harmless = positions(phrases.get("harmless", ()))
    covered, claim = check_claims(
        phrases.get("claim", ()),
        tokens,
        lists.claim_needs,
        _known(sentence, scope),
        harmless=harmless,
        negations=lists.negations,
    )
    if claim:
        yield f"nothing known supports a claim about {claim[0]}", claim[1]
    covered |= harmless
    for at in (at for at, token in enumerate(tokens) if _is_doubtful(token, scope)):
        if at not in covered and (rule := _broken_by(at, sentence, scope)):
            yield rule, tokens[at]


def _known(sentence: Sentence, scope: _Scope) -> frozenset[str]:
    known = scope.known | sentence.slots
    return known | {REDUCED_AMOUNT} if scope.reduced and not AMOUNTS.isdisjoint(sentence.slots) else known


def _is_doubtful(token: str, scope: _Scope) -> bool:
    if token in scope.never:
        return True
    if token == BREAK or is_slot(token) or token in scope.lists.neutral or token in scope.scenes:
        return False
    return token in _rules(scope.lists) or not _is_vouched(token, scope)


@cache
def _rules(lists: WordLists) -> dict[str, str]:
    """Return the rule of each word that has one, even where the catalogue has the word."""
    rules = (
        (lists.seller, SELLER),
        (lists.restricted, "only within a known phrase"),
        (lists.audience | lists.rating, "only beside a rating"),
        (lists.price, "only beside an amount"),
        (lists.reduction_claims, REDUCTION),
        (lists.currencies, CURRENCY),
        (lists.numbers, NUMBER),
    )
    return {word: rule for words, rule in rules for word in words}


def _is_vouched(word: str, scope: _Scope) -> bool:
    stem = scope.lists.endings.stem(word)
    if stem in scope.lists.neutral_stems or any(stem in each.stems for each in scope.vouched):
        return True
    if word.endswith("'s"):
        return _is_known(word.removesuffix("'s"), scope)
    if "-" in word:
        parts = word.split("-")
        return (
            any("".join(parts) in each.words for each in scope.vouched)
            or all(_has_pair(pair, scope) for pair in pairwise(parts))
            or all(_is_known(each, scope) for each in parts)
        )
    return _is_compound(word, scope)


def _is_compound(word: str, scope: _Scope) -> bool:
    """Whether a word is part of a compound of the catalogue, or is made of two words that may be said."""
    compounds = scope.lists.compounds
    if not compounds.links:
        return False
    return _is_part(word, scope) or any(
        (head in compounds.heads or _is_proved(head, scope)) and _is_simple(start, scope)
        for start, head in compounds.splits(word)
    )


def _is_part(word: str, scope: _Scope) -> bool:
    return any(word in each.parts for each in scope.vouched)


def _is_simple(word: str, scope: _Scope) -> bool:
    """Whether a part of a compound is a known word; the stems of short ones are those of too many others."""
    lists = scope.lists
    if word in _rules(lists):
        return False
    stem = lists.endings.stem(word)
    known = len(stem) >= MIN_NAMED_CHARS and stem in lists.neutral_stems
    return known or word in lists.neutral or _is_proved(word, scope)


def _is_proved(word: str, scope: _Scope) -> bool:
    stem = scope.lists.endings.stem(word)
    return any(stem in each.stems for each in scope.vouched) or _is_part(word, scope)


def _has_pair(pair: tuple[str, ...], scope: _Scope) -> bool:
    return any(pair in each.pairs for each in scope.vouched)


def _is_known(word: str, scope: _Scope) -> bool:
    if word in scope.lists.neutral:
        return True
    return bool(word) and word not in _rules(scope.lists) and _is_vouched(word, scope)


def _broken_by(at: int, sentence: Sentence, scope: _Scope) -> str | None:
    """Return the rule that a doubtful word breaks, None if what is around it makes it true."""
    word = sentence.tokens[at]
    pairs = pairwise(sentence.tokens[max(0, at - 1) : at + 2])
    if word in scope.never and not any(_has_pair(pair, scope) for pair in pairs):
        return "not a word for a subject or a preheader"
    rule = _rules(scope.lists).get(word, UNKNOWN)
    return None if rule not in NEVER_EXCUSED and _is_excused(at, rule, sentence, scope) else rule


def _is_excused(at: int, rule: str, sentence: Sentence, scope: _Scope) -> bool:
    """Whether the words around a doubtful one make it true."""
    tokens, lists = sentence.tokens, scope.lists
    word = tokens[at]
    if word in lists.before_neutral and _says_nothing(at, tokens, scope):
        return True
    if _beside_figure(word, sentence, scope):
        return True
    pairs = pairwise(tokens[max(0, at - 1) : at + 2])
    if word in lists.rating and _is_proved(word, scope):
        return True
    if rule in EXCUSED_BY_CATALOGUE and any(_has_pair(pair, scope) for pair in pairs):
        return True
    return word in lists.physical and _of_something_else(at, tokens, scope)


def _says_nothing(at: int, tokens: Sequence[str], scope: _Scope) -> bool:
    following = tokens[at + 1] if at + 1 < len(tokens) else BREAK
    return following in scope.lists.neutral or following in scope.lists.scenes


def _beside_figure(word: str, sentence: Sentence, scope: _Scope) -> bool:
    """Whether a word belongs to a figure of its sentence."""
    lists, slots = scope.lists, sentence.slots
    if not slots.isdisjoint(RATINGS) and (word in lists.rating or word in lists.audience_sentence):
        return True
    if slots.isdisjoint(AMOUNTS):
        return False
    return word in lists.price or word in lists.amount_sentence or (scope.reduced and word in lists.reduction)


def _of_something_else(at: int, tokens: Sequence[str], scope: _Scope) -> bool:
    """Whether a quality is said of a moment, or of a thing that is not the product's: "rough ground"."""
    lists = scope.lists
    if not lists.moments.isdisjoint({*tokens[max(0, at - 1) : at], *tokens[at + 1 : at + 3]}):
        return True
    following = tokens[at + 1] if at + 1 < len(tokens) else BREAK
    return following in lists.neutral and following not in lists.joining and not _is_proved(following, scope)
