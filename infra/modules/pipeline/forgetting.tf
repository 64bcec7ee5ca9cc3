# What forgetting customers takes, wherever it is done: to search all that is kept, and to change or delete it.

locals {
  queues_arn = "arn:${local.partition}:sqs:${local.region}:${local.account_id}:${var.name}-*"
  tables_arn = "arn:${local.partition}:dynamodb:${local.region}:${local.account_id}:table/${var.name}-*"
  items      = ["BatchGetItem", "BatchWriteItem", "DeleteItem", "DescribeTable", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"]
  users      = ["CreateDataDeletionJob", "DescribeDataDeletionJob", "DescribeDatasetGroup", "ListTagsForResource"]

  forgetting = [
    { sid = "FindObjects", actions = ["s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:ListBucketVersions"], resources = [local.data_bucket] },
    { sid = "SearchObjects", actions = ["s3:GetObject", "s3:GetObjectVersion"], resources = ["${local.data_bucket}/*"] },
    {
      sid       = "ForgetObjects"
      actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"]
      resources = [for folder in ["connect", "runs", "uploads"] : "${local.data_bucket}/${folder}/*"]
    },
    { sid = "ForgetItems", actions = [for name in local.items : "dynamodb:${name}"], resources = [local.tables_arn] },
    { sid = "CountMessages", actions = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl"], resources = [local.queues_arn] },
    { sid = "FindUsers", actions = [for name in ["DataDeletionJobs", "DatasetGroups", "Datasets"] : "personalize:List${name}"], resources = ["*"] },
    { sid = "ForgetUsers", actions = [for name in local.users : "personalize:${name}"], resources = ["${local.personalize}:*"] },
    {
      sid        = "LetPersonalizeReadWhom"
      actions    = ["iam:PassRole"]
      resources  = [aws_iam_role.personalize.arn]
      conditions = [{ test = "StringEquals", variable = "iam:PassedToService", values = ["personalize.amazonaws.com"] }]
    },
    local.encryption[0],
  ]
}
