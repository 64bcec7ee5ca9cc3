"""Configurations are evaluated as Terraform does, or not at all."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from tests.support.hcl.configuration import Configuration
from tests.support.hcl.values import EvaluationError, InvalidInputError

Write = Callable[[str], Configuration]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a configuration of one file; inputs come with `Configuration` itself."""

    def configuration(text: str) -> Configuration:
        (tmp_path / "main.tf").write_text(dedent(text))
        return Configuration(tmp_path, {})

    return configuration


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('"a-${1 + 2 * 3}-${true}-$${b}"', "a-7-true-${b}"),
        ("true ? 1 : 2", 1),
        ('[for x in ["a", "b"] : upper(x) if x != "b"]', ["A"]),
        ('{ for k, v in { a = 1, b = 2 } : k => v + 1 if !(k == "a") }', {"b": 3}),
        ('{ for x in ["ab", "ac"] : substr => x... }', EvaluationError),
        ('{ for x in ["ab", "ac"] : "a" => x... }', {"a": ["ab", "ac"]}),
        ('{ (upper("k")) = 1, "l" = 2, m = 3 }', {"K": 1, "l": 2, "m": 3}),
        ("[{ a = 1 }, { a = 2 }][*].a", [1, 2]),
        ("null[*]", []),
        ('try(regex("^x", "y"), "no")', "no"),
        ("can({ a = 1 }.b)", False),
        ('regex("^(a)(b)?", "ac")', ["a", None]),
        ("merge({ a = 1 }, { a = 2 })", {"a": 2}),
        ('setsubtract(["b", "a"], ["a"])', ["b"]),
        ('cidrsubnet("10.20.0.0/16", 4, 2)', "10.20.32.0/20"),
        ("concat([1], [2, 3]...)", EvaluationError),
        ("{ a = 1 }.b", EvaluationError),
        ('unknown("a")', EvaluationError),
        ("local.other", EvaluationError),
    ],
)
def test_an_expression_has_its_value_or_none(write: Write, expression: str, value: object) -> None:
    """What is not understood is an error."""
    found = write(f"locals {{\n  it = {expression}\n}}\n")
    if value is EvaluationError:
        with pytest.raises((EvaluationError, KeyError)):
            found.local("it")
    else:
        assert found.local("it") == value


def test_instances_refer_to_one_another_in_any_order(write: Write) -> None:
    """By for_each, by count, or alone; what AWS makes is made up."""
    found = write(
        """
        output "arns" {
          value = { for name, queue in aws_sqs_queue.many : name => queue.arn }
        }
        output "first" {
          value = aws_iam_role.some[0].name
        }
        resource "aws_sqs_queue" "many" {
          for_each = { a = local.prefix }
          name     = "${each.value}-${each.key}"
        }
        resource "aws_iam_role" "some" {
          count = 2
          name  = "role-${count.index}"
        }
        locals {
          prefix = "p"
        }
        """
    )
    assert found.output("arns") == {"a": "arn:aws:sqs:eu-west-1:123456789012:p-a"}
    assert found.output("first") == "role-0"


def test_inputs_are_converted_and_validated(write: Write, tmp_path: Path) -> None:
    """Optional members have their defaults, and a validation refuses with its own words."""
    write(
        """
        variable "it" {
          type = object({ name = string, count = optional(number, 3), tags = optional(map(string), {}) })
          validation {
            condition     = var.it.count < 5
            error_message = "at most four, not ${var.it.count}"
          }
        }
        """
    )
    given = Configuration(tmp_path, {"it": {"name": "a", "tags": {"b": 1}}})
    given.validate()
    assert given.variable("it") == {"name": "a", "count": 3, "tags": {"b": "1"}}
    with pytest.raises(InvalidInputError, match="at most four, not 7"):
        Configuration(tmp_path, {"it": {"name": "a", "count": 7}}).validate()
    with pytest.raises(EvaluationError):
        Configuration(tmp_path, {"it": {"count": 1}}).variable("it")
