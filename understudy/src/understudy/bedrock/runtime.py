"""The operations of Bedrock Runtime."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.bedrock import converse, messages
from understudy.bedrock.errors import ModelRefusalError, invalid
from understudy.bedrock.guardrails import find_guardrail

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from understudy.bedrock.invocation import Invoker
    from understudy.bedrock.models import Models
    from understudy.wire.service import Handler, Params


@dataclass(frozen=True, slots=True)
class Runtime:
    """Answers `Converse` and `InvokeModel`; `guardrails` are the words that each guardrail blocks."""

    models: Models
    invoker: Invoker
    guardrails: Mapping[str, Sequence[str]]

    def operations(self) -> Mapping[str, Handler]:
        """Return the operations by name."""
        return {"Converse": self.converse, "InvokeModel": self.invoke_model}

    async def converse(self, params: Params) -> Params:
        """Answer Converse."""
        started = time.perf_counter()
        model = self.models.find(params["modelId"])
        config = params.get("guardrailConfig", {})
        guardrail = find_guardrail(
            self.guardrails, config.get("guardrailIdentifier"), config.get("guardrailVersion")
        )
        request = converse.read_request(params, model)
        reply = await self.invoker.invoke(request, operation="Converse", guardrail=guardrail)
        latency_ms = round((time.perf_counter() - started) * 1000)
        response = converse.write_response(reply, model, latency_ms=latency_ms)
        if guardrail and reply.blocked and config.get("trace", "disabled") != "disabled":
            response |= converse.write_trace(reply, guardrail)
        return response

    async def invoke_model(self, params: Params) -> Params:
        """Answer InvokeModel, in the form of Claude's Messages API; the model's refusals stand alone."""
        model = self.models.find(params["modelId"])
        guardrail = find_guardrail(
            self.guardrails, params.get("guardrailIdentifier"), params.get("guardrailVersion")
        )
        try:
            request = messages.read_body(messages.parse_body(params["body"]), model)
            reply = await self.invoker.invoke(request, operation="InvokeModel", guardrail=guardrail)
        except ModelRefusalError as error:
            raise invalid(error.reason) from error
        body = json.dumps(messages.write_body(reply, model, guardrail))
        return {"body": body.encode(), "contentType": "application/json"}
