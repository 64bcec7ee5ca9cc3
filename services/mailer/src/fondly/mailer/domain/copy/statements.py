"""What a line says that its product does or has, and what others do with it.

Words that are harmless alone state a fact in these places: "plays music" after the product's name, "a timer"
after "has". There the catalogue must have them.
"""

from collections.abc import Callable, Iterator, Sequence

from fondly.mailer.domain.words.lists import WordLists
from fondly.mailer.domain.words.tokens import BREAK, is_slot

NAME = "{name}"
OPINIONS = frozenset({"{rating}", "{rating_count}", "{praised}", "{own}"})
"""Slots that say what others think, or that a reason about others speaks of."""
MAX_WORDS_BETWEEN = 4
Proves = Callable[[str], bool]
"""Whether the catalogue has a word for the product."""


def unproved_statements(tokens: Sequence[str], lists: WordLists, proves: Proves) -> Iterator[tuple[str, str]]:
    """Yield (rule, words) for each statement of a sentence that the catalogue does not prove."""
    if OPINIONS.isdisjoint(tokens) and (group := _of_people(tokens, lists)):
        yield "nothing known supports a claim about others", group
    for at, token in enumerate(tokens):
        before, following = tokens[:at], tokens[at + 1 :]
        if _is_subject(token, before, lists):
            deed = _deed(following, lists)
            if deed and not proves(deed):
                yield "the catalogue does not say that it does this", deed
        if token in lists.having or (before and f"{before[-1]} {token}" in lists.having_pairs):
            things = (each for each in _things(following, lists) if not proves(each))
            yield from (("the catalogue does not say that it has this", each) for each in things)
        if token == NAME and _is_of_others(before, lists):
            yield "only the reader may be said to do this with it", " ".join(before[-2:])


def _is_subject(token: str, before: Sequence[str], lists: WordLists) -> bool:
    """Whether a token stands for the product that does something; "keeps it close" has it as the object."""
    last = before[-1] if before else BREAK
    if token == NAME:
        return last not in lists.before_objects
    return token in lists.pronouns and (last == BREAK or last in lists.joining)


def _deed(following: Sequence[str], lists: WordLists) -> str | None:
    """Return the verb after a subject, or what is done with it, unless that may be said of anything."""
    words = [each for each in following[:MAX_WORDS_BETWEEN] if each not in lists.before_deeds]
    is_base = bool(words) and words[0] in lists.modals
    word, *others = [*words[is_base:], BREAK]
    if word in lists.negations:
        return None
    if word in lists.being:
        return _participle(others, lists)
    if not (is_base or word.endswith(lists.verb_ending) or f"{word}{lists.verb_ending}" in lists.neutral):
        return None
    return word if word.isalpha() and word not in lists.light_verbs | lists.joining else None


def _participle(following: Sequence[str], lists: WordLists) -> str | None:
    """Return what is said to be done with the product after a form of "be"."""
    ending = lists.participle_ending
    word = following[0] if following else BREAK
    return word if ending and word.endswith(ending) and word not in lists.light_participles else None


def _things(following: Sequence[str], lists: WordLists) -> Iterator[str]:
    """Yield the heads of the objects of a verb: the last words before "and", a slot or a break."""
    phrase: list[str] = []
    for word in [*following, BREAK]:
        if word in lists.having_after:
            continue
        if word == BREAK or is_slot(word) or word in lists.joining:
            if phrase and lists.abstract.isdisjoint(phrase) and phrase[-1] in lists.neutral:
                yield phrase[-1]
            if word not in lists.coordinating:
                return
            phrase = []
        else:
            phrase.append(word)


def _of_people(tokens: Sequence[str], lists: WordLists) -> str | None:
    """Return the group of people of whom a sentence about the product says something."""
    for at, token in enumerate(tokens[:MAX_WORDS_BETWEEN]):
        following = tokens[at + 1] if at + 1 < len(tokens) else BREAK
        if token in lists.people and following in lists.plain_verbs:
            return f"{token} {following}"
    return None


def _is_of_others(before: Sequence[str], lists: WordLists) -> bool:
    if not before or before[-1] not in lists.people_verbs:
        return False
    subject = before[-2] if len(before) > 1 else BREAK
    return subject != BREAK and not is_slot(subject) and subject not in lists.reader
