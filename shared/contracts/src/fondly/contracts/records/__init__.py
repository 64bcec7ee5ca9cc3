"""The records that services exchange as parts in S3 and keep in DynamoDB.

Texts of customers and shops are untrusted data: they are escaped wherever they are shown.
"""

from fondly.contracts.records.base import MAX_VALUE, RUN_ID, Count, Fraction, Identifier, Record
from fondly.contracts.records.customers import (
    SENTENCE_ENDS,
    Customer,
    CustomerEvent,
    EventKind,
    Exclusion,
    Purchase,
    Review,
    SharedText,
    Undone,
    one_line,
)
from fondly.contracts.records.emails import CopySource, EmailRecord
from fondly.contracts.records.products import Product
from fondly.contracts.records.recommendations import (
    Complaint,
    OwnProduct,
    Pick,
    ProductAspect,
    Reason,
    ReasonKind,
    Recommendation,
    RecommendationSource,
)
from fondly.contracts.records.sentiment import (
    DISLIKED_FROM,
    LIKED_FROM,
    AspectCount,
    AspectMention,
    CategorySentiment,
    Opinion,
    ProductQuotes,
    ProductSentiment,
    Quote,
    ScoredReview,
    Sentiment,
    SentimentScores,
    SentimentSummary,
)
