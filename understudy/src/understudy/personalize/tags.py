"""Tags on any resource."""

from collections.abc import Mapping
from dataclasses import dataclass

from understudy.personalize.errors import check_tags
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
        resource = self.registry.find_any(params["resourceArn"])
        tags = {**resource.tags, **{tag["tagKey"]: tag["tagValue"] for tag in params["tags"]}}
        check_tags(tags)
        resource.tags = tags
        self.registry.changed(resource)
        return {}

    async def untag(self, params: Params) -> Params:
        """Answer UntagResource; missing keys are ignored."""
        resource = self.registry.find_any(params["resourceArn"])
        for key in params["tagKeys"]:
            resource.tags.pop(key, None)
        self.registry.changed(resource)
        return {}

    async def list_tags(self, params: Params) -> Params:
        """Answer ListTagsForResource."""
        tags = self.registry.find_any(params["resourceArn"]).tags
        return {"tags": [{"tagKey": key, "tagValue": value} for key, value in tags.items()]}
