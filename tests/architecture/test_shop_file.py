"""One settings file of a shop reaches the services in the same words, however they are run."""

import json
import re
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from dotenv import dotenv_values

from fondly.mailer.settings import MailerSettings
from fondly.operations.shop import ShopFile, load_shop
from fondly.operations.shop.file import read_shop_file
from fondly.operations.shop.loading import UNSUBSCRIBE_KEY
from fondly.operations.shop.rendering import SERVICES, SETTINGS, VARIABLES, as_dotenv, as_tfvars, by_service
from fondly.operations.shop.rows import rows
from fondly.operations.shop.writing import schema_text, toml
from fondly.runtime.settings import PREFIX
from fondly.stack.local_shop import stack_variables
from tests.support.setting_names import SERVICES as SETTINGS_OF
from tests.support.shop_schema import made_schema

if TYPE_CHECKING:
    from tests.architecture.conftest import ReadModule
    from tests.support.terraform import Module

ROOT = Path(__file__).parents[2]
COMPOSE_FILES = ("docker-compose.yml", "docker-compose.aws.yml")
REVIEWS_LANGUAGE = ShopFile().shop.locale.partition("_")[0]
"""Reviews are in the locale's language."""
FULL = r"""
[brand]
name = "Tee & 'mehr'"
voice = 'dry, "precise", $5 a word'
do = ["speak of the kitchen", 'say "du"']
dont = ["no puns"]
sentences = ["We pack by hand."]
remedy = "Write to us and we replace it."
personal_words = false
strict = true
from_address = "post@tee.example"
postal_address = "Tee & mehr, Beispielstraße 1, 20095 Hamburg"
unsubscribe_url = "https://tee.example/abmelden?a=1&b=2#x"

[shop]
url = "https://www.tee.example"
currency = "EUR"
locale = "de_DE"
time_zone = "Europe/Berlin"
picks = 4
minimum_age = 0
consent_not_required = "soft opt-in: customers' own similar goods"
max_rejected_share = 0.1

[subjects]
name = "november"

[subjects.variants]
plain = "{subject}"
named = "{customer.first_name}, {subject}"
quoted = "It's for you: {subject}"

[hosts]
pictures = ["bilder.tee.example", "*.cdn.example"]

[columns.files."Artikel 'neu'.csv".columns]
"Preis \"brutto\" \\ ${EUR}" = "discounted_price"
"""


def in_container(file: str, given: Mapping[str, str | None]) -> dict[str, str]:
    """Resolve the environment of a compose file's service as compose does, given its `.env`."""
    loaded: Any = yaml.load((ROOT / file).read_text(), Loader=_ComposeLoader)  # noqa: S506 - a SafeLoader
    service = loaded["services"]["ingest"]
    resolved = {
        name: given.get(name)
        if value is None
        else re.sub(r"\$\{(\w+)[^}]*\}", lambda m: given.get(m[1]) or "", value)
        for name, value in service["environment"].items()
    }
    return {name: value for name, value in resolved.items() if value is not None}


class _ComposeLoader(yaml.SafeLoader):
    """Knows compose's own tag `!override`."""


def _plain(loader: Any, node: yaml.Node) -> Any:  # noqa: ANN401 - what YAML holds
    if isinstance(node, yaml.MappingNode):
        loader.flatten_mapping(node)
        return loader.construct_mapping(node, deep=True)
    return loader.construct_sequence(node, deep=True)


