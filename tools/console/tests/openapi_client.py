"""A client that knows nothing but the OpenAPI document: it finds operations by their ids.

It sends what the document lets it send, and takes only answers that are as the document says.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

from jsonschema import Draft202012Validator

from tools.console.tests.conftest import Asked, Asking

Json: TypeAlias = Any


@dataclass
class Client:
    """Calls operations with a token."""

    asking: Asking
    document: Mapping[str, Json]
    token: str
    asked: Asked = field(default_factory=Asked)
    """The latest answer."""

    async def call(self, operation_id: str, *, if_match: str = "", **arguments: Json) -> Json:
        """Call an operation, and return what it answers, or the problem details of why it does not."""
        path, method, operation = self._find(operation_id)
        places = {each["name"]: each["in"] for each in operation["parameters"]}
        if "If-Match" in places:
            assert if_match, f"{operation_id} takes If-Match"
        for name in [name for name, place in places.items() if place == "path"]:
            path = path.replace(f"{{{name}}}", quote(arguments.pop(name), safe=""))
        if files := arguments.pop("files", None):
            return await self._sent(operation, path, files)
        query = {name: arguments.pop(name) for name in list(arguments) if places.get(name) == "query"}
        body = self._body(operation, arguments)
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        headers |= {"if-match": if_match} if if_match else {}
        where = f"{self.document['servers'][0]['url']}{path}?{urlencode(query)}"
        self.asked = await self.asking.ask(method.upper(), where, body, headers)
        return self._answer(operation)

    async def _sent(self, operation: Json, path: str, files: Mapping[str, str]) -> Json:
        """Send files, as a form in a browser does."""
        assert "multipart/form-data" in operation["requestBody"]["content"]
        parts = (
            f'--xx\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n{text}\r\n'
            for name, text in files.items()
        )
        headers = {
            "authorization": f"Bearer {self.token}",
            "content-type": "multipart/form-data; boundary=xx",
        }
        where = f"{self.document['servers'][0]['url']}{path}"
        self.asked = await self.asking.ask("POST", where, f"{''.join(parts)}--xx--\r\n".encode(), headers)
        return self._answer(operation)

    def _find(self, operation_id: str) -> tuple[str, str, Json]:
        return next(
            (path, method, operation)
            for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
            if operation["operationId"] == operation_id
        )

    def _body(self, operation: Json, arguments: dict[str, Json]) -> bytes:
        if "requestBody" not in operation:
            assert not arguments, f"{operation['operationId']} does not take {sorted(arguments)}"
            return b""
        self._check(operation["requestBody"]["content"]["application/json"]["schema"], arguments)
        return json.dumps(arguments).encode()

    def _answer(self, operation: Json) -> Json:
        responses, status = operation["responses"], str(self.asked.status)
        content = responses.get(status, responses["default"]).get("content")
        if content is None:
            assert self.asked.status == HTTPStatus.NO_CONTENT
            return None
        kind = self.asked.headers["content-type"]
        answer = json.loads(self.asked.text)
        self._check(content[kind]["schema"], answer)
        return answer

    def _check(self, schema: Json, value: Json) -> None:
        components = {"components": self.document["components"]}
        Draft202012Validator({**schema, **components}).validate(value)
