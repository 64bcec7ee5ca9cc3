"""Personalize: resources that are active at once, and rankings that follow from the customer's number."""

import asyncio
import json
import random
import zlib
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from harness.local_aws.made import Made
from harness.local_aws.objects import S3
from harness.local_aws.tables import OnePage
from harness.local_aws.usage import STAND_INS, Usage, refused

ORDERS = 499
"""How many different rankings there are."""


class Personalize:
    """Resources that are active at once, and rankings that are one of a few orders of the catalogue."""

    def __init__(self, objects: S3, usage: Usage) -> None:
        self._objects = objects
        self._usage = usage
        self._made = Made(objects.root.parent, "personalize")

    def __getattr__(self, operation: str) -> Any:  # noqa: ANN401 - an operation of any kind of resource
        verb, _, noun = operation.partition("_")

        async def call(**request: Any) -> dict[str, Any]:  # noqa: ANN401
            self._usage.calls[f"personalize.{operation}"] += 1
            await asyncio.sleep(0)
            return await self._answer(verb, noun, request)

        if verb not in {"create", "describe", "list", "update", "delete", "tag"}:
            raise AttributeError(operation)
        return call

    def get_paginator(self, operation: str) -> OnePage:
        """Return a paginator over what was made."""
        return OnePage(getattr(self, operation))

    async def _answer(self, verb: str, noun: str, request: Mapping[str, Any]) -> dict[str, Any]:
        member = _camel(noun)
        if verb == "create":
            return await self._create(noun, member, request)
        if verb == "list":
            plural = member if member.endswith("s") else f"{member}s"
            return {plural: [made for made in self._made.all().values() if f"{plural[:-1]}Arn" in made]}
        if verb == "describe":
            arn = request[f"{member}Arn"]
            if (found := self._made.all().get(arn)) is None:
                raise refused("ResourceNotFoundException", arn)
            return {member: found}
        if verb == "delete":
            self._made.remove(request[f"{member}Arn"])
        return {}

    async def _create(self, noun: str, member: str, request: Mapping[str, Any]) -> dict[str, Any]:
        name = request.get("name") or request.get("jobName")
        arn = f"arn:aws:personalize:eu-west-1:000000000000:{noun}/{name or uuid4().hex}"
        if arn in self._made.all():
            raise refused("ResourceAlreadyExistsException", arn)
        self._made[arn] = {**request, f"{member}Arn": arn, "status": "ACTIVE"}
        if noun == "batch_inference_job":
            await asyncio.to_thread(self._rank, request)
        return {f"{member}Arn": arn}

    def _rank(self, request: Mapping[str, Any]) -> None:
        with self._usage.taking(STAND_INS):
            source = request["jobInput"]["s3DataSource"]["path"].split("/", 3)[3]
            output = request["jobOutput"]["s3DataDestination"]["path"].split("/", 3)[3]
            orders = self._orders(request["numResults"])
            for key in self._objects.keys(source):
                lines = self._objects.path(key).read_bytes().splitlines()
                path = self._objects.path(f"{output}{key.rpartition('/')[2]}.out")
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("w") as file:
                    for line in lines:
                        order = orders[zlib.crc32(line) % ORDERS]
                        file.write(f'{{"input":{line.decode()},"output":{order},"error":null}}\n')

    def _orders(self, results: int) -> list[str]:
        """Some random rankings of the items that were imported last."""
        imported = [
            made["dataSource"]["dataLocation"] for made in self._made.all().values() if "dataSource" in made
        ]
        folder = next(each for each in reversed(imported) if "/items/" in each).split("/", 3)[3]
        rows = [
            row
            for key in self._objects.keys(folder)
            for row in self._objects.path(key).read_text().splitlines()[1:]
        ]
        items = [row.partition(",")[0].strip('"') for row in rows]
        chance = random.Random(ORDERS)  # noqa: S311 - test data
        return [
            json.dumps({"recommendedItems": chance.sample(items, min(results, len(items))), "scores": []})
            for _ in range(ORDERS)
        ]


def _camel(noun: str) -> str:
    first, *others = noun.split("_")
    return first + "".join(map(str.capitalize, others))
