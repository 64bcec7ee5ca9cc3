"""How many lies code and judge catch and how many honest texts they refuse, by kind, field and suite."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from fondly.evaluation.copy.fields import GROUPS, group
from fondly.evaluation.copy.judges import Judge
from fondly.evaluation.copy.judging import Verdict, judge_cases
from fondly.evaluation.copy.suite import Label, Suite
from fondly.evaluation.frozen import Frozen
from fondly.evaluation.sentiment.metrics import share


class Rate(Frozen):
    """How many of how many, the rate, and the bounds of its 95 % Wilson interval; all 0 of none."""

    count: int
    of: int
    rate: float
    low: float
    high: float


class Refusals(Frozen):
    """The rate of texts that are refused: by code alone, and by code and judge."""

    code: Rate
    both: Rate


class Rates(Frozen):
    """The rate of lies that are refused, and that of honest texts that are."""

    caught: Refusals
    refused: Refusals


class CopyReport(Frozen):
    """What is done with the texts of one or more suites; `lies` and `honest` are by kind."""

    caught: Refusals
    refused: Refusals
    lies: dict[str, Refusals]
    honest: dict[str, Refusals]
    fields: dict[str, Rates]
    suites: dict[str, Rates]
    cpu_us_per_copy: float
    """CPU microseconds of code for one text."""
    unmeasured: int
    """Texts of which the judge's verdict is not known."""
    bad_lines: tuple[str, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def missed(self) -> list[Verdict]:
        """The lies that pass."""
        return [each for each in self.verdicts if each.label is Label.LIE and not each.refused]

    @property
    def wronged(self) -> list[Verdict]:
        """The honest texts that are refused."""
        return [each for each in self.verdicts if each.label is Label.HONEST and each.refused]


def rate(found: Iterable[bool]) -> Rate:
    """Return the rate of what is true, with its Wilson score interval."""
    counted = share(found)
    return Rate(count=counted.right, of=counted.of, rate=counted.share, low=counted.low, high=counted.high)


def evaluate_suite(suite: Suite, judge: Judge) -> CopyReport:
    """Judge every text of a suite."""
    found = judge_cases(suite.cases, judge)
    verdicts = found.given
    total = _rates(verdicts)
    return CopyReport(
        caught=total.caught,
        refused=total.refused,
        lies=_by_kind(verdicts, Label.LIE),
        honest=_by_kind(verdicts, Label.HONEST),
        fields={name: _rates(each) for name, each in _by(verdicts, _field, GROUPS).items()},
        suites={name: _rates(each) for name, each in _by(verdicts, _suite).items()},
        cpu_us_per_copy=found.cpu_us,
        unmeasured=found.unmeasured,
        bad_lines=tuple(map(str, suite.bad)),
        verdicts=verdicts,
    )


def shortfalls(report: CopyReport, *, min_caught: float, max_refused: float) -> list[str]:
    """Return a line for each floor that the report does not reach; a suite without lies has no such floor."""
    caught, refused = report.caught.both, report.refused.both
    found = []
    if caught.of and caught.rate < min_caught:
        found.append(f"lies caught: {caught.rate:.4f}, expected at least {min_caught:g}")
    if refused.rate > max_refused:
        found.append(f"honest texts refused: {refused.rate:.4f}, expected at most {max_refused:g}")
    return found


def _rates(verdicts: Sequence[Verdict]) -> Rates:
    return Rates(
        caught=_refusals(each for each in verdicts if each.label is Label.LIE),
        refused=_refusals(each for each in verdicts if each.label is Label.HONEST),
    )


def _refusals(verdicts: Iterable[Verdict]) -> Refusals:
    given = list(verdicts)
    return Refusals(
        code=rate(each.refused_by_code for each in given), both=rate(each.refused for each in given)
    )


def _by_kind(verdicts: Sequence[Verdict], label: Label) -> dict[str, Refusals]:
    chosen = [each for each in verdicts if each.label is label]
    grouped = _by(chosen, lambda each: each.kind)
    return {kind: _refusals(grouped[kind]) for kind in sorted(grouped)}


def _by(
    verdicts: Sequence[Verdict], key: Callable[[Verdict], str], order: Sequence[str] = ()
) -> Mapping[str, list[Verdict]]:
    found: dict[str, list[Verdict]] = {name: [] for name in order}
    for each in verdicts:
        found.setdefault(key(each), []).append(each)
    return {name: each for name, each in found.items() if each}


def _field(verdict: Verdict) -> str:
    return group(verdict.field)


def _suite(verdict: Verdict) -> str:
    return verdict.suite
