from understudy.coverage import ServiceCoverage, banner, coverage_of, markdown
from understudy.wire.service import Params, Service


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
    services = [Service("personalize", {}), Service("bedrock-runtime", {}), Service("comprehend", {})]
    titles = [each.title for each in coverage_of(services)]
    assert titles == ["Amazon Bedrock Runtime", "Amazon Comprehend", "Amazon Personalize"]


def test_the_table_names_what_is_answered() -> None:
    """With how much there is."""
    table = markdown([coverage("SendParcel", "ListParcels", unanswered=("SendLetter",))])
    assert "| Amazon Post (`post`) | 2 of 3 | `ListParcels`, `SendParcel` |\n" in table


def test_the_banner_fits_into_a_terminal() -> None:
    """A line for each service."""
    lines = banner([coverage("SendParcel")], version="1.2.3", url="http://127.0.0.1:4570").splitlines()
    assert lines[0] == "understudy 1.2.3   http://127.0.0.1:4570"
    assert lines[2] == "  post    1 of 1"
    assert max(map(len, lines)) <= 80