_ComposeLoader.add_constructor("!override", _plain)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A file that says everything, in characters that shells, compose and JSON treat differently."""
    file = tmp_path / "fondly.toml"
    file.write_text(FULL, encoding="utf-8")
    return file


@pytest.mark.parametrize("file", COMPOSE_FILES)
def test_one_file_gives_services_the_same_environment_everywhere(config: Path, file: str) -> None:
    """The embedded stack, compose and Terraform pass on equal variables, letter by letter."""
    shop = load_shop(config, environment={})
    local = stack_variables(shop, {})
    written = dotenv_values(stream=StringIO(as_dotenv(shop.variables)), interpolate=True)
    composed = in_container(file, written)
    by_service = json.loads(as_tfvars(shop.variables))["shop"]
    applied = {name: value for settings in by_service.values() for name, value in settings.items()}
    assert set(applied) == set(VARIABLES)
    assert {name: local[name] for name in VARIABLES} == applied
    assert {name: composed.get(name) for name in VARIABLES} == applied


def test_the_values_arrive_as_they_were_written(config: Path) -> None:
    """No quote, dollar or backslash is lost on the way."""
    shop = load_shop(config, environment={})
    read = dotenv_values(stream=StringIO(as_dotenv(shop.variables)))
    assert read["FONDLY_MAILER_BRAND_NAME"] == "Tee & 'mehr'"
    assert read["FONDLY_MAILER_BRAND_VOICE"] == 'dry, "precise", $5 a word'
    assert json.loads(read["FONDLY_INGEST_COLUMNS"] or "") == shop.given.columns
    assert json.loads(read["FONDLY_MAILER_SUBJECTS"] or "") == {
        "name": "november",
        "variants": {
            "plain": "{subject}",
            "named": "{customer.first_name}, {subject}",
            "quoted": "It's for you: {subject}",
        },
    }
    assert read["FONDLY_MAILER_LINK_HOSTS"] == "tee.example,*.tee.example"


def test_a_service_accepts_what_is_rendered_for_it(config: Path) -> None:
    """Every variable is a setting of its service, and the value is one that it takes."""
    unknown = set()
    for service, variables in by_service(load_shop(config, environment={}).variables).items():
        fields = SETTINGS_OF[service].model_fields
        given = {name.removeprefix(PREFIX).lower(): value for name, value in variables.items()}
        unknown |= set(given) - set(fields)
        needed = {name: "x" for name, field in fields.items() if field.is_required()}
        key = {"mailer_unsubscribe_key": "k"} if service == "mailer" else {}
        SETTINGS_OF[service].model_validate({**needed, **given, **key})
    assert unknown == set()


def test_a_file_that_says_nothing_changes_nothing() -> None:
    """The defaults that commands assume are those of the services."""
    shop = load_shop(environment={}, path=None)
    assert shop.variables == {}
    for row in rows(shop, {}):
        for name in row.variables:
            fields = SETTINGS_OF[name.split("_")[1].lower()].model_fields
            field = fields[name.removeprefix(PREFIX).lower()]
            usual = REVIEWS_LANGUAGE if row.key == "shop.review_language" else row.value
            assert (field.default or None) == (usual or None), name


def test_every_key_of_the_file_reaches_a_service() -> None:
    """By a variable; but themes reach the mailer by the file, and the shop's address stands for hosts."""
    keys = {
        f"{section}.{key}"
        for section in ("brand", "shop", "hosts")
        for key in type(getattr(ShopFile(), section)).model_fields
    }
    assert keys | {"columns", "subjects"} == {setting.key for setting in SETTINGS} | {"shop.url"}
    assert set(ShopFile.model_fields) == {"brand", "shop", "hosts", "columns", "theme", "subjects"}


@pytest.mark.parametrize("file", COMPOSE_FILES)
def test_compose_passes_on_every_variable_of_a_shop(file: str) -> None:
    """And the key of unsubscribe links, a secret that is in no file."""
    named = dict.fromkeys((*VARIABLES, UNSUBSCRIBE_KEY), "x")
    assert named.items() <= in_container(file, named).items()


def test_terraform_takes_what_is_printed_for_it(pipeline: "Module", read_module: "ReadModule") -> None:
    """Its variable has the same services, and each service's environment has its part."""
    for module in ("modules/pipeline", "."):
        taken = str(read_module(module).variables["shop"]["type"])
        assert set(re.findall(r"(\w+)\s*[=:]\s*[\"']?\$?\{?optional", taken)) == set(SERVICES), module
    assert "lookup(local.shop_settings, service, {})" in str(pipeline.locals["environment"])
    assert "var.shop.mailer" in str(pipeline.locals["mailer_settings"])


@pytest.mark.parametrize("folder", ["examples/minimal", "examples/production", "."])
def test_the_shop_is_passed_on(read_module: "ReadModule", folder: str) -> None:
    """To the module, and to the pipeline, whole."""
    calls = read_module(folder).calls
    assert calls["pipeline" if "pipeline" in calls else "fondly"]["shop"] == "${var.shop}"


def test_a_sender_is_named_once(pipeline: "Module") -> None:
    """Terraform's own variables have no field that the shop's file has."""
    fields = set(re.findall(r"(\w+) *[=:]", str(pipeline.variables["mailer"]["type"])))
    assert not {f"mailer_{field}" for field in fields} & {
        name.removeprefix(PREFIX).lower() for name in VARIABLES
    }
    assert "mailer_model_id" in MailerSettings.model_fields


def test_the_schema_for_editors_is_current() -> None:
    """`python -m tests.support.shop_schema` writes it."""
    assert schema_text() == made_schema()


def test_the_example_can_be_used() -> None:
    """It names the schema that lies in the same checkout."""
    text = (ROOT / "examples/fondly.toml").read_text("utf-8")
    read_shop_file(text, file="fondly.toml")
    [schema] = re.findall(r"^#:schema (.+)$", text, re.MULTILINE)
    assert (
        ROOT / "examples" / schema
    ).resolve() == ROOT / "tools/operations/src/fondly/operations/shop/fondly.schema.json"


def test_the_documentation_has_every_key_with_its_default() -> None:
    """In the tables of docs/shop.md."""
    text = (ROOT / "docs/shop.md").read_text("utf-8").partition("## Who reads it")[0]
    documented = dict(re.findall(r"^\| `([a-z_.]+)` \| `?([^|`]+?)`? \|", text, re.MULTILINE))
    for row in rows(load_shop(environment={}), {}):
        if row.key != "theme.name":
            shown = "none" if row.value is None else toml(row.value).strip('"')
            assert documented[row.key] == shown, row.key
