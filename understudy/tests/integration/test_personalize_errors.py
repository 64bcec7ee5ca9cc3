"""What AWS refuses is refused, with the exception and the code that boto3 has for it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError
from personalize_world import (
    BATCH,
    DELETION,
    EXPORT,
    RECIPE,
    ROLE,
    TIMESTAMP,
    USER_ID,
    World,
    avro,
    finished_world,
)

INVALID, VALIDATION, NOT_FOUND = "InvalidInputException", "ValidationException", "ResourceNotFoundException"
EXISTS, IN_USE, LIMIT = "ResourceAlreadyExistsException", "ResourceInUseException", "LimitExceededException"
TOKEN, TAGS = "InvalidNextTokenException", "TooManyTagsException"
NOWHERE = "arn:aws:personalize:us-east-1:123456789012:"
LIMITS = {"DatasetGroup": 2, "EventTracker": 1, "BatchInferenceJob": 1, "Schema": 4}
LIST_KINDS = (
    "dataset_groups",
    "schemas",
    "datasets",
    "dataset_import_jobs",
    "dataset_export_jobs",
    "data_deletion_jobs",
    "solutions",
    "solution_versions",
    "campaigns",
    "filters",
    "event_trackers",
    "batch_inference_jobs",
    "recipes",
)
KINDS = {
    "dataset_group": "datasetGroup",
    "schema": "schema",
    "dataset": "dataset",
    "dataset_import_job": "datasetImportJob",
    "dataset_export_job": "datasetExportJob",
    "data_deletion_job": "dataDeletionJob",
    "solution": "solution",
    "solution_version": "solutionVersion",
    "campaign": "campaign",
    "filter": "filter",
    "event_tracker": "eventTracker",
    "batch_inference_job": "batchInferenceJob",
    "recipe": "recipe",
}
DELETED = (
    "dataset_group",
    "schema",
    "dataset",
    "solution",
    "campaign",
    "filter",
    "event_tracker",
)


class Case(NamedTuple):
    """A call, the code of its error, and a part of the message where clients are known to read it."""

    operation: str
    params: dict[str, Any]
    code: str
    says: str = ""


IMPORT: dict[str, Any] = {
    "jobName": "new",
    "datasetArn": "{interactions}",
    "dataSource": {"dataLocation": "s3://data/interactions.csv"},
    "roleArn": ROLE,
}
SOLUTION = {"name": "new", "datasetGroupArn": "{group}", "recipeArn": RECIPE}
CAMPAIGN: dict[str, Any] = {"name": "new", "solutionVersionArn": "{version}"}
FILTER = {"name": "new", "datasetGroupArn": "{group}"}
DATASET = {"name": "new", "datasetGroupArn": "{empty}", "datasetType": "Users", "schemaArn": "{users_schema}"}
EVENT = {"eventType": "click", "sentAt": 1_700_000_000, "itemId": "i1"}
EVENTS: dict[str, Any] = {
    "trackingId": "{tracking_id}",
    "sessionId": "s",
    "userId": "u1",
    "eventList": [EVENT],
}
ASKED: dict[str, Any] = {"campaignArn": "{campaign}", "userId": "u1"}
MANY_TAGS = [{"tagKey": f"k{n}", "tagValue": "v"} for n in range(51)]


def schema_cases() -> Iterator[Case]:
    """Schemas that break a rule."""
    item = {"name": "ITEM_ID", "type": "string"}
    for schema in (
        "not json",
        "{}",
        avro("Products", item),
        avro("Users", USER_ID),
        avro("Items", {"name": "KIND", "type": "string"}),
        avro("Interactions", USER_ID, item),
        avro("Interactions", USER_ID, item, {"name": "TIMESTAMP", "type": "string"}),
        avro("Interactions", USER_ID, item, {"name": "TIMESTAMP", "type": ["long", "null"]}),
        avro("Users", USER_ID, {"name": "AGE", "type": {"type": "array", "items": "int"}}),
        avro("Users", USER_ID, {"name": "AGE", "type": "int"}, {"name": "A_GE", "type": "int"}),
        avro("Users", USER_ID, {"name": "TEXT", "type": "string", "textual": True}),
        avro(
            "Interactions",
            USER_ID,
            item,
            TIMESTAMP,
            {"name": "EVENT_TYPE", "type": "string", "categorical": True},
        ),
        avro("Interactions", USER_ID, item, TIMESTAMP, *({"name": f"M{c}", "type": "int"} for c in "ABCDEF")),
    ):
        yield Case("create_schema", {"name": "new", "schema": schema}, INVALID)


def filter_cases() -> Iterator[Case]:
    """Filters that break a rule."""
    for expression, says in (
        ("nothing", "Could not create filter."),
        ("INCLUDE ItemID WHERE Items.COLOUR = 'x'", "Invalid Expression"),
        ('INCLUDE ItemID WHERE Items.COLOUR = "x"', "Invalid Expression"),
        ('INCLUDE ItemID WHERE Items.IN_STOCK = "true"', "Invalid Expression"),
        ('INCLUDE ItemID WHERE Items.TEXT = "oak"', "Invalid Expression"),
        ('INCLUDE ItemID WHERE Interactions.EVENT_VALUE = "1"', "Invalid Expression"),
        ("INCLUDE ItemID WHERE Items.CATEGORY NOT IN ($KIND)", "Placeholders are not allowed with NOT_IN"),
        ('INCLUDE ItemID WHERE Items.CATEGORY IN ("a") IF Items.CATEGORY = "b"', "Invalid Expression"),
        ('EXCLUDE ItemID WHERE Items.CATEGORY > "a"', "Invalid Expression"),
        (
            'EXCLUDE ItemID WHERE Items.CATEGORY IN ("a") OR Interactions.EVENT_TYPE IN ("a")',
            "one dataset",
        ),
        ("EXCLUDE UserID WHERE Users.AGE > 1", "expected ITEMID"),
    ):
        yield Case("create_filter", {**FILTER, "filterExpression": expression}, INVALID, says)


CASES = (
    # What the service model itself rules out; botocore does not check it.
    Case("create_dataset_group", {"name": "no spaces"}, VALIDATION, "failed to satisfy constraint"),
    Case("create_dataset_group", {"name": "x" * 64}, VALIDATION, "less than or equal to 63"),
    Case("create_dataset_group", {"name": "new", "domain": "BOOKS"}, VALIDATION, "ECOMMERCE"),
    Case("create_dataset_group", {}, VALIDATION, "must not be null"),
    Case("create_dataset_group", {"name": "a b", "domain": "BOOKS"}, VALIDATION, "2 validation errors"),
    Case("describe_campaign", {"campaignArn": "campaign"}, VALIDATION),
    Case("describe_campaign", {"campaignArn": NOWHERE + "x" * 256}, VALIDATION),
    Case("create_schema", {"name": "new", "schema": "x" * 20_001}, VALIDATION),
    Case("create_dataset", {**DATASET, "datasetType": "Users1"}, VALIDATION),
    Case("create_dataset_import_job", {**IMPORT, "importMode": "PARTIAL"}, VALIDATION),
    Case("create_dataset_import_job", {**IMPORT, "roleArn": "me"}, VALIDATION),
    Case("create_dataset_import_job", {**IMPORT, "dataSource": {"dataLocation": "s3:" * 90}}, VALIDATION),
    Case("create_solution_version", {"solutionArn": "{solution}", "trainingMode": "X"}, VALIDATION),
    Case("create_campaign", {**CAMPAIGN, "minProvisionedTPS": 0}, VALIDATION),
    Case("create_filter", {**FILTER, "filterExpression": "x" * 2_501}, VALIDATION),
    Case("create_filter", {**FILTER, "filterExpression": ""}, VALIDATION),
    Case("create_batch_inference_job", {**BATCH, "batchInferenceJobMode": "X"}, VALIDATION),
    Case("create_dataset_export_job", {**EXPORT, "ingestionMode": "X"}, VALIDATION),
    Case("list_campaigns", {"maxResults": 0}, VALIDATION),
    Case("list_campaigns", {"maxResults": 101}, VALIDATION),
    Case("list_campaigns", {"nextToken": "x" * 1_501}, VALIDATION),
    Case(
        "create_dataset_group",
        {"name": "new", "tags": [{"tagKey": "k" * 129, "tagValue": "v"}]},
        VALIDATION,
    ),
    Case("get_recommendations", {"campaignArn": "{campaign}", "userId": "u1", "numResults": -1}, VALIDATION),
    Case("put_events", {**EVENTS, "eventList": []}, VALIDATION),
    Case("put_events", {**EVENTS, "eventList": [EVENT] * 11}, VALIDATION),
    Case("put_events", {**EVENTS, "eventList": [{**EVENT, "impression": ["i1"] * 26}]}, VALIDATION),
    Case("put_events", {**EVENTS, "eventList": [{**EVENT, "properties": "x" * 1_025}]}, VALIDATION),
    Case("put_events", {**EVENTS, "trackingId": "x" * 257}, VALIDATION),
    # What cannot be fulfilled.
    *schema_cases(),
    *filter_cases(),
    Case("create_dataset_group", {"name": "new", "roleArn": ROLE}, INVALID),
    Case("create_dataset", {**DATASET, "schemaArn": "{items_schema}"}, INVALID),
    Case("create_dataset", {**DATASET, "datasetType": "Products"}, INVALID),
    Case("update_dataset", {"datasetArn": "{users}", "schemaArn": "{items_schema}"}, INVALID),
    Case(
        "create_dataset_import_job",
        {**IMPORT, "dataSource": {"dataLocation": "s3://data/x.json"}},
        INVALID,
        "Invalid Data location.",
    ),
    Case(
        "create_dataset_import_job", {**IMPORT, "dataSource": {"dataLocation": "https://data/x.csv"}}, INVALID
    ),
    Case(
        "create_dataset_import_job",
        {key: IMPORT[key] for key in ("jobName", "datasetArn", "dataSource")},
        INVALID,
    ),
    Case("create_dataset_import_job", {**IMPORT, "publishAttributionMetricsToS3": True}, INVALID),
    Case("create_dataset_import_job", {**IMPORT, "importMode": "INCREMENTAL"}, INVALID, "not supported"),
    Case("create_solution", {**SOLUTION, "datasetGroupArn": "{empty}"}, INVALID),
    Case("create_solution", {"name": "new", "datasetGroupArn": "{group}"}, INVALID),
    Case("create_solution", {**SOLUTION, "performAutoML": True}, INVALID),
    Case("create_solution", {**SOLUTION, "performAutoTraining": True}, INVALID, "not supported"),
    *(
        Case("create_campaign", {**CAMPAIGN, "campaignConfig": {name: True}}, INVALID, "not supported")
        for name in ("syncWithLatestSolutionVersion", "enableMetadataWithRecommendations")
    ),
    Case("create_solution", {**SOLUTION, "solutionConfig": {"eventValueThreshold": "much"}}, INVALID),
    Case(
        "create_solution",
        {
            **SOLUTION,
            "solutionConfig": {
                "eventsConfig": {"eventParametersList": [{"eventType": "a"}, {"eventType": "A"}]}
            },
        },
        INVALID,
    ),
    Case(
        "create_solution",
        {
            **SOLUTION,
            "solutionConfig": {"trainingDataConfig": {"excludedDatasetColumns": {"Shops": ["NAME"]}}},
        },
        INVALID,
    ),
    Case("create_solution_version", {"solutionArn": "{solution}", "trainingMode": "UPDATE"}, INVALID),
    Case(
        "create_batch_inference_job",
        {**BATCH, "jobName": "n", "jobInput": {"s3DataSource": {"path": "http://data/in.json"}}},
        INVALID,
        "Invalid S3 input path",
    ),
    Case(
        "create_batch_inference_job",
        {**BATCH, "jobName": "n", "jobOutput": {"s3DataDestination": {"path": "s3://data/in.json"}}},
        INVALID,
        "Invalid S3 output path",
    ),
    Case("create_batch_inference_job", {**BATCH, "jobName": "n", "numResults": 501}, INVALID),
    Case(
        "create_batch_inference_job",
        {**BATCH, "jobName": "n", "batchInferenceJobMode": "THEME_GENERATION"},
        INVALID,
    ),
    Case(
        "create_dataset_export_job",
        {**EXPORT, "jobName": "n", "jobOutput": {"s3DataDestination": {"path": "http://data/"}}},
        INVALID,
    ),
    Case(
        "create_data_deletion_job", {**DELETION, "dataSource": {"dataLocation": "s3://data/x.txt"}}, INVALID
    ),
    # Recommendations.
    Case("get_recommendations", {"userId": "u1"}, INVALID),
    Case("get_recommendations", {"campaignArn": "{campaign}"}, INVALID),
    Case("get_recommendations", {"campaignArn": "{campaign}", "userId": "u1", "numResults": 501}, INVALID),
    Case(
        "get_recommendations", {"campaignArn": "{campaign}", "userId": "u1", "filterArn": "{filter}"}, INVALID
    ),
    Case(
        "get_recommendations",
        {
            "campaignArn": "{campaign}",
            "userId": "u1",
            "filterArn": "{filter}",
            "filterValues": {"KIND": "bare"},
        },
        INVALID,
    ),
    Case("get_recommendations", {**ASKED, "metadataColumns": {"ITEMS": ["NAME"]}}, INVALID, "not supported"),
    Case(
        "get_recommendations",
        {**ASKED, "promotions": [{"percentPromotedItems": 9, "filterArn": "{filter}"}]},
        INVALID,
        "promotions is not supported",
    ),
    Case("get_recommendations", {"campaignArn": NOWHERE + "campaign/none", "userId": "u1"}, NOT_FOUND),
    Case(
        "get_recommendations",
        {"campaignArn": "{campaign}", "userId": "u1", "filterArn": NOWHERE + "filter/none"},
        NOT_FOUND,
    ),
    # Records one at a time.
    Case("put_events", {**EVENTS, "trackingId": "unknown"}, INVALID),
    Case(
        "put_events",
        {**EVENTS, "eventList": [{**EVENT, "properties": "no json"}]},
        INVALID,
        "Error parsing properties json",
    ),
    Case(
        "put_events",
        {**EVENTS, "eventList": [{**EVENT, "properties": '"{}"'}]},
        INVALID,
        "Error parsing properties json",
    ),
    Case(
        "put_events",
        {**EVENTS, "eventList": [{**EVENT, "properties": '{"a": {}}'}]},
        INVALID,
        "Error parsing properties json",
    ),
    Case("put_events", {**EVENTS, "eventList": [{"eventType": "click", "sentAt": 1}]}, INVALID),
    Case(
        "put_events",
        {**EVENTS, "eventList": [{**EVENT, "properties": '{"eventValue": "much"}'}]},
        INVALID,
    ),
    # What does not exist, by what names it.
    *(
        Case(f"describe_{kind}", {f"{key}Arn": f"{NOWHERE}{key}/none"}, NOT_FOUND, "does not exist.")
        for kind, key in KINDS.items()
    ),
    *(Case(f"delete_{kind}", {f"{KINDS[kind]}Arn": f"{NOWHERE}x/none"}, NOT_FOUND) for kind in DELETED),
    Case("create_dataset", {**DATASET, "schemaArn": NOWHERE + "schema/none"}, NOT_FOUND),
    Case("create_dataset", {**DATASET, "datasetGroupArn": NOWHERE + "dataset-group/none"}, NOT_FOUND),
    Case("create_dataset_import_job", {**IMPORT, "datasetArn": NOWHERE + "dataset/none"}, NOT_FOUND),
    Case("create_solution", {**SOLUTION, "recipeArn": RECIPE + "x"}, NOT_FOUND),
    Case("create_solution_version", {"solutionArn": NOWHERE + "solution/none"}, NOT_FOUND),
    Case("create_campaign", {**CAMPAIGN, "solutionVersionArn": "{solution}"}, NOT_FOUND),
    Case("create_campaign", {**CAMPAIGN, "solutionVersionArn": "{group}"}, NOT_FOUND),
    Case("get_solution_metrics", {"solutionVersionArn": NOWHERE + "solution/none/1"}, NOT_FOUND),
    Case("list_tags_for_resource", {"resourceArn": NOWHERE + "campaign/none"}, NOT_FOUND),
    Case("stop_solution_version_creation", {"solutionVersionArn": NOWHERE + "solution/none/1"}, NOT_FOUND),
    # What exists already.
    Case("create_dataset_group", {"name": "shop"}, EXISTS, "dataset-group/shop already exists."),
    Case(
        "create_schema",
        {"name": "Users", "schema": avro("Users", USER_ID, {"name": "A", "type": "int"})},
        EXISTS,
    ),
    Case("create_dataset", {**DATASET, "datasetGroupArn": "{group}"}, EXISTS),
    Case("create_dataset_import_job", {**IMPORT, "jobName": "Items"}, EXISTS),
    Case("create_dataset_export_job", EXPORT, EXISTS),
    Case("create_solution", {**SOLUTION, "name": "taste"}, EXISTS),
    Case("create_campaign", {**CAMPAIGN, "name": "live"}, EXISTS),
    Case("create_event_tracker", {"name": "clicks", "datasetGroupArn": "{group}"}, EXISTS),
    Case(
        "create_filter",
        {**FILTER, "name": "kinds", "filterExpression": 'INCLUDE ItemID WHERE Items.CATEGORY IN ("a")'},
        EXISTS,
    ),
    Case("create_batch_inference_job", BATCH, EXISTS),
    # What is in use.
    Case("delete_dataset_group", {"datasetGroupArn": "{group}"}, IN_USE),
    Case("delete_schema", {"schemaArn": "{users_schema}"}, IN_USE),
    Case("delete_solution", {"solutionArn": "{solution}"}, IN_USE),
    Case("stop_solution_version_creation", {"solutionVersionArn": "{version}"}, IN_USE),
    # Quotas.
    Case("create_dataset_group", {"name": "third"}, LIMIT, "More than 2 resources in ACTIVE state."),
    Case("create_event_tracker", {"name": "second", "datasetGroupArn": "{group}"}, LIMIT),
    # Tags and pages.
    Case("create_dataset_group", {"name": "new", "tags": MANY_TAGS}, TAGS),
    *(Case(f"list_{kind}", {"nextToken": "made up"}, TOKEN) for kind in LIST_KINDS),
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A shop with one of everything."""
    with finished_world(tmp_path_factory.mktemp("state"), LIMITS) as made:
        yield made


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.operation}")
def test_what_aws_refuses_is_refused(world: World, case: Case) -> None:
    """The code, its exception in the client, and a part of the message that clients are known to read."""
    with pytest.raises(ClientError) as failure:
        world.call(case.operation, **case.params)
    error = failure.value.response["Error"]
    assert (error["Code"], case.says in error["Message"]) == (case.code, True), error
    undeclared = case.code == VALIDATION
    assert type(failure.value).__name__ == ("ClientError" if undeclared else case.code)


