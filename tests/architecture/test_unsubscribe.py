"""API Gateway shows the pages of the web process, and puts the messages of it into the same queue."""

import re
from functools import cache
from typing import Any
from urllib.parse import parse_qs, quote_plus

import pytest

from fondly.contracts.consent import Frequency
from fondly.contracts.tokens import UNSUBSCRIBE, sign
from fondly.sender.adapters.ses_notifications import is_notification
from fondly.sender.domain.requests import MAX_BODY_CHARS, Preferences, Request, RequestError
from fondly.sender.web.pages import LANGUAGES, Page, Pages
from tests.support.configurations import SHOP, configuration
from tests.support.hcl.configuration import Configuration

TOKEN = sign(b"a key", UNSUBSCRIBE, "K-7")
BRAND = 'Café "A&B" <$x> #set {{token}}\'s'
TOPICS = ("Electronics", "Home & Kitchen", "$foreach #end", "Zubehör")
FORGED = (
    TOKEN,
    "",
    '{"eventType": "Bounce"}',
    "Successfully validated SNS topic",
    "a b+c&MessageBody=x\n",
    "ü%",
)
SETS_POLICY = re.compile(
    r'^#set\(\$context\.responseOverride\.header\.Content-Security-Policy = "([^"$#]+)"\)'
)
URL_ENCODED = re.compile(r"\$util\.urlEncode\(\x00([^\x00]*)\x00\)")
HEADERS = "method.response.header."


@cache
def endpoint(language: str = "en") -> Configuration:
    """The module in production, for a shop whose name and departments are full of signs."""
    mailer = {**SHOP["mailer"], "FONDLY_MAILER_BRAND_NAME": BRAND, "FONDLY_MAILER_LOCALE": f"{language}_DE"}
    made = configuration("prod", shop={**SHOP, "mailer": mailer}, unsubscribe_topics=list(TOPICS))
    return made.modules("unsubscribe")[0]


def test_no_trace_keeps_what_is_in_an_address() -> None:
    """X-Ray keeps query strings and paths, which have tokens and customers."""
    made = configuration("prod").everything()
    stages = [each for each in made if each.kind == "aws_api_gateway_stage"]
    assert len(stages) == 3
    assert not any("xray_tracing_enabled" in set(each) for each in stages)


def rendered(template: str, *, token: str, body: str = "") -> str:
    """Render a template of API Gateway, as far as ours go: encoded values, and nothing else."""
    text = template
    for name, value in {"$input.params('t')": token, "$input.body": body}.items():
        text = text.replace(name, f"\x00{value}\x00")
    while (encoded := URL_ENCODED.sub(lambda found: f"\x00{quote_plus(found[1])}\x00", text)) != text:
        text = encoded
    assert not set("$#") & set(text)
    return text.replace("\x00", "")


def message(path: str, *, token: str, body: str = "", kind: str = "application/x-www-form-urlencoded") -> str:
    """The message that a POST puts into the queue."""
    [integration] = [
        each
        for key, each in endpoint().instances("aws_api_gateway_integration", "post").items()
        if key == path
    ]
    fields = parse_qs(rendered(integration["request_templates"][kind], token=token, body=body))
    assert fields.keys() == {"Action", "MessageBody"}
    assert fields["Action"] == ["SendMessage"]
    [found] = fields["MessageBody"]
    return found


def answers() -> dict[str, Any]:
    """What is answered, by path, method and status."""
    return endpoint().instances("aws_api_gateway_integration_response", "this")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_are_those_of_the_web_process(language: str) -> None:
    """Byte by byte, with the same policy, whatever shop and departments are called."""
    pages = Pages(language, BRAND, TOPICS)
    templates = endpoint(language).local("templates")
    assert set(templates) == set(Page)
    for page in Page:
        policy = SETS_POLICY.match(templates[page])
        assert policy
        assert policy[1] == pages.headers["Content-Security-Policy"]
        assert rendered(templates[page][policy.end() :], token=TOKEN).encode() == pages.show(page, TOKEN)


def test_a_shop_without_departments_has_the_same_page_too() -> None:
    """There is no empty list."""
    module = configuration("prod").modules("unsubscribe")[0]
    _, _, text = module.local("templates")["preferences"].partition(")")
    expected = Pages("en", SHOP["mailer"]["FONDLY_MAILER_BRAND_NAME"]).show(Page.PREFERENCES, TOKEN)
    assert rendered(text, token=TOKEN).encode() == expected


