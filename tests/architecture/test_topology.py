"""Terraform creates exactly what `topology.yaml` describes, and repeats none of it."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest
from pydantic import BaseModel

from fondly.operations.topology import (
    DEAD_LETTER_RETENTION_S,
    DEAD_LETTER_SUFFIX,
    TOPOLOGY,
    Bucket,
    Notification,
    Queue,
    Table,
    Topic,
    Topology,
    load_topology,
)
from fondly.stack.provision import Resources

if TYPE_CHECKING:
    from tests.architecture.conftest import ReadModule
    from tests.support.terraform import Module

KINDS: Mapping[str, tuple[str, type[BaseModel]]] = {
    "topics": ("aws_sns_topic", Topic),
    "queues": ("aws_sqs_queue", Queue),
    "tables": ("aws_dynamodb_table", Table),
    "buckets": ("aws_s3_bucket", Bucket),
}


@pytest.fixture(scope="module")
def terraform(read_module: "ReadModule") -> "Module":
    """The module that reads the topology."""
    return read_module("modules/topology")


@pytest.fixture(scope="module")
def topology() -> Topology:
    """The topology as the provisioner reads it."""
    return load_topology()


def test_terraform_reads_the_file_that_the_provisioner_reads(terraform: "Module") -> None:
    """There is one topology file, and Terraform reads it."""
    found = re.search(r'yamldecode\(file\("\$\{path\.module\}/([^"]+)"\)\)', terraform.locals["topology"])
    assert found
    assert (terraform.path / found[1]).resolve() == TOPOLOGY.resolve()


@pytest.mark.parametrize("section", KINDS)
def test_every_entry_of_a_section_becomes_a_resource(terraform: "Module", section: str) -> None:
    """Terraform iterates over each whole section, so a new entry needs no change there."""
    kind, _ = KINDS[section]
    assert terraform.resources[kind, "this"]["for_each"] == f"${{local.topology.{section}}}"


def test_terraform_knows_every_section(topology: Topology) -> None:
    """A new section of the topology needs resources in Terraform."""
    assert set(type(topology).model_fields) == set(KINDS)


@pytest.mark.parametrize("section", KINDS)
def test_every_attribute_of_an_entry_is_used(terraform: "Module", section: str) -> None:
    """No attribute of an entry is ignored, and none is invented."""
    _, model = KINDS[section]
    assert _attributes_used(terraform, section) == set(model.model_fields)


def test_every_attribute_of_a_notification_is_used(terraform: "Module") -> None:
    """A bucket's notification has its queue, events and prefix."""
    block = str(terraform.resources["aws_s3_bucket_notification", "this"]["dynamic"])
    assert set(re.findall(r"queue\.value\.(\w+)", block)) == set(Notification.model_fields)


def test_dead_letters_are_named_and_kept_as_the_provisioner_does(terraform: "Module") -> None:
    """Tools find a queue's dead letters under the same name everywhere."""
    queue = terraform.resources["aws_sqs_queue", "dead_letters"]
    assert queue["name"].endswith("${each.key}" + DEAD_LETTER_SUFFIX)
    assert terraform.locals["dead_letter_retention_s"] == DEAD_LETTER_RETENTION_S


def test_subscriptions_deliver_the_event_itself(terraform: "Module") -> None:
    """Consumers receive CloudEvents without SNS's envelope."""
    subscription = terraform.resources["aws_sns_topic_subscription", "this"]
    assert subscription["for_each"] == "${local.subscriptions}"
    assert subscription["raw_message_delivery"] is True


def test_the_environment_is_named_as_the_provisioner_names_it(terraform: "Module") -> None:
    """A service finds its resources through the same variables on AWS and on a laptop."""
    made = Resources(topic_arns={"a-b": ""}, queue_urls={"a-b": ""}, tables={"a-b": ""}, buckets={"a-b": ""})
    expected = {name.replace("A_B", '${upper(replace(name, "-", "_"))}') for name in made.settings()}
    assert set(re.findall(r'"(FONDLY_\$\{.+\}_\w+)" =>', terraform.text)) == expected


def test_the_pipeline_refers_only_to_resources_of_the_topology(
    pipeline: "Module", topology: Topology
) -> None:
    """Every name in a permission exists."""
    sections: Mapping[str, Mapping[str, BaseModel]] = {
        "topic_arns": topology.topics,
        "queue_arns": topology.queues,
        "queue_names": topology.queues,
        "dead_letter_arns": topology.queues,
        "table_arns": topology.tables,
        "bucket_arns": topology.buckets,
    }
    references = re.findall(r'module\.topology\.(\w+)\["([\w-]+)"\]', pipeline.text)
    assert references
    assert [(output, name) for output, name in references if name not in sections[output]] == []


def test_only_the_topology_makes_tables_topics_and_queues(read_module: "ReadModule") -> None:
    """Nothing is declared twice. The exceptions are not part of the pipeline's flow."""
    kinds = {kind for kind, _ in KINDS.values()}
    elsewhere = {
        (folder.name, *key)
        for folder in read_module("modules").path.iterdir()
        if folder.name != "topology"
        for key in read_module(f"modules/{folder.name}").resources
        if key[0] in kinds
    }
    assert elsewhere == {
        ("email", "aws_sns_topic", "feedback"),  # what SES reports
        ("email", "aws_sns_topic", "replies"),  # the mails that SES receives
        ("observability", "aws_sns_topic", "alarms"),  # CloudWatch alarms
    }


def _attributes_used(terraform: "Module", section: str) -> set[str]:
    """The attributes of a section's entries that resources read, directly or through local values."""
    loop = rf"for \w+, (\w+) in local\.topology\.{section}\b"
    direct = {
        member
        for body in terraform.resources.values()
        if body.get("for_each") == f"${{local.topology.{section}}}"
        for member in re.findall(r"each\.value\.(\w+)", str(body))
    }
    through_locals = {
        member
        for value in map(str, terraform.locals.values())
        for entry in re.findall(loop, value)
        for member in re.findall(rf"\b{entry}\.(\w+)", value)
    }
    return direct | through_locals
