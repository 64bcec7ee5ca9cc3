"""The shop's own files: `fondly.toml` and `merchandising.yaml`, checked before they are replaced."""

from pydantic import BaseModel

from fondly.contracts.errors import InvalidFileError
from fondly.contracts.object_keys import SHOP_CONFIG
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.shop.form import problems_in
from fondly.operations.shop.rules import RulesView, rule_matches
from fondly.operations.shop.stored import FileName, StoredFile, save_file, stored_file


class CheckedFile(BaseModel):
    """What is wrong with a file, by key, empty for what no single key has; of rules what each matches."""

    problems: dict[str, str] = {}
    rules: RulesView | None = None


async def check_file(environment: Environment, name: FileName, *, text: str) -> CheckedFile:
    """Check a file of the shop, and change nothing."""
    if name == SHOP_CONFIG:
        return CheckedFile(problems=problems_in(text))
    try:
        return CheckedFile(rules=await rule_matches(environment, text))
    except InvalidFileError as error:
        return CheckedFile(problems={"": str(error)})


async def put_file(environment: Environment, name: FileName, *, text: str, seen: str, by: str) -> StoredFile:
    """Replace a file of the shop as it was shown, if the services can use it."""
    if problems := (await check_file(environment, name, text=text)).problems:
        raise OperationError("; ".join(f"{key}: {each}" if key else each for key, each in problems.items()))
    was = StoredFile(text=text, etag=f'"{seen}"' if seen else "")
    await save_file(environment, name, text, seen=was, by=by)
    return await stored_file(environment, name)
