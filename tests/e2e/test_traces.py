"""An upload is one trace, from its first part to its last email."""

from collections import defaultdict
from pathlib import Path

import boto3
import pytest

from fondly.contracts.trace_context import TraceParent
from fondly.evaluation.sample import write_sample
from tests.support.pipeline import Pipeline

pytestmark = pytest.mark.timeout(700)


async def test_every_stored_object_of_a_run_names_the_same_trace(pipeline: Pipeline, tmp_path: Path) -> None:
    """Four services that share only messages store their objects under one trace."""
    path = tmp_path / "traced.csv"
    write_sample(path, seed=17, customers=60, products=30)
    pipeline.upload("traced.csv", path)
    run_id, finished = await pipeline.finished("traced.csv")
    assert finished.status == "finished"

    spans = stored_spans(pipeline.stack.resources.buckets["data"], f"runs/{run_id}/")
    assert set(spans) >= {"customers", "sentiment", "recommendations", "emails"}
    traces = {span.trace_id for found in spans.values() for span in found}
    assert len(traces) == 1
    handlers = [{span.span_id for span in spans[kind]} for kind in ("customers", "emails")]
    assert handlers[0].isdisjoint(handlers[1])


def stored_spans(bucket: str, prefix: str) -> dict[str, list[TraceParent]]:
    """The span that stored each object of a run, by the kind of object."""
    s3 = boto3.client("s3")
    spans: dict[str, list[TraceParent]] = defaultdict(list)
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for found in page["Contents"]:
            metadata = s3.head_object(Bucket=bucket, Key=found["Key"])["Metadata"]
            span = TraceParent.parse(metadata.get("traceparent"))
            assert span, found["Key"]
            spans[found["Key"].removeprefix(prefix).split("/")[0]].append(span)
    return spans
