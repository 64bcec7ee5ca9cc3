"""ETags as on a bucket with SSE-KMS: no digests, and different for each upload of the same bytes.

Source: "Object" in the Amazon S3 API Reference: objects encrypted by SSE-KMS have ETags that are no MD5.
"""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Mapping
from html import unescape
from random import Random
from typing import Any
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

from tests.chaos.batches import Forward
from tests.chaos.calls import Call, Reply

_CONTENTS = re.compile(r"<Contents>.*?</Contents>", re.DOTALL)
_KEY = re.compile(r"<Key>(.*?)</Key>", re.DOTALL)
_ETAG = re.compile(r"<ETag>(.*?)</ETag>", re.DOTALL)
_CONDITIONS = frozenset({"if-match", "if-none-match"})
_OTHER_THAN_OBJECTS = frozenset({"acl", "partNumber", "tagging", "uploads", "attributes", "retention"})


class ETags:
    """Gives each stored object an ETag of its own, the same in every reply and notification about it.

    Uploads are told apart if they come through the proxy. An object that was stored otherwise has an ETag
    that follows from the emulator's.
    """

    def __init__(self, seed: int) -> None:
        self._rng = Random(f"{seed} etags")  # noqa: S311 - reproducible test data
        self._seed = seed
        self._uploads: dict[tuple[str, str], list[_Upload]] = defaultdict(list)
        self._shown: set[str] = set()

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Forward a call to S3; its reply has our ETags."""
        bucket, key = _object(call)
        query = dict(parse_qsl(urlsplit(call.target).query, keep_blank_values=True))
        if _OTHER_THAN_OBJECTS & query.keys():
            return await forward(call)
        upload = self._upload(bucket, key) if _is_upload(call, query) else None
        reply = await forward(self._with_conditions(call, bucket, key))
        if upload:
            self._note(upload, reply, bucket, key)
        if reply.is_ok and not key and "list-type" in query:
            return self._listed(reply, bucket, is_encoded="encoding-type" in query)
        return self._headed(reply, bucket, key)

    def notified(self, reply: Reply) -> Reply:
        """Return received messages, with our ETags in S3's notifications."""
        content = reply.json
        messages = [self._message(message) for message in content.get("Messages", [])]
        return reply.with_json({**content, "Messages": messages}) if messages else reply

    def _upload(self, bucket: str, key: str) -> "_Upload":
        """Note an upload before it takes place: its notification may be received before its reply."""
        upload = _Upload(f"{self._rng.getrandbits(128):032x}")
        self._uploads[bucket, key].append(upload)
        self._shown.add(upload.shown)
        return upload

    def _note(self, upload: "_Upload", reply: Reply, bucket: str, key: str) -> None:
        if reply.is_ok:
            upload.real = _etag_of(reply)
        else:
            self._uploads[bucket, key].remove(upload)

    def _of(self, bucket: str, key: str, real: str) -> str:
        """Our ETag of the object that has this one in the emulator."""
        if real in self._shown:
            return real
        for upload in reversed(self._uploads[bucket, key]):
            if upload.real in {real, None}:
                return upload.shown
        return hashlib.md5(f"{self._seed} {bucket} {key} {real}".encode(), usedforsecurity=False).hexdigest()

    def _with_conditions(self, call: Call, bucket: str, key: str) -> Call:
        real = {each.shown: each.real for each in self._uploads[bucket, key] if each.real}
        headers = {
            name: f'"{real.get(value.strip(chr(34)), value)}"' if name in _CONDITIONS else value
            for name, value in call.headers.items()
        }
        return Call(call.method, call.target, headers, call.body)

    def _headed(self, reply: Reply, bucket: str, key: str) -> Reply:
        headers = {
            name: f'"{self._of(bucket, key, value.strip(chr(34)))}"' if name.lower() == "etag" else value
            for name, value in reply.headers.items()
        }
        return Reply(reply.status, headers, reply.body)

    def _listed(self, reply: Reply, bucket: str, *, is_encoded: bool) -> Reply:
        def changed(found: re.Match[str]) -> str:
            keys = _KEY.search(found[0])
            key = unescape(keys[1]) if keys else ""
            key = unquote_plus(key) if is_encoded else key
            return _ETAG.sub(
                lambda etag: f"<ETag>&quot;{self._of(bucket, key, _bare(etag[1]))}&quot;</ETag>", found[0]
            )

        text = _CONTENTS.sub(changed, reply.body.decode())
        return Reply(reply.status, reply.headers, text.encode())

    def _message(self, message: Mapping[str, Any]) -> dict[str, Any]:
        body = str(message["Body"])
        if '"aws:s3"' not in body:
            return dict(message)
        content = json.loads(body)
        for record in content["Records"]:
            found = record["s3"]["object"]
            key = unquote_plus(found["key"])
            found["eTag"] = self._of(record["s3"]["bucket"]["name"], key, _bare(found.get("eTag", "")))
        changed = json.dumps(content)
        digest = hashlib.md5(changed.encode(), usedforsecurity=False).hexdigest()
        return {**message, "Body": changed, "MD5OfBody": digest}


class _Upload:
    """An upload; `real` is the emulator's ETag once that is known."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.real: str | None = None


def _object(call: Call) -> tuple[str, str]:
    """The bucket and the key that a call names by its path; the key is empty if it is about the bucket."""
    bucket, _, key = call.path.lstrip("/").partition("/")
    return bucket, unquote(key)


def _is_upload(call: Call, query: Mapping[str, str]) -> bool:
    whole = call.operation == "PutObject" and not query.keys() - {"x-id"}
    return whole or (call.operation == "PostObject" and "uploadId" in query)


def _etag_of(reply: Reply) -> str | None:
    headers = {name.lower(): value for name, value in reply.headers.items()}
    in_body = _ETAG.search(reply.body.decode("utf-8", "replace"))
    found = headers.get("etag") or (in_body and in_body[1])
    return _bare(found) if found else None


def _bare(etag: str) -> str:
    return unescape(etag).strip('"')
