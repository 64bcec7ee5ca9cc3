"""Types of clients of AWS and of what they take, for type checkers: nothing is imported for them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_aiobotocore_comprehend.client import ComprehendClient
    from types_aiobotocore_dynamodb.client import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import (
        PutTypeDef,
        TransactWriteItemTypeDef,
        WriteRequestUnionTypeDef,
    )
    from types_aiobotocore_personalize.client import PersonalizeClient
    from types_aiobotocore_s3.client import S3Client
    from types_aiobotocore_sns.client import SNSClient
    from types_aiobotocore_sqs.client import SQSClient
else:
    ComprehendClient = DynamoDBClient = PersonalizeClient = S3Client = SNSClient = SQSClient = Any
    PutTypeDef = TransactWriteItemTypeDef = WriteRequestUnionTypeDef = Any

__all__ = [
    "ComprehendClient",
    "DynamoDBClient",
    "PersonalizeClient",
    "PutTypeDef",
    "S3Client",
    "SNSClient",
    "SQSClient",
    "TransactWriteItemTypeDef",
    "WriteRequestUnionTypeDef",
]
