"""The model's answers as they are kept: JSON of the text and of the tokens that it was billed as."""

from pydantic import TypeAdapter

from encore.mailer.ports import ModelReply

_reply = TypeAdapter(ModelReply)


def write_reply(reply: ModelReply) -> str:
    """Return an answer as JSON; it must not be a refusal, which is asked again."""
    return _reply.dump_json(reply, exclude={"refusal"}).decode()


def read_reply(text: str) -> ModelReply:
    """Return the answer that `write_reply` wrote."""
    return _reply.validate_json(text)
