"""Messages in and out: an SQS consumer and an SNS publisher. It knows no service and no event."""
