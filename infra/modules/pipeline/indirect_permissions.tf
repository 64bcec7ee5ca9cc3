# Permissions that AWS checks although the code makes no such call: its services act on the caller's behalf.
locals {
  encryption = [
    {
      sid       = "UseDataKey"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [var.keys.data]
      conditions = [{
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["dynamodb.${local.region}.amazonaws.com", "s3.${local.region}.amazonaws.com"]
      }]
    },
    {
      sid       = "UseMessagesKey"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [var.keys.messages]
      conditions = [{
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["sns.${local.region}.amazonaws.com", "sqs.${local.region}.amazonaws.com"]
      }]
    },
  ]

  indirect_permissions = {
    ingest = local.encryption
    mailer = local.encryption
    sentiment = concat(local.encryption, [
      {
        sid       = "PassRoleToComprehend"
        actions   = ["iam:PassRole"]
        resources = [aws_iam_role.comprehend.arn]
        conditions = [{
          test     = "StringEquals"
          variable = "iam:PassedToService"
          values   = ["comprehend.amazonaws.com"]
        }]
      },
    ])
    recommender = concat(local.encryption, [
      {
        sid       = "PassRoleToPersonalize"
        actions   = ["iam:PassRole"]
        resources = [aws_iam_role.personalize.arn]
        conditions = [{
          test     = "StringEquals"
          variable = "iam:PassedToService"
          values   = ["personalize.amazonaws.com"]
        }]
      },
    ])
  }
}