def test_what_is_being_created_can_be_neither_used_nor_deleted(world: World) -> None:
    """Pending resources are in use; so is what they depend on; and running jobs are counted."""
    world.call("create_dataset_import_job", **{**IMPORT, "datasetArn": "{users}"})
    with pytest.raises(ClientError) as failure:
        world.call("delete_dataset", datasetArn="{users}")
    assert failure.value.response["Error"]["Code"] == IN_USE
    world.call("create_batch_inference_job", **{**BATCH, "jobName": "first"})
    with pytest.raises(ClientError, match="PENDING or IN_PROGRESS") as failure:
        world.call("create_batch_inference_job", **{**BATCH, "jobName": "second"})
    assert failure.value.response["Error"]["Code"] == LIMIT
    world.arns["pending_filter"] = world.call(
        "create_filter",
        name="pending",
        datasetGroupArn="{group}",
        filterExpression='EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")',
    )["filterArn"]
    with pytest.raises(ClientError) as failure:
        world.call("get_recommendations", campaignArn="{campaign}", userId="u1", filterArn="{pending_filter}")
    assert failure.value.response["Error"]["Code"] == INVALID  # this operation declares no ResourceInUse
    world.call("delete_campaign", campaignArn="{campaign}")
    with pytest.raises(ClientError) as failure:
        world.call("get_recommendations", campaignArn="{campaign}", userId="u1")
    assert failure.value.response["Error"]["Code"] == NOT_FOUND
    assert failure.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
