"""Whether what a person writes in the place of a wording passes the rules for the model's own words."""

from fondly.contracts import object_keys
from fondly.contracts.email_index import EmailIndexRow, WordingCount
from fondly.contracts.records import Recommendation
from fondly.contracts.revisions import RunRevisions, digest_of
from fondly.mailer.domain.copy.revising import refused
from fondly.mailer.use_cases.ask_once import KeptReplies
from fondly.mailer.use_cases.pin_settings import PinnedSettings
from fondly.mailer.use_cases.shape_emails import facts_reader, style
from fondly.mailer.use_cases.write_copy import Copywriter
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.runtime.kept_answers import DynamoDBKeptAnswers
from fondly.runtime.storage import DynamoDBItems

ANSWERS = "copy-answers"


async def require_admitted(
    environment: Environment, revisions: RunRevisions, wording: WordingCount, part: int, text: str
) -> None:
    """Raise `OperationError` with rules and words if a text may not stand in the place of a wording.

    It rests on the wording's evidence, and on the facts of a part's emails that have it. The mailer sees to
    every other email.
    """
    run_id, objects = revisions.run_id, await environment.objects()
    if revisions.said(wording.field, text, wording.product_id) != text:
        raise OperationError(f"{text!r} has been struck, expected another text")
    pinned = PinnedSettings.model_validate_json(await objects.get(object_keys.pinned_settings(run_id)))
    table = await environment.table(ANSWERS)
    kept = DynamoDBKeptAnswers(environment.dynamodb, table, DynamoDBItems(environment.dynamodb, table))
    writer = KeptReplies(model_id=pinned.models[0], kept=kept)
    copywriter = Copywriter(ask_once=writer, judge=None, style=style(pinned.settings)).alone(*pinned.models)
    rows = await objects.find_lines(object_keys.email_index(run_id, part), EmailIndexRow)
    has = {row.customer_id for row in rows if wording.digest in row.wordings.values()}
    listed = await objects.find_lines(object_keys.recommendations(run_id, part), Recommendation)
    facts = facts_reader(pinned.settings)(each for each in listed if each.customer_id in has).emails
    said = (await copywriter.prepare(facts.values(), payer="")).wordings
    sources = [
        (question, each)
        for question, found in said.items()
        for each in found.judged.wordings.get(wording.field, ())
        if digest_of(
            wording.field,
            revisions.said(wording.field, each.text, wording.product_id) or "",
            wording.product_id,
        )
        == wording.digest
    ]
    if not sources:
        raise OperationError(f"the answer with wording {wording.digest} is gone: it can only be struck")
    problems = [
        each
        for question, source in sources
        for each in refused(question, wording.field, source._replace(text=text))
    ]
    if problems:
        raise OperationError(f"the rules refuse {text!r}: {'; '.join(dict.fromkeys(problems))}")
