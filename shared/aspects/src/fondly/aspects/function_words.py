"""Words that carry grammar rather than meaning: `data/function_words.toml` says what each list is for."""

import tomllib
from importlib.resources import files

_LISTS = tomllib.loads((files("fondly.aspects") / "data" / "function_words.toml").read_text(encoding="utf-8"))

NEGATIONS = frozenset(_LISTS["negations"])
LACKS = NEGATIONS | frozenset(_LISTS["lacks"])
CLAUSE_ENDS = frozenset(_LISTS["clause_ends"])
STRONG, SLIGHT = frozenset(_LISTS["strong"]), frozenset(_LISTS["slight"])
UNREAL, MODALS = frozenset(_LISTS["unreal"]), frozenset(_LISTS["modals"])
CONDITIONS, QUESTIONS = frozenset(_LISTS["conditions"]), frozenset(_LISTS["questions"])
DETERMINERS = frozenset(_LISTS["determiners"])
NARRATIVE = frozenset(_LISTS["narrative"])
FUNCTION_WORDS = frozenset(_LISTS["function_words"])
TOLLS: dict[str, int] = _LISTS["tolls"]
