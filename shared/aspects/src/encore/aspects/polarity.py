"""The polarity of a term in its sentence: features of the opinions around it, and their weights."""

from collections.abc import Sequence
from math import exp, tanh

from encore.aspects.opinions import Opinion, negates

NEAR, FAR = 3.0, 9.0
ELSEWHERE = 0.35
_TOLL = {"but": 8.0, "however": 8.0, "although": 6.0, "though": 6.0, "while": 6.0, "yet": 6.0, "except": 4.0, ";": 6.0, ":": 2.0,
  "(": 3.0, ")": 3.0, ",": 1.5, "and": 1.0, "which": 1.5, "who": 1.5, "because": 2.0, "since": 2.0, "so": 1.0, "when": 2.0, "until":2.0, "-": 3.0, "–":3.0, "—":3.0,
  "the": 1.0, "our": 1.0, "my": 1.0, "their": 1.0, "unlike": 6.0, "than": 4.0, "with":0.5}
_FUNCTION = frozenset(
    "a an the this that these those my our your his her its their i you he she it we they me him us them one "
    "and or but nor so yet if when while because since although though as than like unlike until unless whether "
    "of to in on at by for with from about into over after before between under up down out off near through during without within "
    "is are was were be been being am has have had having do does did will would can could should may might must shall "
    "not no never very really too also just only even still already again always all both each every some any most more much many few "
    "here there where what who which how why , ; : ( ) . ! ? 's 're 've 'd 'll 'm it's i'm that's".split())
_NARRATIVE = frozenset("ordered order bought buy purchased got had have asked ask used use using installed install plugged plug put "
 "added replaced connected shared share sat sit tried ate drank started chose choose picked comes came includes has includes need needs want wanted wants choose went go read told said says called seated started".split())
_LACK = frozenset("lack lacks lacking lacked missing without no not isn't ain't wasn't aren't weren't".split())
_QUESTION = frozenset("if whether anybody anyone ? does".split())
_DETERMINERS = frozenset("the a an my our your his her its their".split())

def places(words, begin, end):
    total, found = 0.0, []
    for w in words[begin:end]:
        total += 1 + _TOLL.get(w, 0.0)
        found.append(total)
    return found

def features(words, begin, end, tb, te, opinions):
    place = places(words, begin, end)
    at = lambda i: place[i - begin]
    near = far = whole = attached = inside = predicate = 0.0
    hi = lo = 0.0
    after_seen = False
    for o in opinions:
        if o.begin < te and o.end > tb:
            inside += o.value; continue
        if o.end <= tb:
            d = at(tb) - at(o.end - 1)
        else:
            d = at(o.begin) - at(te - 1)
        weight = 1.0
        j = o.end
        if not (o.begin >= te and False):
            while j < end and words[j] not in _FUNCTION and words[j].isalpha() and j < tb if o.end <= tb else (j < end and words[j] not in _FUNCTION and words[j].isalpha()):
                j += 1
        if o.end <= tb and j >= tb:
            attached += o.value
            d = 1.0
        elif j > o.end:
            weight = ELSEWHERE
        v = o.value * weight
        whole += o.value
        n = v * exp(-(d-1) / NEAR)
        near += n; far += v * exp(-(d-1) / FAR)
        hi = max(hi, n); lo = min(lo, n)
        if o.begin >= te and not after_seen:
            after_seen = True
            if d < 8: predicate = v
    before = words[max(begin, tb - 4):tb]
    clause_before = words[begin:tb]
    lack = float(any(w in _LACK or negates(w) for w in before[-3:]) and not attached)
    question = float(words[end] == "?" if end < len(words) else False) or float(any(w in _QUESTION for w in words[begin:end]))
    narrative = float(any(w in _NARRATIVE for w in clause_before[-6:]))
    subject = float(tb < end and te < end and (tb == begin or words[tb-1] in _DETERMINERS or words[tb-1] in (",","and","but")) and te < end and words[te] not in {",", "and", ".", "of", "in", "for", "with", "on"})
    sat = lambda x: tanh(x / 1.5)
    return [sat(near), sat(far), sat(whole/1.5), sat(attached), sat(predicate), sat(inside),
      abs(sat(near)), abs(sat(far)), abs(sat(whole/1.5)), float(not opinions), sat(hi), sat(lo), lack, question, narrative, subject, lack*(1-abs(sat(near))), narrative*(1-abs(sat(near))), min(end-begin,40)/40, float(tb==begin and te==end)]
NAMES = "near far whole attached predicate inside |near| |far| |whole| none hi lo lack question narrative subject lack0 narr0 length alone".split()
