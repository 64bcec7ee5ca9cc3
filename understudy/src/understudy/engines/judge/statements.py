"""What a sentence says that its product does or has, and what others do.

Words that are harmless alone state a fact in these places: "plays music" after the product's name, "a timer"
after "has". There a source must have them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.engines.judge.phrases import BREAK, is_slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from understudy.engines.judge.evidence import Evidence
    from understudy.engines.judge.lexicon import Lexicon

NAME = "{name}"
_MAX_WORDS_BETWEEN, _MIN_WORD_CHARS = 4, 4
_MAX_WORDS_OF_REPORT = 3
"""So few words after "you wrote" mean that what they wrote stands before it."""
_DULL = ("joining", "light_verbs", "abstract", "modals", "being", "reviewers", "having_after", "saying_after")
"""Lists of words that report nothing by themselves."""


def unproved_statements(tokens: Sequence[str], evidence: Evidence) -> Iterator[tuple[int, str]]:
    """Yield the place and the fault of each statement that the sources do not prove."""
    lexicon = evidence.lexicon
    yield from _beginning(tokens, evidence)
    for at, token in enumerate(tokens):
        if _is_subject(token, tokens[:at], evidence):
            deed = _deed(at + 1, tokens, lexicon)
            if deed is not None and not evidence.proves(tokens[deed]):
                yield deed, "no source says that it does this"
        pair = f"{tokens[at - 1]} {token}" if at else token
        of_it = not at or tokens[at - 1] not in lexicon.words("scenes")
        has = (token in lexicon.words("having") and of_it) or pair in lexicon.pairs("having_pairs")
        if has or token in lexicon.words("possessives"):
            for thing in _things(at + 1, tokens, lexicon):
                states = has or tokens[thing] in lexicon.words("parts")
                if states and not evidence.states(tokens[thing]):
                    yield thing, "no source says that it has this"
        following = tokens[at + 1] if at + 1 < len(tokens) else BREAK
        speaks = "{praised}" in evidence.known and {token, following} <= lexicon.words("reviewers")
        if token in lexicon.words("people") and following in lexicon.words("plain_verbs") and not speaks:
            yield at, "nothing is known of others"


def _beginning(tokens: Sequence[str], evidence: Evidence) -> Iterator[tuple[int, str]]:
    """Yield what the beginning of a sentence says of the product, or of a part, that no source does."""
    lexicon = evidence.lexicon
    if _is_elliptic(tokens, lexicon) and tokens[0] not in lexicon.words("light_verbs"):
        light = tokens[0] in lexicon.words("deeds") | lexicon.words("says_of_it")
        words = [tokens[0], *(_clause(tokens, lexicon) if light else ())]
        if not any(map(evidence.proves, words)):
            yield 0, "no source says so of it"
    head = _head(tokens, lexicon)
    if head is not None and not evidence.states(tokens[head]):
        yield head, "no source has this"


def misreported(tokens: Sequence[str], evidence: Evidence) -> Iterator[int]:
    """Yield where a sentence that reports what the customer wrote has something that they did not write."""
    lexicon, reports = evidence.lexicon, evidence.lexicon.pairs("reports")
    begun = next((at + 2 for at in range(len(tokens)) if " ".join(tokens[at : at + 2]) in reports), None)
    if begun is None:
        return
    dull = lexicon.words("reporting").union(*(lexicon.words(each) for each in _DULL))
    after = range(begun, len(tokens))
    for at in after if len(after) > _MAX_WORDS_OF_REPORT else range(begun - 2):
        word = tokens[at]
        if (
            word.isalpha()
            and len(word) >= _MIN_WORD_CHARS
            and word not in dull
            and not evidence.has_said(word)
        ):
            yield at


def _is_elliptic(tokens: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether a sentence says of the product, without naming it, what it does or is: "Keeps tea hot"."""
    first, second = tokens[0], tokens[1] if len(tokens) > 1 else BREAK
    if any(map(is_slot, tokens)):
        return False
    participle = lexicon.table["participle_ending"]
    ends = first.endswith(lexicon.table["verb_ending"]) and not first.endswith("ss")
    is_verb = ends and second in lexicon.words("after_verbs")
    if is_verb or first in lexicon.words("deeds"):
        return True
    if participle and first.endswith(participle) and first not in lexicon.words("light_participles"):
        return True
    return first in lexicon.words("says_of_it") and second not in lexicon.words("after_verbs")


