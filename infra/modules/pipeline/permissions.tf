# What each service's code calls, by service: actions and the resources they touch, nothing more.
#
# `*` stands alone only where AWS knows no resource for an action, each time with a comment.
# One S3 rule is easy to miss: without s3:ListBucket, a missing object answers 403 instead of 404, and with a
# condition on the prefix it does so too. Only ingest depends on the difference.

locals {
  data_bucket = module.topology.bucket_arns["data"]
  personalize = "arn:${local.partition}:personalize:${local.region}:${local.account_id}"

  permissions = {
    ingest = [
      {
        sid       = "ConsumeUploads"
        actions   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
        resources = [module.topology.queue_arns["ingest-uploads"]]
      },
      {
        sid       = "BuryUploads"
        actions   = ["sqs:GetQueueUrl", "sqs:SendMessage"]
        resources = [module.topology.dead_letter_arns["ingest-uploads"]]
      },
      {
        sid       = "FindUploads"
        actions   = ["s3:ListBucket"]
        resources = [local.data_bucket]
      },
      {
        sid       = "ReadUploads"
        actions   = ["s3:GetObject"]
        resources = ["${local.data_bucket}/uploads/*"]
      },
      {
        sid     = "StoreParts"
        actions = ["s3:PutObject"]
        resources = [
          "${local.data_bucket}/runs/*/products.jsonl",
          "${local.data_bucket}/runs/*/rejects.jsonl",
          "${local.data_bucket}/runs/*/customers/*",
        ]
      },
      {
        sid     = "StoreRecords"
        actions = ["dynamodb:BatchWriteItem"]
        resources = [
          module.topology.table_arns["products"],
          module.topology.table_arns["customers"],
          module.topology.table_arns["reviews"],
        ]
      },
      {
        sid       = "KeepLedger"
        actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
        resources = [module.topology.table_arns["runs"]]
      },
      {
        sid       = "Announce"
        actions   = ["sns:Publish"]
        resources = [module.topology.topic_arns["data-ingested"], module.topology.topic_arns["run-finished"]]
      },
    ]

    sentiment = [
      {
        sid       = "ConsumeParts"
        actions   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
        resources = [module.topology.queue_arns["sentiment"]]
      },
      {
        sid       = "BuryParts"
        actions   = ["sqs:GetQueueUrl", "sqs:SendMessage"]
        resources = [module.topology.dead_letter_arns["sentiment"]]
      },
      {
        sid       = "ReadParts"
        actions   = ["s3:GetObject"]
        resources = ["${local.data_bucket}/runs/*/customers/*", "${local.data_bucket}/runs/*/sentiment/*"]
      },
      {
        sid       = "StoreScores"
        actions   = ["s3:PutObject"]
        resources = ["${local.data_bucket}/runs/*/sentiment/*"]
      },
      {
        sid       = "StoreRecords"
        actions   = ["dynamodb:BatchWriteItem"]
        resources = [module.topology.table_arns["reviews"], module.topology.table_arns["product-sentiments"]]
      },
      {
        sid       = "KeepLedger"
        actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
        resources = [module.topology.table_arns["runs"]]
      },
      {
        sid       = "Announce"
        actions   = ["sns:Publish"]
        resources = [module.topology.topic_arns["sentiment-scored"]]
      },
      {
        # Comprehend's sentiment operations act on texts alone: AWS knows no resource for them.
        sid       = "ScoreTexts"
        actions   = ["comprehend:BatchDetectSentiment", "comprehend:DetectSentiment"]
        resources = ["*"]
      },
    ]

    recommender = [
      {
        # It sends to its own queue too: delayed notes to look again at what takes long.
        sid = "ConsumeRuns"
        actions = [
          "sqs:ChangeMessageVisibility",
          "sqs:DeleteMessage",
          "sqs:GetQueueAttributes",
          "sqs:ReceiveMessage",
          "sqs:SendMessage",
        ]
        resources = [module.topology.queue_arns["recommender"]]
      },
      {
        sid       = "BuryRuns"
        actions   = ["sqs:GetQueueUrl", "sqs:SendMessage"]
        resources = [module.topology.dead_letter_arns["recommender"]]
      },
      {
        sid     = "ReadRuns"
        actions = ["s3:GetObject"]
        resources = [
          "${local.data_bucket}/runs/*/products.jsonl",
          "${local.data_bucket}/runs/*/customers/*",
          "${local.data_bucket}/runs/*/sentiment/*",
          "${local.data_bucket}/runs/*/personalize/output/*",
        ]
      },
      {
        sid       = "StoreFiles"
        actions   = ["s3:PutObject"]
        resources = ["${local.data_bucket}/runs/*/personalize/*", "${local.data_bucket}/runs/*/recommendations/*"]
      },
      {
        sid       = "StoreRecords"
        actions   = ["dynamodb:BatchWriteItem"]
        resources = [module.topology.table_arns["recommendations"]]
      },
      {
        # DeleteItem lets go of the lease by which runs take turns on the dataset group.
        sid       = "KeepLedger"
        actions   = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
        resources = [module.topology.table_arns["runs"]]
      },
      {
        sid       = "Announce"
        actions   = ["sns:Publish"]
        resources = [module.topology.topic_arns["recommendations-ready"], module.topology.topic_arns["run-finished"]]
      },
      {
        sid = "TrainAndInfer"
        actions = [
          "personalize:CreateBatchInferenceJob",
          "personalize:CreateDataset",
          "personalize:CreateDatasetGroup",
          "personalize:CreateDatasetImportJob",
          "personalize:CreateSchema",
          "personalize:CreateSolution",
          "personalize:CreateSolutionVersion",
          "personalize:DescribeBatchInferenceJob",
          "personalize:DescribeDataset",
          "personalize:DescribeDatasetGroup",
          "personalize:DescribeDatasetImportJob",
          "personalize:DescribeSolution",
          "personalize:DescribeSolutionVersion",
          "personalize:UpdateDataset",
        ]
        # Jobs are named after runs; all else carries the dataset group's name.
        resources = [
          "${local.personalize}:dataset-group/${var.name}",
          "${local.personalize}:schema/${var.name}-*",
          "${local.personalize}:dataset/${var.name}/*",
          "${local.personalize}:solution/${var.name}-*",
          "${local.personalize}:dataset-import-job/*",
          "${local.personalize}:batch-inference-job/*",
        ]
      },
      {
        # Lists are of the whole account: AWS knows no resource for them.
        sid = "FindWhatExists"
        actions = [
          "personalize:ListBatchInferenceJobs",
          "personalize:ListDatasetGroups",
          "personalize:ListDatasetImportJobs",
          "personalize:ListDatasets",
          "personalize:ListSchemas",
          "personalize:ListSolutionVersions",
          "personalize:ListSolutions",
        ]
        resources = ["*"]
      },
    ]

    mailer = [
      {
        sid       = "ConsumeParts"
        actions   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
        resources = [module.topology.queue_arns["mailer"]]
      },
      {
        sid       = "BuryParts"
        actions   = ["sqs:GetQueueUrl", "sqs:SendMessage"]
        resources = [module.topology.dead_letter_arns["mailer"]]
      },
      {
        sid       = "ReadParts"
        actions   = ["s3:GetObject"]
        resources = ["${local.data_bucket}/runs/*/recommendations/*"]
      },
      {
        sid       = "StoreEmails"
        actions   = ["s3:PutObject"]
        resources = ["${local.data_bucket}/runs/*/emails/*"]
      },
      {
        sid       = "StoreRecords"
        actions   = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"]
        resources = [module.topology.table_arns["emails"]]
      },
      {
        sid       = "KeepLedger"
        actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
        resources = [module.topology.table_arns["runs"]]
      },
      {
        sid       = "Announce"
        actions   = ["sns:Publish"]
        resources = [module.topology.topic_arns["email-finished"], module.topology.topic_arns["run-finished"]]
      },
      {
        # Converse is authorised as InvokeModel.
        sid       = "WriteCopy"
        actions   = ["bedrock:InvokeModel"]
        resources = local.model_arns
      },
    ]
  }
}

locals {
  # `eu.anthropic.…` is an inference profile: it needs the profile, and the model in whatever region it routes to.
  profile_prefix = try(regex("^(?:us-gov|us|eu|apac|au|ca|jp|global)\\.", var.mailer.model_id), "")
  model_name     = trimprefix(var.mailer.model_id, local.profile_prefix)
  model_arns = local.profile_prefix == "" ? [
    "arn:${local.partition}:bedrock:${local.region}::foundation-model/${local.model_name}",
    ] : [
    "arn:${local.partition}:bedrock:${local.region}:${local.account_id}:inference-profile/${var.mailer.model_id}",
    "arn:${local.partition}:bedrock:*::foundation-model/${local.model_name}",
    "arn:${local.partition}:bedrock:::foundation-model/${local.model_name}",
  ]
}

# Rights that AWS checks although the code makes no such call: services act on a caller's behalf.
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
    ingest    = local.encryption
    sentiment = local.encryption
    mailer    = local.encryption
    recommender = concat(local.encryption, [
      {
        sid       = "HandPersonalizeItsRole"
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
