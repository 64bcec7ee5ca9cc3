"""The page at `/` over HTTP."""

import base64
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import Message
from html import escape
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import boto3
import html5lib
import pytest
from bedrocks import ACCOUNT
from botocore.config import Config
from botocore.exceptions import ClientError
from comprehends import comprehend_service

from understudy import __version__
from understudy.testing import UnderstudyServer
from understudy.wire.service import Params, Service, ServiceError

HOSTILE = "<script>alert('x')</script>&\"quoted\""
ONCE = Config(retries={"total_max_attempts": 1}, parameter_validation=False)


async def list_groups(_params: Params) -> Params:
    """List 25 groups; the name of the newest is hostile."""
    begun = datetime.now(UTC) - timedelta(minutes=3)
    states = ("ACTIVE", "CREATE FAILED", "CREATE IN_PROGRESS")
    groups = [
        {
            "name": f"group{number}",
            "datasetGroupArn": f"arn:aws:personalize:::dataset-group/g{number}",
            "status": states[number % 3],
            "failureReason": HOSTILE if number % 3 == 1 else None,
            "creationDateTime": begun - timedelta(hours=number),
        }
        for number in range(25)
    ]
    groups[0]["name"] = HOSTILE
    return {"datasetGroups": groups}


async def describe_group(params: Params) -> Params:
    """Know no group, and quote the ARN."""
    raise ServiceError(
        "ResourceNotFoundException", f"Resource Arn {params['datasetGroupArn']} does not exist."
    )


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of a server with odd names, after a few calls."""
    personalize = Service(
        "personalize", {"ListDatasetGroups": list_groups, "DescribeDatasetGroup": describe_group}
    )
    with UnderstudyServer([personalize]) as server:
        client = boto3.client("personalize", endpoint_url=server.url, config=ONCE, **ACCOUNT)
        hostile = f"arn:aws:personalize:us-east-1:000000000000:{HOSTILE}"
        for arn in (hostile, "Jane Doe"):
            with pytest.raises(ClientError):
                client.describe_dataset_group(datasetGroupArn=arn)
        with pytest.raises(ClientError, match="UnknownOperationException"):
            client.list_solutions()
        yield server.url


def fetched(url: str, path: str = "/") -> tuple[str, Message]:
    """Return the text and the headers of a page."""
    with urlopen(url + path, timeout=10) as answer:  # noqa: S310 - our own loopback address
        return answer.read().decode(), answer.headers


def test_the_page_is_valid_html(url: str) -> None:
    """A strict parser has nothing to say."""
    text, headers = fetched(url)
    html5lib.HTMLParser(strict=True).parse(text)
    assert headers["Content-Type"] == "text/html; charset=utf-8"


def test_whatever_a_client_sends_is_escaped(url: str) -> None:
    """Names, reasons and messages cannot become markup."""
    text, _ = fetched(url)
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 3
    assert escape("alert('x')", quote=True) in text.replace("&#39;", "&#x27;")


@pytest.mark.parametrize("host", ["localhost:4570", "understudy", "understudy.dev.internal"])
def test_the_page_is_shown_under_a_machines_own_name(url: str, host: str) -> None:
    """This machine's, a container's, one of a private network."""
    with urlopen(Request(url, headers={"Host": host}), timeout=10) as answer:  # noqa: S310 - as above
        assert answer.status == 200


@pytest.mark.parametrize("host", ["rebound.example", "127.0.0.1.example:4570", "localhost.example"])
def test_the_page_is_shown_under_no_other_name(url: str, host: str) -> None:
    """Whoever has a name may have it lead to this machine, and would read what a browser here is shown."""
    with pytest.raises(HTTPError, match="400") as refused:
        urlopen(Request(url, headers={"Host": host}), timeout=10)  # noqa: S310 - as above
    with refused.value as answer:
        assert b"Invalid host header" in answer.read()


def test_the_policy_allows_only_the_style_of_the_page_itself(url: str) -> None:
    """Even markup that got through could load and run nothing."""
    text, headers = fetched(url)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    rules = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert rules == {
        "default-src": "'none'",
        "style-src": f"'sha256-{digest}'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")
    assert not re.search(r'(src|href)="(?!/)', text)


def test_resources_have_their_states_and_ages(url: str) -> None:
    """The newest come first, and the page says how many it does not show."""
    text, _ = fetched(url)
    assert "Dataset groups <small>25</small>" in text
    assert "The newest 20 of 25." in text
    assert 'class="state bad">CREATE FAILED' in text
    assert 'class="state good">ACTIVE' in text
    assert 'class="state busy">CREATE IN_PROGRESS' in text
    assert text.index(">group1\n") < text.index(">group2\n") < text.index(">group19\n")
    assert ">group20\n" not in text
    assert '<td data-label="age" class="number">3 min' in text
    assert '<td data-label="age" class="number">19 h' in text


def test_errors_are_shown_without_what_was_sent(url: str) -> None:
    """Code, status, message and request id, newest first; no value that a validation message quotes."""
    text, _ = fetched(url)
    assert "Jane Doe" not in text
    assert "Value at &#39;datasetGroupArn&#39; failed to satisfy constraint" in text
    assert text.index("AmazonPersonalize.ListSolutions") < text.index("does not exist.")
    assert len(re.findall(r'class="id">[0-9a-f]{8}-[0-9a-f-]{27}\n', text)) == 3


def test_calls_are_shown_by_outcome(url: str) -> None:
    """With how long they took; an operation that is not answered is among the errors only."""
    text, _ = fetched(url)
    calls = text[text.index("<h2>Calls") : text.index("<h2>The last errors")]
    assert '<span class="code">ResourceNotFoundException</span>&nbsp;1' in calls
    assert '<span class="code">ValidationException</span>&nbsp;1' in calls
    assert re.search(r'data-label="median" class="number">\d+\.\d&nbsp;ms', calls)
    assert "ListSolutions" not in calls


def test_the_page_lists_what_is_not_answered(url: str) -> None:
    """So that a person need not try."""
    text, _ = fetched(url)
    assert "2 of 7" in text
    assert "Refused: CreateBatchInferenceJob" in text


def test_the_page_renews_itself_unless_it_is_held(url: str) -> None:
    """Somebody who copies an id wants it to hold still."""
    text, _ = fetched(url)
    held, _ = fetched(url, "/?refresh=off")
    assert '<meta http-equiv="refresh" content="5">' in text
    assert 'http-equiv="refresh"' not in held
    assert 'href="/?refresh=off"' in text
    assert 'href="/"' in held


def test_the_page_is_in_nobodys_way(url: str) -> None:
    """Calls of the JSON protocol go to the same path by POST."""
    client = boto3.client("personalize", endpoint_url=url, config=ONCE)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_dataset_group(
            datasetGroupArn="arn:aws:personalize:us-east-1:000000000000:dataset-group/x"
        )
    with urlopen(Request(url, method="HEAD"), timeout=10) as answer:  # noqa: S310 - our own loopback address
        assert (answer.status, answer.read()) == (200, b"")


def test_every_answer_says_which_understudy_it_is(url: str) -> None:
    """A report of a fault can name the version."""
    text, headers = fetched(url)
    _, of_health = fetched(url, "/_understudy/health")
    assert headers["Server"] == of_health["Server"] == f"understudy/{__version__}"
    assert f"<title>understudy {__version__}</title>" in text


def test_a_page_of_nothing_says_so() -> None:
    """Before the first call."""
    with UnderstudyServer([comprehend_service()]) as server:
        text, _ = fetched(server.url)
    assert text.count("There were none yet.") == 2
    assert "There are none yet." in text
