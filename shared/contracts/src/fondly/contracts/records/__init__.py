"""The records that services exchange as parts in S3 and keep in DynamoDB.

Texts of customers and shops are untrusted data: they are escaped wherever they are shown.
"""

from fondly.contracts.records.base import (
    MAX_VALUE as MAX_VALUE,
)
from fondly.contracts.records.base import (
    RUN_ID as RUN_ID,
)
from fondly.contracts.records.base import (
    Count as Count,
)
from fondly.contracts.records.base import (
    Fraction as Fraction,
)
from fondly.contracts.records.base import (
    Identifier as Identifier,
)
from fondly.contracts.records.base import (
    Record as Record,
)
from fondly.contracts.records.customers import (
    SENTENCE_ENDS as SENTENCE_ENDS,
)
from fondly.contracts.records.customers import (
    Customer as Customer,
)
from fondly.contracts.records.customers import (
    CustomerEvent as CustomerEvent,
)
from fondly.contracts.records.customers import (
    EventKind as EventKind,
)
from fondly.contracts.records.customers import (
    Exclusion as Exclusion,
)
from fondly.contracts.records.customers import (
    Purchase as Purchase,
)
from fondly.contracts.records.customers import (
    Review as Review,
)
from fondly.contracts.records.customers import (
    SharedText as SharedText,
)
from fondly.contracts.records.customers import (
    one_line as one_line,
)
from fondly.contracts.records.emails import (
    CopySource as CopySource,
)
from fondly.contracts.records.emails import (
    EmailRecord as EmailRecord,
)
from fondly.contracts.records.products import (
    Product as Product,
)
from fondly.contracts.records.recommendations import (
    OwnProduct as OwnProduct,
)
from fondly.contracts.records.recommendations import (
    Pick as Pick,
)
from fondly.contracts.records.recommendations import (
    ProductAspect as ProductAspect,
)
from fondly.contracts.records.recommendations import (
    Reason as Reason,
)
from fondly.contracts.records.recommendations import (
    ReasonKind as ReasonKind,
)
from fondly.contracts.records.recommendations import (
    Recommendation as Recommendation,
)
from fondly.contracts.records.recommendations import (
    RecommendationSource as RecommendationSource,
)
from fondly.contracts.records.sentiment import (
    DISLIKED_FROM as DISLIKED_FROM,
)
from fondly.contracts.records.sentiment import (
    LIKED_FROM as LIKED_FROM,
)
from fondly.contracts.records.sentiment import (
    AspectCount as AspectCount,
)
from fondly.contracts.records.sentiment import (
    AspectMention as AspectMention,
)
from fondly.contracts.records.sentiment import (
    CategorySentiment as CategorySentiment,
)
from fondly.contracts.records.sentiment import (
    Opinion as Opinion,
)
from fondly.contracts.records.sentiment import (
    ProductSentiment as ProductSentiment,
)
from fondly.contracts.records.sentiment import (
    ScoredReview as ScoredReview,
)
from fondly.contracts.records.sentiment import (
    Sentiment as Sentiment,
)
from fondly.contracts.records.sentiment import (
    SentimentScores as SentimentScores,
)
from fondly.contracts.records.sentiment import (
    SentimentSummary as SentimentSummary,
)
