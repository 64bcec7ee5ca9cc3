import pytest

from fondly.checks.emails.content import Hosts, content_problems
from lab.checks.tests.emails import HTML, TEXT, an_email

HOSTS = Hosts(links=["shop.example"], pictures=["pictures.example"])


def test_a_good_email_has_no_problem() -> None:
    """Allowed hosts, a short alt text, mailto: nothing is found."""
    assert list(content_problems(an_email(), HOSTS)) == []


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        pytest.param(
            HTML.replace("//shop.example", "//evil.example"), "link: https://evil.example", id="link"
        ),
        pytest.param(
            HTML.replace("//shop.", "//shop.example@shop."), "link: https://shop.example@", id="userinfo"
        ),
        pytest.param(
            HTML.replace("https://shop.example", "javascript:"), "link: javascript://", id="script-link"
        ),
        pytest.param(HTML.replace("//pictures.example", "//pictures.example:8"), "picture: http", id="port"),
        pytest.param(HTML.replace("http://pictures.example/1.png", "data:,"), "picture: data", id="data"),
        pytest.param(
            HTML.replace("<p>", '<p background="//a.example/1">'), "picture: ://a.example", id="background"
        ),
        pytest.param(HTML.replace("A kettle", "k" * 100), "alt: 100 characters", id="long-alt"),
        pytest.param(HTML.replace('alt="A kettle"', ""), "alt: a picture without", id="no-alt"),
        pytest.param(HTML.replace("<h1>", '<h1 onclick="x()">'), "markup: onclick", id="handler"),
        pytest.param(HTML.replace("<h1>", "<script></script><h1>"), "markup: <script>", id="script"),
        pytest.param(
            HTML.replace("Electric kettle", "{1.name}"), "slot: {1.name} is left in the HTML", id="slot"
        ),
        pytest.param(HTML + "x" * 25_000, "size: ", id="size"),
    ],
)
def test_what_is_wrong_in_the_html_is_named(html: str, problem: str) -> None:
    """Exactly one thing is wrong, and it is found."""
    found = list(content_problems(an_email(html=html), HOSTS))
    assert len(found) == 1
    assert found[0].startswith(problem)


def test_plain_text_and_subject_are_read_too() -> None:
    """A link and a slot are found wherever the customer reads them."""
    email = an_email(text=TEXT + "\nhttps://evil.example/x {2.price}", subject="For {customer.first_name}")
    assert list(content_problems(email, HOSTS)) == [
        "slot: {customer.first_name} is left in the Subject",
        "slot: {2.price} is left in the text",
        "link in the plain text: https://evil.example is not an allowed host",
    ]
