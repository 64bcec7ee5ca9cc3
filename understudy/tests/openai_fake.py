"""A small HTTP server with OpenAI's chat API, whose answers a test decides."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Headers = Mapping[str, str]


@dataclass(frozen=True)
class FakeReply:
    """What the server answers: a status and a body, as JSON unless it is bytes."""

    status: int = 200
    body: object = None
    headers: Headers = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The bytes of the body."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class FakeOpenAi:
    """The server: where it is, and what it was asked, in order."""

    answer: Callable[[dict[str, Any]], FakeReply]
    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Headers] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


def completion(text: object = "Hello.", finish_reason: str = "stop", **usage: int) -> FakeReply:
    """Return a chat completion, with a usage if one is given."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish_reason}
    return FakeReply(body={"choices": [choice], **({"usage": usage} if usage else {})})


@contextmanager
def openai_server(answer: Callable[[dict[str, Any]], FakeReply]) -> Iterator[FakeOpenAi]:
    """Serve on a free loopback port; `answer` gets the body of each request."""
    fake = FakeOpenAi(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fake.bodies.append(body)
            fake.headers.append(dict(self.headers))
            fake.paths.append(self.path)
            reply = fake.answer(body)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.content)))
            self.end_headers()
            self.wfile.write(reply.content)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        fake.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield fake
        server.shutdown()
        thread.join()
