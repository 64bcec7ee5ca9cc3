"""The gate: copy passes only if nothing in it needs a proof that the facts do not give.

A word passes if it is on the published list of neutral words, in the words that the catalogue has for the
product, or true of its kind. Everything else is refused by name, so that the writer can mend it. Figures are
slots with frames; what is said of the customer and of others needs a reason or an opinion that is known.
What still passes are true words joined falsely, and what a seller claims wrongly.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

from fondly.mailer.domain.copy.characters import odd_characters
from fondly.mailer.domain.copy.fields import GREETING, HEADLINES, LINES, Problem
from fondly.mailer.domain.copy.scope import CURRENCY, NUMBER, Scope, rules
from fondly.mailer.domain.copy.statements import unproved_statements
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.facts.product import ProductFacts
from fondly.mailer.domain.facts.vouched import words_of
from fondly.mailer.domain.slots import attribute, owner, slots_in
from fondly.mailer.domain.text import folded
from fondly.mailer.domain.words.claims import check_claims
from fondly.mailer.domain.words.lists import WordLists
from fondly.mailer.domain.words.phrases import positions
from fondly.mailer.domain.words.tokens import BREAK, Sentence, is_slot, sentences

OWN = "own"
"""The customer's own product, which an intro may name too."""
FEATURE = "{f"
"""How the slots of features begin."""
AMOUNTS = frozenset({"{price}", "{was_price}", "{saving}", "{discount}"})
RATINGS = frozenset({"{rating}", "{rating_count}", "{praised}"})
OTHERS = "other people"
"""The subject of idioms about others, who may speak where a slot says what they think."""
REDUCED_AMOUNT = "reduced_amount"
"""Known in a sentence with an amount of a product whose price is reduced."""
UNKNOWN = "neither a neutral word nor one that the catalogue has for it"
NEVER_EXCUSED = frozenset({NUMBER, CURRENCY})
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


class Gate:
    """Judges any number of texts by the same facts; `LookupError` for a language without word lists."""

    def __init__(self, facts: EmailFacts) -> None:
        self._facts = facts
        self._lists = WordLists.load(facts.language)
        self._scopes: dict[tuple[str, tuple[int, ...]], Scope] = {}

    def judge(self, field: str, text: str) -> list[Problem]:
        """Return what makes a text of a field, such as `intro` or `lines.2`, untrue; nothing if it passes."""
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

    def _scope(self, field: str, text: str) -> Scope:
        """Return what a field may say; texts of one field about the same products share it."""
        products = _about(field, text, self._facts)
        key = field, tuple(product.number for product in products)
        if key not in self._scopes:
            self._scopes[key] = Scope.of(field, products, self._facts, self._lists)
        return self._scopes[key]


def folded_text(text: str) -> str:
    """Return copy as the rules read it."""
    return folded(text) if not text.isascii() else text


def _about(field: str, text: str, facts: EmailFacts) -> Sequence[ProductFacts]:
    """Return the products that a field may speak of: its own, those of its slots, or all."""
    if field.startswith(LINES):
        product = facts.product(field.removeprefix(LINES))
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
    if field.startswith(LINES):
        yield from (
            (f"only slots of product {field.removeprefix(LINES)} belong here", each)
            for each in sorted(owners - {field.removeprefix(LINES), "customer"})
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


def _of_several(plain: str, scope: Scope) -> Iterator[Found]:
    for sentence in sentences(plain):
        for start, end, _ in scope.of_several.found(sentence.tokens).get("several", ()):
            yield "the email has one product", " ".join(sentence.tokens[start:end])


def _sentence(sentence: Sentence, scope: Scope) -> Iterator[Found]:
    lists, tokens = scope.lists, sentence.tokens
    yield from lists.frames.broken(tokens)
    phrases = lists.phrases.found(tokens)
    for start, end, _ in phrases.get("proved", ()):
        near = tokens[max(0, start - 1) : start] + tokens[end : end + 2]
        if not scope.has_pair(tokens[start:end]) and not any(token.startswith(FEATURE) for token in near):
            yield "the catalogue does not say so", " ".join(tokens[start:end])
    if scope.about_one:
        yield from unproved_statements(tokens, lists, scope.proves)
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
    for at in (at for at, token in enumerate(tokens) if scope.doubts(token)):
        if at not in covered and (rule := _broken_by(at, sentence, scope)):
            yield rule, tokens[at]


def _known(sentence: Sentence, scope: Scope) -> frozenset[str]:
    known = scope.known | sentence.slots
    return known | {REDUCED_AMOUNT} if scope.reduced and not AMOUNTS.isdisjoint(sentence.slots) else known


def _broken_by(at: int, sentence: Sentence, scope: Scope) -> str | None:
    """Return the rule that a doubtful word breaks, None if what is around it makes it true."""
    word = sentence.tokens[at]
    pairs = pairwise(sentence.tokens[max(0, at - 1) : at + 2])
    if word in scope.never and not any(scope.has_pair(pair) for pair in pairs):
        return "not a word for a subject or a preheader"
    rule = rules(scope.lists).get(word, UNKNOWN)
    return None if rule not in NEVER_EXCUSED and _is_excused(at, rule, sentence, scope) else rule


def _is_excused(at: int, rule: str, sentence: Sentence, scope: Scope) -> bool:
    """Whether the words around a doubtful one make it true."""
    tokens, lists = sentence.tokens, scope.lists
    word = tokens[at]
    if word in lists.before_neutral and _says_nothing(at, tokens, scope):
        return True
    if _beside_figure(word, sentence, scope):
        return True
    pairs = pairwise(tokens[max(0, at - 1) : at + 2])
    if word in lists.rating and scope.proves(word):
        return True
    if rule in EXCUSED_BY_CATALOGUE and any(scope.has_pair(pair) for pair in pairs):
        return True
    return word in lists.physical and _of_something_else(at, tokens, scope)


def _says_nothing(at: int, tokens: Sequence[str], scope: Scope) -> bool:
    following = tokens[at + 1] if at + 1 < len(tokens) else BREAK
    return following in scope.lists.neutral or following in scope.lists.scenes


def _beside_figure(word: str, sentence: Sentence, scope: Scope) -> bool:
    """Whether a word belongs to a figure of its sentence."""
    lists, slots = scope.lists, sentence.slots
    if not slots.isdisjoint(RATINGS) and (word in lists.rating or word in lists.audience_sentence):
        return True
    if slots.isdisjoint(AMOUNTS):
        return False
    return word in lists.price or word in lists.amount_sentence or (scope.reduced and word in lists.reduction)


def _of_something_else(at: int, tokens: Sequence[str], scope: Scope) -> bool:
    """Whether a quality is said of a moment, or of a thing that is not the product's: "rough ground"."""
    lists = scope.lists
    if not lists.moments.isdisjoint({*tokens[max(0, at - 1) : at], *tokens[at + 1 : at + 3]}):
        return True
    following = tokens[at + 1] if at + 1 < len(tokens) else BREAK
    return following in lists.neutral and following not in lists.joining and not scope.proves(following)
