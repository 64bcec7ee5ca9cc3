"""What a review praises or blames."""

from fondly.aspects.reader import AspectReader, Mention
from fondly.aspects.vocabulary import Vocabulary

__all__ = ["AspectReader", "Mention", "Vocabulary"]
