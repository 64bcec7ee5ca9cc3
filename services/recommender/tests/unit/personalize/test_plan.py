import re
from dataclasses import replace
from typing import Any

import pytest

from fondly.recommender.adapters.personalize.plan import Plan, ResourceSpec
from fondly.recommender.domain.history.preferences import EventType
from fondly.recommender.domain.run_state import TRAINING, RecommenderState
from fondly.runtime.runs.run import Run
from services.recommender.tests.fakes import ARNS
from tests.support.runs import START, with_state

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9\-_]*")
PLAN = Plan(dataset_group="shop", role_arn="arn:role", bucket="data", num_results=30)


def a_run(run_id: str = "run-1", **members: object) -> Run:
    """A run that has made all resources."""
    state = RecommenderState().having(resources={key: f"arn:{key}" for key in ARNS}, **members)
    return with_state(Run(run_id=run_id, created_at=START, parts=2), state)


RUN = a_run()


def everything(run: Run = RUN, plan: Plan = PLAN) -> dict[str, ResourceSpec]:
    """Return all resources of a run by key."""
    return {one.key: one for phase in TRAINING for one in plan.wanted(phase, run)}


@pytest.mark.parametrize("run_id", ["run-1", "run-0123456789abcdef"])
def test_personalize_accepts_every_name(run_id: str) -> None:
    """Names are valid, deterministic and distinct, also with the longest name of a group."""
    run, plan = RUN.model_copy(update={"run_id": run_id}), replace(PLAN, dataset_group="g" * 39)
    wanted = everything(run, plan)
    assert sorted(wanted) == sorted(ARNS)
    for one in wanted.values():
        assert NAME.fullmatch(one.name)
        assert len(one.name) <= 63
    assert len({(one.kind, one.name) for one in wanted.values()}) == len(ARNS)
    assert everything(run, plan) == wanted


def test_runs_share_the_group_and_its_datasets_but_nothing_else() -> None:
    """Quotas allow few groups; a version goes only with its solution, so each run has its own."""
    other = everything(RUN.model_copy(update={"run_id": "run-2"}))
    same = {key for key, one in everything().items() if one.name == other[key].name}
    assert {key for key in ARNS if key not in same} == {
        "import_interactions",
        "import_items",
        "import_users",
        "solution",
        "solution_version",
        "batch_job",
    }


def test_imports_replace_all_data_with_the_runs_folders() -> None:
    """Each dataset is a folder of part files, read with Personalize's own role."""
    request = everything()["import_users"].request
    assert request == {
        "datasetArn": "arn:dataset_users",
        "dataSource": {"dataLocation": "s3://data/runs/run-1/personalize/users/"},
        "roleArn": "arn:role",
        "importMode": "FULL",
        "tags": [{"tagKey": "run", "tagValue": "run-1"}],
    }


def test_the_solution_trains_only_when_asked_and_on_every_event_type() -> None:
    """Automatic training would cost money every week; an event type left out would be filtered out."""
    request: Any = everything()["solution"].request
    assert request["recipeArn"].endswith("recipe/aws-user-personalization-v2")
    assert request["performAutoTraining"] is False
    events = request["solutionConfig"]["eventsConfig"]["eventParametersList"]
    assert {event["eventType"] for event in events} == set(EventType)
    assert all(0 < event["weight"] <= 1 for event in events)


def test_the_batch_job_reads_a_folder_and_writes_to_another() -> None:
    """Personalize refuses an output folder that equals the input folder."""
    request: Any = everything()["batch_job"].request
    assert request["jobInput"]["s3DataSource"]["path"] == "s3://data/runs/run-1/personalize/input/"
    assert request["jobOutput"]["s3DataDestination"]["path"] == "s3://data/runs/run-1/personalize/output/"
    assert request["numResults"] == 30


def test_the_batch_job_leaves_out_what_customers_have_and_what_is_sold_out() -> None:
    """The filter exists before the job, once for all runs: another expression is another filter."""
    wanted: Any = everything()
    assert wanted["batch_job"].request["filterArn"] == "arn:filter"
    expression = wanted["filter"].request["filterExpression"]
    assert 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("liked", ' in expression
    assert 'EXCLUDE ItemID WHERE Items.AVAILABILITY IN ("sold-out")' in expression
    assert wanted["filter"].request["datasetGroupArn"] == "arn:dataset_group"


def test_nothing_is_trained_on_the_columns_of_filters() -> None:
    """That something is sold out says nothing of who likes it."""
    config: Any = everything()["solution"].request["solutionConfig"]
    assert config["trainingDataConfig"] == {"excludedDatasetColumns": {"Items": ["AVAILABILITY"]}}


def test_one_campaign_and_tracker_serve_all_runs() -> None:
    """They are named as the dataset group, so that whoever asks them finds them."""
    campaign, tracker = PLAN.campaign("arn:version"), PLAN.event_tracker("arn:group")
    assert campaign.name == tracker.name == "shop"
    assert campaign.request == {"solutionVersionArn": "arn:version", "minProvisionedTPS": 1}
    assert tracker.request == {"datasetGroupArn": "arn:group"}


def test_everything_but_schemas_says_whose_it_is() -> None:
    """What all runs share has the deployment's tags, what belongs to a run also the run's."""
    wanted = Plan(
        dataset_group="shop", role_arn="arn:role", bucket="data", num_results=30, tags={"stack": "shop"}
    )
    tags = {one.key: one.request.get("tags", []) for one in everything(plan=wanted).values()}
    shared, own = [{"tagKey": "stack", "tagValue": "shop"}], {"tagKey": "run", "tagValue": "run-1"}
    assert {key for key, found in tags.items() if not found} == {key for key in ARNS if "schema" in key}
    for key, found in tags.items():
        if "schema" not in key:
            of_a_run = key.startswith(("import", "solution", "batch"))
            assert found == ([*shared, own] if of_a_run else shared), key


def test_jobs_that_are_made_again_have_new_names() -> None:
    """AWS keeps the names of jobs: the old one would be taken for the new one's work."""
    again = everything(a_run(remade=1))
    assert again["import_users"].name == "run-1-users-2"
    assert again["batch_job"].name == "run-1-2"
    assert again["solution"].name == everything()["solution"].name
