from pathlib import Path

import pytest

from understudy.coverage import ServiceCoverage, coverage_of
from understudy.coverage.command import print_coverage
from understudy.coverage.table import BEGIN, END, TERMINAL_COLUMNS, banner, markdown, with_coverage
from understudy.wire.service import Params, Service

README = Path(__file__).parents[2] / "README.md"


async def nothing(_params: Params) -> Params:
    """Answer with nothing."""
    return {}


def coverage(*answered: str, unanswered: tuple[str, ...] = ()) -> ServiceCoverage:
    """Return the coverage of a made-up service."""
    return ServiceCoverage(
        name="post", title="Amazon Post", answered=tuple(sorted(answered)), unanswered=unanswered
    )


def test_operations_are_those_of_the_installed_botocore() -> None:
    """Whatever no handler answers is known by name."""
    [found] = coverage_of([Service("personalize-runtime", {"GetRecommendations": nothing})])
    assert found.title == "Amazon Personalize Runtime"
    assert found.answered == ("GetRecommendations",)
    assert "GetPersonalizedRanking" in found.unanswered
    assert found.total == len(found.unanswered) + 1


def test_services_are_in_the_order_of_their_titles() -> None:
    """Whatever order they are composed in."""
    services = [Service("personalize", {}), Service("bedrock", {}), Service("comprehend", {})]
    titles = [each.title for each in coverage_of(services)]
    assert titles == ["Amazon Bedrock", "Amazon Comprehend", "Amazon Personalize"]


def test_the_table_names_what_is_answered_and_folds_up_what_is_not() -> None:
    """Both are complete."""
    table = markdown([coverage("SendParcel", "ListParcels", unanswered=("SendLetter",))])
    assert "| Amazon Post (`post`) | 2 of 3 | `ListParcels`, `SendParcel` |" in table
    assert "<summary>Amazon Post: the other 1</summary>\n\n`SendLetter`.\n\n</details>" in table


def test_a_service_that_is_answered_completely_has_nothing_folded_up() -> None:
    """There is no empty list."""
    assert "<details>" not in markdown([coverage("SendParcel")])


def test_only_what_is_between_the_marks_is_replaced() -> None:
    """A document keeps the rest, and writing it twice changes nothing."""
    document = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    written = with_coverage(document, "new\n")
    assert written == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
    assert with_coverage(written, "new\n") == written


@pytest.mark.parametrize("document", ["", BEGIN, END, f"{END}{BEGIN}"])
def test_a_document_without_marks_is_refused(document: str) -> None:
    """It is not overwritten."""
    with pytest.raises(ValueError, match="missing"):
        with_coverage(document, "new\n")


def test_the_readme_has_the_present_coverage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """After a handler is added, `make coverage-table` writes it."""
    copy = tmp_path / "README.md"
    copy.write_text(README.read_text("utf-8"), "utf-8")
    print_coverage(copy)
    assert copy.read_text("utf-8") == README.read_text("utf-8"), "run `make coverage-table`"
    print_coverage(None)
    assert capsys.readouterr().out in copy.read_text("utf-8")


def test_the_banner_fits_into_a_terminal() -> None:
    """However many operations there are: what they are about is named once."""
    names = [f"{verb}{noun}Parcel" for verb in ("Send", "Describe", "List") for noun in "ABCDEFGHIJKLMNOP"]
    lines = banner([coverage(*names)], version="1.2.3", url="http://127.0.0.1:4570").splitlines()
    assert max(map(len, lines)) <= TERMINAL_COLUMNS
    assert lines[0] == "understudy 1.2.3   http://127.0.0.1:4570"
    assert "48 of 48" in lines[2]


def test_the_banner_sums_operations_up() -> None:
    """A plural is no second thing, an abbreviation stays in one piece, a single word stands for itself."""
    text = banner(
        [coverage("Converse", "DescribeFilter", "ListFilters", "BatchDetectMood", "ListAWSQuotas")],
        version="1",
        url="",
    )
    assert "converse, filter, mood" in text
    assert "aws quotas" in text
