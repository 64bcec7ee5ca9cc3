"""What a review praises or blames."""

from encore.aspects.reader import AspectReader, Mention
from encore.aspects.tally import AspectCount, AspectTally, beside_category
from encore.aspects.vocabulary import Vocabulary

__all__ = ["AspectCount", "AspectReader", "AspectTally", "Mention", "Vocabulary", "beside_category"]
