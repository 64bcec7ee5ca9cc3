"""Blocks and attributes of Terraform files."""

from collections.abc import Iterator
from dataclasses import dataclass

from lark import Tree

from tests.support.hcl.expressions import Node, Scope, entries, evaluate, parts, word
from tests.support.hcl.values import Value


@dataclass(frozen=True)
class Body:
    """The attributes, as expressions, and the blocks between two braces."""

    attributes: dict[str, Node]
    blocks: list["Block"]


@dataclass(frozen=True)
class Block:
    """A block such as `resource "aws_sqs_queue" "this" { … }`."""

    kind: str
    labels: tuple[str, ...]
    body: Body

    def value(self, attribute: str, scope: Scope) -> Value:
        """Return the value of an attribute; raise KeyError if the block has none."""
        return evaluate(self.body.attributes[attribute], scope)

    def nested(self, kind: str) -> list["Block"]:
        """Return the blocks of one kind in this one."""
        return [block for block in self.body.blocks if block.kind == kind and not block.labels]

    def expanded(self, kind: str, scope: Scope) -> Iterator[tuple["Block", Scope]]:
        """Yield the blocks of one kind with the scopes of their values, `dynamic` ones for each element."""
        for block in self.body.blocks:
            if block.kind == kind:
                yield block, scope
            elif block.kind == "dynamic" and block.labels == (kind,):
                [content] = block.nested("content")
                for key, value in entries(block.value("for_each", scope)):
                    yield content, scope.with_names(**{kind: {"key": key, "value": value}})


def read_body(node: Node) -> Body:
    """Return what a body of the parser holds."""
    attributes: dict[str, Node] = {}
    blocks: list[Block] = []
    for part in parts(node):
        if str(part.data) == "attribute":
            name, expression = parts(part)
            attributes[word(name)] = expression
        else:
            *names, body = parts(part)
            kind, *labels = (_label(name) for name in names)
            blocks.append(Block(kind, tuple(labels), read_body(body)))
    return Body(attributes, blocks)


def _label(node: Node) -> str:
    if str(node.data) == "string":
        return "".join(str(part.children[0]) for part in node.children if isinstance(part, Tree))
    return word(node)
