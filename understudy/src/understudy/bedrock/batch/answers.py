"""Answers single records of a job, in the form of the operation that the job names."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from understudy.bedrock import converse, messages
from understudy.bedrock.errors import ModelRefusalError, no_structured_output
from understudy.wire.dialect import Dialect, load_description
from understudy.wire.errors import ServiceError
from understudy.wire.operations import request_reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from understudy.bedrock.batch.files import Record
    from understudy.bedrock.batch.job import Job
    from understudy.bedrock.invocation import Invoker, Reply
    from understudy.bedrock.request import ModelRequest
    from understudy.wire.service import Params

OPERATION = "CreateModelInvocationJob"
"""The operation to which the tokens of jobs are counted."""

_SERVICE = "bedrock-runtime"
_AT_ONCE = 8


def _statuses() -> Dialect:
    return Dialect.of(load_description(_SERVICE))


@dataclass(frozen=True, slots=True)
class Answers:
    """Asks the model for one record after another; of all jobs together, a few at once."""

    invoker: Invoker
    _dialect: Dialect = field(default_factory=_statuses)
    _read_converse: Callable[[Params], Params] = field(
        default_factory=lambda: request_reader(_SERVICE, "Converse")
    )
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def answer(self, record: Record, job: Job) -> bytes:
        """Return the line of the output for a record, and count it: its answer, or the error that it has."""
        async with self._turns:
            await asyncio.sleep(0)  # answers to synchronous calls come in between
            started = time.perf_counter()
            try:
                reply = await self._invoke(record, job)
            except ServiceError as error:
                job.tally.count(None)
                return record.line(error=self._error(error, job))
            job.tally.count(reply.usage)
            latency_ms = round((time.perf_counter() - started) * 1000)
            return record.line(modelOutput=_output(reply, job, latency_ms))

    async def _invoke(self, record: Record, job: Job) -> Reply:
        request = self._request(record.model_input, job)
        if request.schema is not None:
            raise no_structured_output()
        return await self.invoker.invoke_in_batch(request, operation=OPERATION)

    def _request(self, model_input: dict[str, Any], job: Job) -> ModelRequest:
        if job.invocation_type == "InvokeModel":
            return messages.read_body(model_input, job.model, in_batch=True)
        if "modelId" in model_input:
            raise ModelRefusalError("modelId: Extra inputs are not permitted")
        params = self._read_converse({**model_input, "modelId": job.model.id})
        return converse.read_request(params, job.model)

    def _error(self, error: ServiceError, job: Job) -> Params:
        message = error.message
        if isinstance(error, ModelRefusalError) and job.invocation_type == "InvokeModel":
            message = error.reason
        status = error.status or self._dialect.error_form(error.code).status
        return {"errorCode": status, "errorMessage": message}


def _output(reply: Reply, job: Job, latency_ms: int) -> Params:
    if job.invocation_type == "InvokeModel":
        return messages.write_body(reply, job.model)
    return converse.write_response(reply, job.model, latency_ms=latency_ms)
