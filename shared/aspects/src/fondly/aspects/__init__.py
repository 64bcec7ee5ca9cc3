"""What a review praises or blames."""

from encore.aspects.reader import AspectReader, Mention
from encore.aspects.vocabulary import Vocabulary

__all__ = ["AspectReader", "Mention", "Vocabulary"]
