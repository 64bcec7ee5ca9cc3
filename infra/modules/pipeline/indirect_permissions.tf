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

  # Converse applies the guardrail that it is called with, in the caller's name.
  guardrail_permissions = [
    for guardrail in var.mailer.guardrail[*] : {
      sid        = "ApplyGuardrail"
      actions    = ["bedrock:ApplyGuardrail"]
      resources  = ["arn:${local.partition}:bedrock:${local.region}:${local.account_id}:guardrail/${guardrail.id}"]
      conditions = []
    }
  ]

  indirect_permissions = {
    ingest = local.encryption
    mailer = concat(local.encryption, local.guardrail_permissions, [
      {
        sid       = "PassRoleToBedrock"
        actions   = ["iam:PassRole"]
        resources = [aws_iam_role.bedrock.arn]
        conditions = [{
          test     = "StringEquals"
          variable = "iam:PassedToService"
          values   = ["bedrock.amazonaws.com"]
        }]
      },
      {
        sid        = "TagJobs"
        actions    = ["bedrock:TagResource"]
        resources  = [local.model_jobs]
        conditions = []
      },
    ])
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
      {
        sid        = "TagJobs"
        actions    = ["comprehend:TagResource"]
        resources  = ["${local.comprehend}:sentiment-detection-job/*"]
        conditions = []
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
      {
        sid        = "TagInPersonalize"
        actions    = ["personalize:TagResource"]
        resources  = ["${local.personalize}:*"]
        conditions = []
      },
    ])
  }
}
