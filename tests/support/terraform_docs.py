"""The tables of inputs and outputs in the Terraform module's README: `make terraform-docs` writes them."""

import json
import re
from collections.abc import Iterator

from tests.support.hcl.configuration import Configuration
from tests.support.hcl.expressions import Node, parts, word
from tests.support.hcl.types import plain
from tests.support.terraform import INFRA

README = INFRA / "README.md"
TABLES = re.compile(r"(?<=<!-- tables -->\n).*(?=<!-- end -->)", re.DOTALL)


def documented() -> str:
    """The README with tables as the files have them; raise ValueError without the marks around tables."""
    text = README.read_text("utf-8")
    if not TABLES.search(text):
        raise ValueError("infra/README.md: expected <!-- tables --> and <!-- end --> around its tables")
    return TABLES.sub(lambda _: "\n".join(_tables(Configuration(INFRA, {}))), text)


def _tables(module: Configuration) -> Iterator[str]:
    yield from ("| input | type | default | |", "| --- | --- | --- | --- |")
    named = [(labels[-1], block) for labels, block in module.blocks.items() if labels[0] == "variable"]
    for name, block in sorted(named):
        required = "default" not in block.body.attributes
        default = "**required**" if required else f"`{json.dumps(block.value('default', module.scope))}`"
        told = block.value("description", module.scope)
        yield f"| `{name}` | `{_shape(block.body.attributes['type'])}` | {default} | {told} |"
    yield from ("", "| output | |", "| --- | --- |")
    for labels, block in sorted(module.blocks.items()):
        if labels[0] == "output":
            yield f"| `{labels[-1]}` | {block.value('description', module.scope)} |"
    yield ""


def _shape(kind: Node) -> str:
    """A type, with no more than the names of an object's members; those with `?` can be left out."""
    node = plain(kind)
    if str(node.data) == "identifier":
        return word(node)
    name, [inner] = word(parts(node)[0]), parts(parts(node)[1])
    if name != "object":
        return f"{name}({_shape(inner)})"
    return f"{{ {', '.join(map(_member, parts(plain(inner))))} }}"


def _member(element: Node) -> str:
    key, kind = parts(element)
    name, node = word(plain(parts(key)[0])), plain(kind)
    optional = str(node.data) == "function_call" and word(parts(node)[0]) == "optional"
    inner = _shape(parts(parts(node)[1])[0] if optional else node)
    return name + "?" * optional + (f" {inner}" if "{" in inner else "")


if __name__ == "__main__":
    README.write_text(documented(), "utf-8")