def test_answers_have_the_headers_of_the_web_process() -> None:
    """All but the policy, which the template sets because a constant cannot have its quotes."""
    expected = dict(Pages("en", BRAND).headers)
    del expected["Content-Security-Policy"]
    for answer in answers().values():
        given = answer["response_parameters"]
        assert {name.removeprefix(HEADERS): value.strip("'") for name, value in given.items()} == expected
    for response in endpoint().instances("aws_api_gateway_method_response", "this").values():
        declared = {name.removeprefix(HEADERS) for name in response["response_parameters"]}
        assert declared == set(Pages("en", BRAND).headers)


def test_each_answer_is_its_page() -> None:
    """Only what the queue has taken is a success: everything else says that nothing has changed."""
    templates = endpoint().local("templates")
    shown = {
        name: (answer["selection_pattern"], answer["status_code"], answer["response_templates"]["text/html"])
        for name, answer in answers().items()
    }
    done, failed = ("2\\d{2}", "200"), ("", "503")
    assert shown == {
        "unsubscribe GET 200": (*done, templates["ask"]),
        "unsubscribe POST 200": (*done, templates["unsubscribed"]),
        "unsubscribe POST 503": (*failed, templates["later"]),
        "preferences GET 200": (*done, templates["preferences"]),
        "preferences POST 200": (*done, templates["stored"]),
        "preferences POST 503": (*failed, templates["later"]),
    }


def test_looking_puts_nothing_into_the_queue() -> None:
    """A GET is answered by API Gateway itself."""
    for integration in endpoint().instances("aws_api_gateway_integration", "get").values():
        assert integration["type"] == "MOCK"
        assert "uri" not in set(integration)


@pytest.mark.parametrize("token", FORGED)
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "application/json"]
)
def test_one_click_is_the_message_of_the_web_process(token: str, kind: str) -> None:
    """Of either type that RFC 8058 allows, and of any token: none makes it look like a notification."""
    found = message("unsubscribe", token=token, kind=kind, body="frequency=weekly")
    assert Request.of_message(found).preferences is None
    assert not is_notification(found)
    if token == TOKEN:
        assert found == Request(TOKEN).message


@pytest.mark.parametrize("token", FORGED)
def test_preferences_are_the_message_of_the_web_process(token: str) -> None:
    """A form that says nothing is refused, and unsubscribes nobody."""
    wanted = Preferences(Frequency.MONTHLY, ("Home & Kitchen", "Zubehör"))
    form = wanted.form.removeprefix("preferences=&")
    found = message("preferences", token=token, body=form)
    assert Request.of_message(found).preferences == wanted
    assert not is_notification(found)
    if token == TOKEN:
        assert found == Request(TOKEN, wanted).message
    for body in ("", "List-Unsubscribe=One-Click", '{"eventType": "Bounce"}'):
        with pytest.raises(RequestError):
            Request.of_message(message("preferences", token=token, body=body))


def test_what_would_fit_into_no_message_is_refused_before_the_queue() -> None:
    """A stranger's large form would fail there, and raise the alarm on requests that fail."""
    [acl] = endpoint().modules("firewall")[None].instances("aws_wafv2_web_acl", "this").values()
    found = {
        block.value("name", scope): (block, scope) for block, scope in acl.block.expanded("rule", acl.scope)
    }
    block, scope = found["large-bodies"]
    assert [each.kind for each in block.nested("action")[0].body.blocks] == ["block"]
    for kind in ("statement", "size_constraint_statement"):
        [block] = block.nested(kind)
    assert block.value("comparison_operator", scope) == "GT"
    assert block.value("size", scope) == MAX_BODY_CHARS
    for kind in ("field_to_match", "body"):
        [block] = block.nested(kind)
    assert block.value("oversize_handling", scope) == "MATCH"


def test_requests_go_to_the_queue_that_the_feedback_process_reads() -> None:
    """There is no queue beside it."""
    made = endpoint()
    queue = made.variable("queue")
    assert queue["name"] == "fondly-prod-feedback"
    for integration in made.instances("aws_api_gateway_integration", "post").values():
        assert integration["uri"].endswith(f":sqs:path/123456789012/{queue['name']}")
        assert integration["passthrough_behavior"] == "NEVER"
