"""The shop's settings and rules: entered, looked at, saved by whoever saw the last version."""

import re
from html import unescape
from http import HTTPStatus

import pytest

from fondly.console.framing import FRAME_POLICY
from fondly.console.roles import Role
from fondly.contracts import object_keys
from fondly.operations import audit
from fondly.operations.shop.sample_email import RECOMMENDATION
from fondly.runtime.runs.run import StageName
from tools.console.tests.conftest import Asked, Asking
from tools.console.tests.integration.test_uploads import HOSTILE, TAG

FILE = """# Ours
[brand]
name = "Tea & Co." # the name
do = [
  "be brief",
]

[columns]
ignore = ["Lager"]
"""
SAVED = """# Ours
[brand]
name = "Tea & Co." # the name
do = ["be kind", "be brief"]
voice = "dry, precise"

[columns]
ignore = ["Lager"]

[theme]
name = "market"
"""
KEY = f"{object_keys.SHOP}{object_keys.SHOP_CONFIG}"


async def put(console: Asking, key: str, text: str) -> None:
    """Store one of the shop's files."""
    await (await console.environment.objects()).put(key, text.encode(), content_type="text/plain")


async def stored(console: Asking, key: str) -> str:
    """Return one of the shop's files."""
    return (await (await console.environment.objects()).get(key)).decode()


def hidden(asked: Asked) -> dict[str, str]:
    """Return what a form carries besides what somebody enters."""
    [seen, *_] = re.findall(r'<textarea name="seen" hidden>\n(.*?)</textarea>', asked.text, re.DOTALL)
    return {
        "seen": unescape(seen),
        "etag": unescape(re.findall(r'name="etag" value="([^"]*)"', asked.text)[0]),
    }


async def draft_key(console: Asking) -> str:
    """Return the key of the draft that is shown."""
    shown = await console.get("/shop/draft")
    assert shown.status == HTTPStatus.OK
    return str(re.findall(r'name="key" value="([^"]*)"', shown.text)[0])


async def test_what_is_entered_is_shown_then_saved_and_all_else_stays(console: Asking) -> None:
    """Comments and what no field is for stay as somebody wrote them; the difference is beside it."""
    await put(console, KEY, FILE)
    opened = await console.get("/shop")
    assert 'value="Tea &amp; Co."' in opened.text
    fields = hidden(opened) | {
        "brand.voice": "dry, precise",
        "theme.name": "market",
        "brand.do": "be kind\r\nbe brief",
    }
    assert (await console.post("/shop", fields)).headers["location"] == "/shop/draft"
    shown = await console.get("/shop/draft?mode=dark")
    assert "voice = &#34;dry, precise&#34;" in shown.text
    frame = await console.get("/shop/draft/0/dark")
    assert 'name="color-scheme" content="dark"' in frame.text
    assert frame.headers["content-security-policy"] == FRAME_POLICY
    saved = await console.post("/shop/draft", {"key": await draft_key(console)})
    assert saved.headers["location"] == "/shop?saved=1"
    assert await stored(console, KEY) == SAVED
    noted = (await audit.entries(console.environment)).entries[0]
    assert (noted.by, noted.act, noted.about) == ("Ann", "settings", KEY)


async def test_whoever_has_an_old_screen_is_told_the_difference(console: Asking) -> None:
    """At both steps: neither of two people undoes what the other has saved."""
    await put(console, KEY, FILE)
    fields = hidden(await console.get("/shop")) | {"brand.name": "Mine"}
    await console.post("/shop", fields)
    key = await draft_key(console)
    await put(console, KEY, FILE.replace("Tea & Co.", "Theirs"))
    for path, sent in (("/shop/draft", {"key": key}), ("/shop", fields)):
        refused = await console.post(path, sent)
        assert refused.status == HTTPStatus.PRECONDITION_FAILED
        assert "+name = &#34;Theirs&#34; # the name" in refused.text
    assert "Theirs" in await stored(console, KEY)
    assert (await audit.entries(console.environment)).entries[0].ended == "failed"


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("brand.voice", "x", "expected 3 to 300 characters"),
        ("brand.from_address", "no address", "expected an email address"),
        ("shop.picks", "many", "expected a whole number from 1 to 12"),
        ("hosts.links", "shop.example\na b", "expected one such as shop.example"),
        ("theme.colours.light.accent", "red", "expected a colour such as #0b6b5c"),
        ("theme.colours.light.text", "#fefefe", "expected at least 4.5"),
        ("theme.name", "other", "expected one of"),
        ("theme.logo.url", "https://shop.example/logo.png", "is missing"),
        (
            "subjects.variants",
            "plain = {subject}\nloud = FREE MONEY!!! {subject}",
            "words that any subject may have",
        ),
        ("text", "[brand]\nname = ", "not TOML"),
        ("text", "[brand]\nnome = 'x'", "there is no such key"),
    ],
)
async def test_what_services_would_refuse_is_refused_beside_its_field(
    console: Asking, key: str, value: str, problem: str
) -> None:
    """By the rules of the services themselves; nothing is stored, and what was entered is still there."""
    asked = await console.post("/shop", {"seen": "", "etag": "", key: value})
    assert asked.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert problem in unescape(asked.text)
    assert value.splitlines()[-1] in unescape(asked.text)
    assert await (await console.environment.objects()).find(KEY) is None


