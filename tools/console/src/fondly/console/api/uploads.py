"""Uploads by programs: checked and started in one request each."""

from contextlib import aclosing

from fondly.console.staging import Staged
from fondly.operations.check.apart import Checked
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.uploading import Begun


async def check(environment: Environment, files: Staged) -> Checked:
    """Check files, with a mapping.yaml among them if they need one: nothing is stored or started."""
    async with aclosing(files.check(environment)) as checking:
        async for _ in checking:
            pass
    if files.checked is None:
        raise OperationError(files.problem)
    return files.checked


async def start(environment: Environment, files: Staged, *, by: str) -> Begun:
    """Check files and upload them, which starts their run; the same files again are the same run."""
    if not (await check(environment, files)).view.usable:
        raise OperationError("these files cannot be used yet: checking them says why")
    return await files.start(environment, by=by)
