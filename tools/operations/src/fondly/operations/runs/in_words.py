"""All that people are told of a run in plain words, the same in the console and in the gallery."""

from dataclasses import dataclass

from fondly.contracts.ingest_report import IngestReport
from fondly.operations.formatting import count
from fondly.operations.runs import facts, ingest_facts


@dataclass(frozen=True, slots=True)
class RunInWords:
    """Who gets mail and who not, what to know before it goes out, and how the file was read."""

    notices: list[str]
    groups: list[facts.CustomerGroup]
    in_short: list[str]
    rejects: list[ingest_facts.RejectLine]
    more_reasons: int
    lines: list[str]
    no_emails: str


def in_words(run: facts.RunFacts) -> RunInWords:
    """Return it; of a run that has stored no report, what its counts say."""
    ingest, groups = run.ingest or IngestReport(), facts.customer_groups(run)
    read = (ingest_facts.convention_lines, ingest_facts.left_out_lines, ingest_facts.ignored_lines)
    return RunInWords(
        notices=facts.notices(run),
        groups=groups,
        in_short=[
            *(f"{count(each.customers)} {each.label}" for each in groups),
            *ingest_facts.read_summary(ingest),
        ],
        rejects=ingest_facts.reject_lines(ingest),
        more_reasons=ingest_facts.more_reasons(ingest),
        lines=[*facts.quiet_lines(run), *(line for lines in read for line in lines(ingest))],
        no_emails=facts.why_no_emails(run),
    )
