# What each service's code calls: the actions and the resources they touch, nothing more.
#
# A bare `*` appears only where AWS defines no resource for an action, each time with a comment.
# One S3 rule is easy to miss: without s3:ListBucket, or with a condition on the prefix, a missing object answers 403
# instead of 404. All services depend on the difference.

locals {
  data_bucket = module.topology.bucket_arns["data"]
  personalize = "arn:${local.partition}:personalize:${local.region}:${local.account_id}"

  # Every service consumes a queue of its own. It also sends to it: delayed polls of what takes long, and a message that is
  # held for as long as SQS lets it is sent anew.
  consuming = {
    for service, queue in local.queues : service => [
      {
        sid = "Consume"
        actions = [
          "sqs:ChangeMessageVisibility",
          "sqs:DeleteMessage",
          "sqs:GetQueueAttributes",
          "sqs:ReceiveMessage",
          "sqs:SendMessage",
        ]
        resources = [module.topology.queue_arns[queue]]
      },
      {
        sid       = "DeadLetter"
        actions   = ["sqs:GetQueueUrl", "sqs:SendMessage"]
        resources = [module.topology.dead_letter_arns[queue]]
      },
      {
        sid       = "FindObjects"
        actions   = ["s3:ListBucket"]
        resources = [local.data_bucket]
      },
    ]
  }

  permissions = {
    ingest = [
      {
        sid       = "ReadUploads"
        actions   = ["s3:GetObject"]
        resources = [for key in ["uploads/*", "runs/*/events.json", "runs/*/unchanged"] : "${local.data_bucket}/${key}"]
      },
      {
        sid     = "StoreParts"
        actions = ["s3:PutObject"]
        resources = [
          "${local.data_bucket}/runs/*/products.jsonl",
          "${local.data_bucket}/runs/*/events.json",
          "${local.data_bucket}/runs/*/events/*",
          "${local.data_bucket}/runs/*/ingest.json",
          "${local.data_bucket}/runs/*/rejects.jsonl",
          "${local.data_bucket}/runs/*/customers/*",
          "${local.data_bucket}/runs/*/shared-texts/*",
          "${local.data_bucket}/runs/*/unchanged",
        ]
      },
      {
        sid     = "StoreRecords"
        actions = ["dynamodb:BatchWriteItem"]
        resources = [
          module.topology.table_arns["products"],
          module.topology.table_arns["customers"],
          module.topology.table_arns["customer-keys"],
        ]
      },
      {
        sid       = "LookUpCustomers" # who has been forgotten, or is unchanged since their last email
        actions   = ["dynamodb:BatchGetItem"]
        resources = [for table in ["suppressions", "customers", "dispatches"] : module.topology.table_arns[table]]
      },
      {
        sid       = "KeepLedger"
        actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
        resources = [module.topology.table_arns["runs"]]
      },
      {
        sid     = "Announce"
        actions = ["sns:Publish"]
        resources = [
          module.topology.topic_arns["upload-read"],
          module.topology.topic_arns["data-ingested"],
          module.topology.topic_arns["interactions-ingested"],
          module.topology.topic_arns["run-finished"],
        ]
      },
    ]

    sentiment = [
      {
        sid     = "ReadParts"
        actions = ["s3:GetObject"]
        resources = [
          "${local.data_bucket}/runs/*/products.jsonl",
          "${local.data_bucket}/runs/*/customers/*",
          "${local.data_bucket}/runs/*/shared-texts/*",
          "${local.data_bucket}/runs/*/sentiment/*",
        ]
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
        # PutItem claims texts, in transactions.
        sid       = "KeepAnswers"
        actions   = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:PutItem"]
        resources = [module.topology.table_arns["answers"]]
      },
      {
        # No paid call is made for who must not be written to.
        sid       = "ReadSuppressions"
        actions   = ["dynamodb:BatchGetItem"]
        resources = [module.topology.table_arns["suppressions"]]
      },
      {
        sid       = "KeepOpinions"
        actions   = ["dynamodb:BatchWriteItem", "dynamodb:Query"]
        resources = [module.topology.table_arns["opinions"]]
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
        # Comprehend's synchronous operations act on text only: AWS defines no resource for them.
        sid = "AskAboutTexts"
        actions = [
          "comprehend:BatchDetectDominantLanguage",
          "comprehend:BatchDetectSentiment",
          "comprehend:BatchDetectTargetedSentiment",
          "comprehend:DetectDominantLanguage",
          "comprehend:DetectSentiment",
          "comprehend:DetectTargetedSentiment",
        ]
        resources = ["*"]
      },
    ]

    recommender = [
      {
        sid     = "ReadRuns"
        actions = ["s3:GetObject"]
        resources = [
          "${local.data_bucket}/shop/merchandising.yaml",
          "${local.data_bucket}/runs/*/merchandising.json",
          "${local.data_bucket}/runs/*/products.jsonl",
          "${local.data_bucket}/runs/*/ingest.json",
          "${local.data_bucket}/runs/*/customers/*",
          "${local.data_bucket}/runs/*/events/*",
          "${local.data_bucket}/runs/*/sentiment/*",
          "${local.data_bucket}/runs/*/learned/*",
          "${local.data_bucket}/runs/*/personalize/*",
        ]
      },
      {
        sid     = "StoreFiles"
        actions = ["s3:PutObject"]
        resources = [
          "${local.data_bucket}/runs/*/learned/*",
          "${local.data_bucket}/runs/*/merchandising.json",
          "${local.data_bucket}/runs/*/personalize/*",
          "${local.data_bucket}/runs/*/recommendations/*",
          "${local.data_bucket}/runs/*/safety-cases/*",
        ]
      },
      {
        sid       = "RemoveFilesOfOldRuns"
        actions   = ["s3:DeleteObject"]
        resources = ["${local.data_bucket}/runs/*/personalize/*"]
      },
      {
        # UpdateItem adds what customers did since.
        sid       = "StoreRecords"
        actions   = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:UpdateItem"]
        resources = [module.topology.table_arns["recommendations"]]
      },
      {
        # Scan finds the customers who are not in the run's file.
        sid       = "KeepHistories"
        actions   = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:Scan"]
        resources = [module.topology.table_arns["histories"]]
      },
      {
        # The departments that customers want nothing of, and who has been forgotten.
        sid       = "ReadConsent"
        actions   = ["dynamodb:BatchGetItem"]
        resources = [module.topology.table_arns["contacts"], module.topology.table_arns["suppressions"]]
      },
      {
        # DeleteItem ends a run's turn on the dataset group, BatchWriteItem credits runs with what their emails led to.
        sid = "KeepLedger"
        actions = [
          "dynamodb:BatchWriteItem",
          "dynamodb:DeleteItem",
          "dynamodb:GetItem",
          "dynamodb:PutItem",
          "dynamodb:Query",
          "dynamodb:UpdateItem",
        ]
        resources = [module.topology.table_arns["runs"]]
      },
      {
        sid     = "Announce"
        actions = ["sns:Publish"]
        resources = [
          module.topology.topic_arns["recommendations-ready"],
          module.topology.topic_arns["run-finished"],
          module.topology.topic_arns["safety-reported"],
        ]
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
          "personalize:DeleteSolution",
          "personalize:DescribeBatchInferenceJob",
          "personalize:DescribeDataset",
          "personalize:DescribeDatasetGroup",
          "personalize:DescribeDatasetImportJob",
          "personalize:DescribeSolution",
          "personalize:DescribeSolutionVersion",
          "personalize:UpdateDataset",
        ]
        # Jobs are named after runs, everything else after the dataset group.
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
        # What ranks in real time, where that is wanted.
        sid = "KeepCampaigns"
        actions = [
          "personalize:CreateCampaign",
          "personalize:DeleteCampaign",
          "personalize:DescribeCampaign",
          "personalize:UpdateCampaign",
        ]
        resources = ["${local.personalize}:campaign/${var.name}", "${local.personalize}:solution/${var.name}-*"]
      },
      {
        sid       = "KeepFilters"
        actions   = ["personalize:CreateFilter", "personalize:DescribeFilter"]
        resources = ["${local.personalize}:dataset-group/${var.name}", "${local.personalize}:filter/${var.name}-*"]
      },
      {
        # What customers do is told to the campaign. A tracker gets its id, and so its ARN, when it is made.
        sid = "SendEvents"
        actions = [
          "personalize:CreateEventTracker",
          "personalize:DeleteEventTracker",
          "personalize:DescribeEventTracker",
          "personalize:PutEvents",
        ]
        resources = ["${local.personalize}:dataset-group/${var.name}", "${local.personalize}:event-tracker/*"]
      },
      {
        # Lists cover the whole account: AWS defines no resource for them.
        sid = "FindWhatExists"
        actions = [
          "personalize:ListBatchInferenceJobs",
          "personalize:ListCampaigns",
          "personalize:ListDatasetGroups",
          "personalize:ListDatasetImportJobs",
          "personalize:ListDatasets",
          "personalize:ListEventTrackers",
          "personalize:ListFilters",
          "personalize:ListSchemas",
          "personalize:ListSolutionVersions",
          "personalize:ListSolutions",
        ]
        resources = ["*"]
      },
    ]

    mailer = [
      {
        sid     = "ReadParts"
        actions = ["s3:GetObject"]
        resources = [
          "${local.data_bucket}/shop/fondly.toml",
          "${local.data_bucket}/shop/themes/*",
          "${local.data_bucket}/runs/*/mailed/*",
          "${local.data_bucket}/runs/*/recommendations/*",
          "${local.data_bucket}/runs/*/email-index/*",
          "${local.data_bucket}/runs/*/settings.json",
        ]
      },
      {
        # What has been handed over is not rendered anew.
        sid       = "SeeDispatches"
        actions   = ["dynamodb:BatchGetItem"]
        resources = [module.topology.table_arns["dispatches"]]
      },
      {
        sid     = "StoreEmails"
        actions = ["s3:PutObject"]
        resources = [
          "${local.data_bucket}/runs/*/emails/*",
          "${local.data_bucket}/runs/*/copy/*",
          "${local.data_bucket}/runs/*/mailed/*",
          "${local.data_bucket}/runs/*/email-index/*",
          "${local.data_bucket}/runs/*/settings.json",
        ]
      },
      {
        sid       = "StoreRecords"
        actions   = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"]
        resources = [module.topology.table_arns["emails"]]
      },
      {
        # PutItem claims prompts, in transactions.
        sid       = "KeepAnswers"
        actions   = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:PutItem"]
        resources = [module.topology.table_arns["copy-answers"]]
      },
      {
        # Nothing is paid for an email that nobody may get.
        sid       = "AskConsent"
        actions   = ["dynamodb:BatchGetItem"]
        resources = [module.topology.table_arns["contacts"], module.topology.table_arns["suppressions"]]
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

    # Whose emails are delivered, and how far deliveries are. What SES is asked is in delivery.tf.
    sender = [
      {
        sid       = "ReadEmails"
        actions   = ["s3:GetObject"]
        resources = ["${local.data_bucket}/runs/*/mailed/*", "${local.data_bucket}/runs/*/emails/*"]
      },
      {
        # PutItem reserves emails, in transactions with their contacts; UpdateItem records what comes of them.
        sid       = "KeepDispatches"
        actions   = ["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
        resources = [module.topology.table_arns["dispatches"]]
      },
      {
        sid       = "KeepContacts"
        actions   = ["dynamodb:BatchGetItem", "dynamodb:PutItem"]
        resources = [module.topology.table_arns["contacts"]]
      },
      {
        # An address that a mail server says does not exist is suppressed at once.
        sid       = "AskConsent"
        actions   = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"]
        resources = [module.topology.table_arns["suppressions"]]
      },
      {
        # Scan finds the deliveries that wait for somebody.
        sid       = "KeepLedger"
        actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem"]
        resources = [module.topology.table_arns["runs"]]
      },
      {
        sid       = "Announce"
        actions   = ["sns:Publish"]
        resources = [module.topology.topic_arns["email-sent"], module.topology.topic_arns["email-suppressed"]]
      },
    ]

    feedback = [
      {
        sid       = "FindAddresses"
        actions   = ["dynamodb:BatchGetItem"]
        resources = [module.topology.table_arns["customers"]]
      },
      {
        # Query counts those that were sent.
        sid       = "MarkDispatches"
        actions   = ["dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:UpdateItem"]
        resources = [module.topology.table_arns["dispatches"]]
      },
      {
        sid       = "Suppress"
        actions   = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"]
        resources = [module.topology.table_arns["suppressions"]]
      },
      {
        sid       = "KeepPreferences"
        actions   = ["dynamodb:BatchGetItem", "dynamodb:PutItem"]
        resources = [module.topology.table_arns["contacts"]]
      },
      {
        # As a shop tells of what its customers do; a shop that counts no clicks never uploads any.
        sid       = "TellOfClicks"
        actions   = ["s3:PutObject"]
        resources = ["${local.data_bucket}/uploads/interactions/clicks/*"]
      },
      {
        # Complaints are counted with their run's delivery, and pause it.
        sid       = "KeepDeliveries"
        actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
        resources = [module.topology.table_arns["runs"]]
      },
      {
        sid       = "Announce"
        actions   = ["sns:Publish"]
        resources = [module.topology.topic_arns["email-sent"], module.topology.topic_arns["email-bounced"]]
      },
    ]
  }
}
