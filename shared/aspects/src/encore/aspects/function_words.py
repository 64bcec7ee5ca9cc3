"""Words that carry grammar rather than meaning, by what they do around a term."""

NEGATIONS = frozenset(
    "not no never nothing nobody none neither nor without cannot cant dont doesnt didnt wont wasnt isnt arent "
    "couldnt wouldnt shouldnt hardly barely less zero n't".split()
)
LACKS = NEGATIONS | frozenset("lack lacks lacking lacked missing".split())
CLAUSE_ENDS = frozenset(", ; : ( ) but however although though while because".split())

DETERMINERS = frozenset("the a an my our your his her its their".split())
QUESTIONS = frozenset("if whether anybody anyone does".split())
NARRATIVE = frozenset(
    "added asked ask ate bought buy called chose choose comes connected came drank get go got had has have "
    "includes install installed need needs order ordered picked plug plugged purchased put read replaced said "
    "sat seated share shared started told tried use used using want wanted wants went".split()
)
"""Verbs of sentences that tell what somebody did, rather than what they think."""

TOLLS = {
    **dict.fromkeys(("but", "however"), 8),
    **dict.fromkeys(("although", "though", "while", "yet", "unlike", ";"), 6),
    **dict.fromkeys(("except", "than"), 4),
    **dict.fromkeys(("(", ")", "-", "–", "—"), 3),  # noqa: RUF001 - the dashes that people type
    **dict.fromkeys((":", "because", "since", "when", "until", "which", "who", ","), 2),
    **dict.fromkeys(("and", "so", "the", "our", "my", "their"), 1),
}
"""How many words each of these counts for, beyond one, in the distance between an opinion and a term."""

FUNCTION_WORDS = frozenset(
    "a an the this that these those my our your his her its their i you he she it we they me him us them one "
    "and or but nor so yet if when while because since although though as than like unlike until unless whether "
    "of to in on at by for with from about into over after before between under up down out off near through "
    "during without within is are was were be been being am has have had having do does did will would can could "
    "should may might must shall not no never very really too also just only even still already again always all "
    "both each every some any most more much many few here there where what who which how why it's i'm that's".split()
)
"""Words that are no part of a noun: an opinion word before any other word describes that word."""