async def test_values_of_a_file_are_inert(console: Asking) -> None:
    """Whoever wrote the file by hand puts no tag into a page, nor does what the form refuses."""
    names = "".join(f"# {text}\n" for text in map(repr, HOSTILE))
    await put(console, KEY, f"{names}[brand]\nvoice = {HOSTILE[0]!r}\nname = {HOSTILE[2][:50]!r}\n")
    opened = await console.get("/shop")
    await console.post("/shop", hidden(opened) | {"brand.voice": HOSTILE[1]})
    entered = await console.post("/shop", hidden(opened) | {"brand.do": "\n".join(HOSTILE)})
    assert entered.status == HTTPStatus.UNPROCESSABLE_ENTITY
    for shown in (opened, await console.get("/shop/draft"), entered):
        assert not TAG.search(shown.main)


async def test_each_rule_says_what_it_matches(console: Asking) -> None:
    """Of the last run's catalogue; what matches nothing is marked, and what is no rule refused."""
    ledger, objects = await console.environment.ledger(), await console.environment.objects()
    await ledger.open_run("run-1", source="s3://b/uploads/a.csv")
    await ledger.set_parts("run-1", 1)
    await objects.put_lines(object_keys.products("run-1"), [each.product for each in RECOMMENDATION.picks])
    known = RECOMMENDATION.picks[0].product
    wrong = await console.post("/shop/rules", {"seen": "", "etag": "", "text": "exclude: {brand: [Acme]}"})
    assert (wrong.status, "the nearest is brands" in wrong.text) == (HTTPStatus.UNPROCESSABLE_ENTITY, True)
    text = f"exclude: {{brands: [Akme]}}\npin: [{known.product_id}]\n"
    await console.post("/shop/rules", {"seen": "", "etag": "", "text": text})
    shown = unescape((await console.get("/shop/draft")).text)
    assert "exclude.brands: Akme" in shown
    assert "matches nothing" in shown
    assert known.name in shown
    await console.post("/shop/draft", {"key": await draft_key(console)})
    assert await stored(console, object_keys.MERCHANDISING) == text


async def test_three_customers_of_the_last_run_see_what_changes(console: Asking) -> None:
    """By house text, with the new number of products; whoever is forgotten meanwhile is not shown."""
    ledger, objects = await console.environment.ledger(), await console.environment.objects()
    await ledger.open_run("run-1", source="s3://b/uploads/a.csv")
    await ledger.set_parts("run-1", 1)
    await ledger.complete_part("run-1", StageName.RECOMMENDER, 1)
    people = [
        RECOMMENDATION.model_copy(update={"customer_id": f"C{at}", "name": f"Ben{at}"}) for at in range(5)
    ]
    await objects.put_lines(object_keys.recommendations("run-1", 1), people)
    await console.post("/shop", {"seen": "", "etag": "", "shop.picks": "2"})
    shown = (await console.get("/shop/draft")).text
    assert shown.count("<iframe sandbox") == 3
    assert "run-1" in shown
    assert (await console.get("/shop/draft/3/light")).status == HTTPStatus.NOT_FOUND
    assert (await console.get("/shop/draft/1/light")).status == HTTPStatus.OK
    await objects.put_lines(object_keys.recommendations("run-1", 1), people[:1])
    assert (await console.get("/shop/draft/1/light")).status == HTTPStatus.NOT_FOUND


async def test_only_an_operator_sets_the_shop(console: Asking) -> None:
    """And only their own draft."""
    await console.post("/shop", {"seen": "", "etag": "", "brand.name": "Mine"})
    console.as_(Role.OPERATOR, name="Ben")
    assert (await console.get("/shop/draft")).status == HTTPStatus.NOT_FOUND
    console.as_(Role.APPROVER)
    for path in ("/shop", "/shop/rules", "/shop/draft"):
        assert (await console.get(path)).status == HTTPStatus.FORBIDDEN
        assert (await console.post(path, {"key": "x"})).status == HTTPStatus.FORBIDDEN
