"""Passes requests on to a server with OpenAI's chat API: Ollama, llama.cpp, vLLM and others."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar

from understudy.bedrock.errors import (
    input_too_long,
    model_failed,
    model_timeout,
    model_unavailable,
    too_many_requests,
)
from understudy.bedrock.request import Answer, StopReason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.bedrock.request import ModelRequest
    from understudy.wire.service import ServiceError

_STOP_REASONS: dict[str, StopReason] = {"length": "max_tokens", "content_filter": "content_filtered"}
_TOO_LONG = ("context_length_exceeded", "exceed_context_size_error", "maximum context length")
"""What servers write in an error if a prompt is longer than the context of their model."""
_ERRORS = {
    408: model_timeout,
    429: too_many_requests,
    502: model_unavailable,
    503: model_unavailable,
    504: model_timeout,
}
_OK = 200
_MAX_BYTES = 10_000_000
_MAX_REASON_CHARS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAiServer:
    """Where the server is; without `model`, it is asked for the id that Bedrock's client named."""

    base_url: str
    model: str | None = None
    api_key: str | None = field(default=None, repr=False)
    timeout_s: float = 120.0

    @property
    def url(self) -> str:
        """The address of chat completions, whether or not the base ends in `/v1`."""
        return f"{self.base_url.rstrip('/').removesuffix('/v1')}/v1/chat/completions"


class OpenAiEngine:
    """Asks one server, and no other: redirects are not followed, and proxies and cookies are not used."""

    def __init__(self, server: OpenAiServer) -> None:
        self._server = server
        self._session: ClientSession | None = None
        self._takes_json_schema = True

    async def answer(self, request: ModelRequest) -> Answer:
        """Return the model's answer; raise `ServiceError` for a fault of the server, without a retry.

        A server that does not know the format `json_schema` is asked again with the older `json_object`, and
        from then on with that alone.
        """
        as_schema = self._takes_json_schema
        status, content = await self._post(self._body(request, json_schema=as_schema))
        if status != _OK and request.schema and as_schema and b"response_format" in content:
            self._takes_json_schema = False
            status, content = await self._post(self._body(request, json_schema=False))
        if status != _OK:
            raise self._failure(status, content)
        return self._answer(content)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def _post(self, body: dict[str, Any]) -> tuple[int, bytes]:
        with _connecting():
            async with self._client().post(self._server.url, json=body, allow_redirects=False) as response:
                content = bytearray()
                async for chunk in response.content.iter_any():
                    content += chunk
                    if len(content) > _MAX_BYTES:
                        raise self._fault(f"the answer has more than {_MAX_BYTES} bytes")
                return response.status, bytes(content)

    def _client(self) -> ClientSession:
        """Return the session, which belongs to the event loop of the first call."""
        if self._session is None:
            key = self._server.api_key
            self._session = ClientSession(
                headers={"Authorization": f"Bearer {key}"} if key else {},
                timeout=ClientTimeout(total=self._server.timeout_s),
                cookie_jar=DummyCookieJar(),
            )
        return self._session

    def _body(self, request: ModelRequest, *, json_schema: bool) -> dict[str, Any]:
        system = "\n".join(block.text for block in request.system if block.text)
        options = {
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "top_p": request.top_p,
            "stop": list(request.stop_sequences) or None,
            "response_format": _response_format(request.schema, json_schema=json_schema),
        }
        return {
            "model": self._server.model or request.model.id,
            "messages": [
                *([{"role": "system", "content": system}] if system else []),
                *({"role": turn.role, "content": turn.text} for turn in request.turns),
            ],
            "stream": False,
            **{name: each for name, each in options.items() if each is not None},
        }

    def _answer(self, content: bytes) -> Answer:
        try:
            parsed = json.loads(content)
            choice = parsed["choices"][0]
            text = choice["message"]["content"]
            usage = parsed.get("usage") or {}
            reason = _STOP_REASONS.get(choice.get("finish_reason"), "end_turn")
            counts = usage.get("prompt_tokens"), usage.get("completion_tokens")
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise self._fault("the answer is not a chat completion", _OK) from error
        if not isinstance(text, str):
            raise self._fault("the answer has no text", _OK)
        return Answer(text, reason, input_tokens=counts[0], output_tokens=counts[1])

    def _failure(self, status: int, content: bytes) -> ServiceError:
        text = content.decode(errors="replace")
        if any(sign in text for sign in _TOO_LONG):
            return input_too_long()
        if status in _ERRORS:
            return _ERRORS[status]()
        return self._fault(_reason(text), status)

    def _fault(self, reason: str, status: int | None = None) -> ServiceError:
        return model_failed(reason[:_MAX_REASON_CHARS], status, resource=self._server.model)


def _response_format(schema: str | None, *, json_schema: bool) -> dict[str, Any] | None:
    if schema is None:
        return None
    parsed = json.loads(schema)
    if json_schema:
        named = {"name": "answer", "schema": parsed, "strict": True}
        return {"type": "json_schema", "json_schema": named}
    return {"type": "json_object", "schema": parsed}


def _reason(text: str) -> str:
    """Return the message within an error in OpenAI's form, or all of another one."""
    try:
        return str(json.loads(text)["error"]["message"])
    except (ValueError, LookupError, TypeError):
        return text


@contextmanager
def _connecting() -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise model_timeout() from error
    except ClientError as error:
        raise model_unavailable() from error