def _head(tokens: Sequence[str], lexicon: Lexicon) -> int | None:
    """Return where the thing is of which a sentence begins to say something: "A whisk hangs"."""
    start = int(tokens[0] == "with")
    if start == len(tokens) or tokens[start] not in lexicon.words("articles"):
        return None
    stop = tokens.index(BREAK) if BREAK in tokens else len(tokens)
    ends = lexicon.words("joining") | lexicon.words("saying_after")
    end = next((at for at in range(start + 1, stop) if tokens[at] in ends), stop)
    says = start or not lexicon.words("saying_after").isdisjoint(tokens[end:stop])
    head = end - 1
    harmless = lexicon.words("scenes") | lexicon.words("abstract")
    return (
        head if says and start < head <= start + _MAX_WORDS_BETWEEN and tokens[head] not in harmless else None
    )


def _clause(tokens: Sequence[str], lexicon: Lexicon) -> Sequence[str]:
    """Return the words up to a break that are more than grammar."""
    end = tokens.index(BREAK) if BREAK in tokens else len(tokens)
    dull = lexicon.words("joining") | lexicon.words("having_after") | lexicon.words("light_verbs")
    return [each for each in tokens[:end] if each.isalpha() and each not in dull]


def _is_subject(token: str, before: Sequence[str], evidence: Evidence) -> bool:
    """Whether a token stands for the product or a part that does something; "keeps it" has it as object."""
    lexicon, last = evidence.lexicon, before[-1] if before else BREAK
    if token == NAME:
        return last not in lexicon.words("before_objects")
    if last in lexicon.words("articles"):
        begins = len(before) == 1 or before[-2] == BREAK
        return begins and token not in lexicon.words("scenes") and evidence.states(token)
    return token in lexicon.words("pronouns") and (last == BREAK or last in lexicon.words("joining"))


def _deed(start: int, tokens: Sequence[str], lexicon: Lexicon) -> int | None:
    """Return where the verb after a subject is, unless it may be said of anything."""
    places = [
        at
        for at in range(start, min(start + _MAX_WORDS_BETWEEN, len(tokens)))
        if tokens[at] not in lexicon.words("before_deeds")
    ]
    if places and tokens[places[0]] in lexicon.words("modals"):
        places = places[1:]
        if not places:
            return None
    elif not places or not tokens[places[0]].endswith(lexicon.table["verb_ending"]):
        return None
    word = tokens[places[0]]
    if word in lexicon.words("negations") or not word.isalpha():
        return None
    if word in lexicon.words("being"):
        return _participle(places[1:], tokens, lexicon)
    light = lexicon.words("light_verbs") | lexicon.words("joining")
    return None if {word, word + lexicon.table["verb_ending"]} & light else places[0]


def _participle(places: Sequence[int], tokens: Sequence[str], lexicon: Lexicon) -> int | None:
    """Return where it is said what is done with the product."""
    ending = lexicon.table["participle_ending"]
    if not places or not ending:
        return None
    word = tokens[places[0]]
    return places[0] if word.endswith(ending) and word not in lexicon.words("light_participles") else None


def _things(start: int, tokens: Sequence[str], lexicon: Lexicon) -> Iterator[int]:
    """Yield where the heads of the objects of a verb are: the last words before "and", a slot or a break."""
    phrase: list[int] = []
    for at in range(start, len(tokens) + 1):
        word = tokens[at] if at < len(tokens) else BREAK
        if word in lexicon.words("having_after"):
            continue
        if word == BREAK or is_slot(word) or word in lexicon.words("joining") | lexicon.words("saying_after"):
            if phrase and lexicon.words("abstract").isdisjoint(tokens[each] for each in phrase):
                yield phrase[-1]
            if word not in lexicon.words("coordinating"):
                return
            phrase = []
        else:
            phrase.append(at)
