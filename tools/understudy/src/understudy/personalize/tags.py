"""Tags on any resource."""

from collections.abc import Mapping
from dataclasses import dataclass

from understudy.personalize.registry import Registry
from understudy.wire.service import Handler, Params


@dataclass(frozen=True, slots=True)
class TagOperations:
    """Reads and changes the tags of resources."""

    registry: Registry

    def operations(self) -> Mapping[str, Handler]:
        """Return the three operations on tags."""
        return {
            "TagResource": self.tag,
            "UntagResource": self.untag,
            "ListTagsForResource": self.list_tags,
        }

    async def tag(self, params: Params) -> Params:
        """Answer TagResource; an existing key gets the new value."""
        tags = self.registry.tagged(params["resourceArn"])
        tags.update({tag["tagKey"]: tag["tagValue"] for tag in params["tags"]})
        return {}

    async def untag(self, params: Params) -> Params:
        """Answer UntagResource; missing keys are ignored."""
        tags = self.registry.tagged(params["resourceArn"])
        for key in params["tagKeys"]:
            tags.pop(key, None)
        return {}

    async def list_tags(self, params: Params) -> Params:
        """Answer ListTagsForResource."""
        tags = self.registry.tagged(params["resourceArn"])
        return {"tags": [{"tagKey": key, "tagValue": value} for key, value in tags.items()]}
