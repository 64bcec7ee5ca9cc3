"""Records what the clients of a suite send and receive."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session

from understudy.conform.exchange import Exchange, parsed
from understudy.conform.sanitising import Sanitiser

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.awsrequest import AWSPreparedRequest


@dataclass(slots=True)
class Recorder:
    """Sends the requests of the clients that it watches, and keeps them and their responses, sanitised.

    Of requests that are repeated until their answer is right, only the last is kept.
    """

    known: Mapping[str, str]
    exchanges: list[Exchange] = field(default_factory=list)
    _session: URLLib3Session = field(default_factory=URLLib3Session)
    _sanitiser: Sanitiser = field(init=False)

    def __post_init__(self) -> None:
        self._sanitiser = Sanitiser(self.known)

    def watch(self, client: Any, service: str) -> None:  # noqa: ANN401 - of any service
        """Record what a client sends from now on."""

        def send(request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:  # noqa: ANN401 - of no use here
            response = self._session.send(request)
            operation = event_name.rpartition(".")[2]
            self._keep(self._sanitiser.sanitised(_exchange(service, operation, request, response)))
            headers: Any = response.headers  # of the type that is declared to be wanted in one place only
            return AWSResponse(request.url, response.status_code, headers, _Raw(response.content))

        client.meta.events.register("before-send", send)

    def _keep(self, exchange: Exchange) -> None:
        if self.exchanges and exchange.repeats and exchange.asks_the_same(self.exchanges[-1]):
            self.exchanges.pop()
        self.exchanges.append(exchange)


class _Raw(BytesIO):
    """A response that has been read, for whoever reads it as a stream."""

    def stream(self, **_: Any) -> Iterator[bytes]:  # noqa: ANN401 - of no use here
        """Yield all that is left at once."""
        if content := self.read():
            yield content


def _exchange(service: str, operation: str, request: AWSPreparedRequest, response: AWSResponse) -> Exchange:
    url = urlsplit(request.url)
    body: Any = request.body or b""
    headers: Any = response.headers
    return Exchange(
        service=service,
        operation=operation,
        method=request.method,
        path=f"{url.path}?{url.query}" if url.query else url.path,
        target=_header(request.headers, "X-Amz-Target"),
        content_type=_header(request.headers, "Content-Type") or "",
        request=parsed(body.encode() if isinstance(body, str) else bytes(body)),
        status=response.status_code,
        error_type=_error_type(_header(headers, "x-amzn-ErrorType")),
        response_type=_header(headers, "Content-Type"),
        response=parsed(response.content),
    )


def _header(headers: Any, name: str) -> str | None:  # noqa: ANN401 - two types that share this method
    value = headers.get(name)
    return value.decode() if isinstance(value, bytes) else value


def _error_type(header: str | None) -> str | None:
    """Return the code in the header, without the namespace that follows it."""
    return header and header.partition(":")[0]
