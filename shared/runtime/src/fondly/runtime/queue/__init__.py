"""An SQS consumer and an SNS publisher; neither knows any service or event."""
