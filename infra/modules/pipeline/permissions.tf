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
  consuming_actions = ["ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "ReceiveMessage", "SendMessage"]
  consuming = {
    for service, queue in local.queues : service => [
      { sid = "Consume", actions = [for name in local.consuming_actions : "sqs:${name}"], resources = [module.topology.queue_arns[queue]] },
      { sid = "DeadLetter", actions = ["sqs:GetQueueUrl", "sqs:SendMessage"], resources = [module.topology.dead_letter_arns[queue]] },
      { sid = "FindObjects", actions = ["s3:ListBucket"], resources = [local.data_bucket] },
    ]
  }

  # Every consumer's, in the table of runs.
  ledger = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]

  # By statement: objects of the data bucket, tables and topics of the topology, Personalize's resources, and others.
  calls = {
    ingest = {
      ReadUploads     = { actions = ["s3:GetObject"], objects = ["uploads/*", "runs/*/events.json", "runs/*/unchanged"] }
      StoreParts      = { actions = ["s3:PutObject"], objects = [for name in local.ingested : "runs/*/${name}"] }
      StoreRecords    = { actions = ["dynamodb:BatchWriteItem"], tables = ["products", "customers", "customer-keys"] }
      LookUpCustomers = { actions = ["dynamodb:BatchGetItem"], tables = ["suppressions", "customers", "dispatches"] } # who has been forgotten, or is unchanged since their last email
      KeepLedger      = { actions = local.ledger, tables = ["runs"] }
      Announce        = { actions = ["sns:Publish"], topics = ["upload-read", "data-ingested", "interactions-ingested", "run-finished"] }
    }

    sentiment = {
      ReadParts    = { actions = ["s3:GetObject"], objects = [for name in ["products.jsonl", "customers/*", "shared-texts/*", "sentiment/*"] : "runs/*/${name}"] }
      StoreScores  = { actions = ["s3:PutObject"], objects = ["runs/*/sentiment/*"] }
      StoreRecords = { actions = ["dynamodb:BatchWriteItem"], tables = ["reviews", "product-sentiments"] }
      # PutItem claims texts, in transactions.
      KeepAnswers = { actions = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:PutItem"], tables = ["answers"] }
      # No paid call is made for who must not be written to.
      ReadSuppressions = { actions = ["dynamodb:BatchGetItem"], tables = ["suppressions"] }
      KeepOpinions     = { actions = ["dynamodb:BatchWriteItem", "dynamodb:Query"], tables = ["opinions"] }
      KeepLedger       = { actions = local.ledger, tables = ["runs"] }
      Announce         = { actions = ["sns:Publish"], topics = ["sentiment-scored"] }
      # Comprehend's synchronous operations act on text only: AWS defines no resource for them.
      AskAboutTexts = {
        actions = flatten([for each in ["DominantLanguage", "Sentiment", "TargetedSentiment"] : ["comprehend:Detect${each}", "comprehend:BatchDetect${each}"]])
        others  = ["*"]
      }
    }

    recommender = {
      ReadRuns             = { actions = ["s3:GetObject"], objects = concat(["shop/merchandising.yaml"], [for name in local.read_of_runs : "runs/*/${name}"]) }
      StoreFiles           = { actions = ["s3:PutObject"], objects = [for name in local.recommended : "runs/*/${name}"] }
      RemoveFilesOfOldRuns = { actions = ["s3:DeleteObject"], objects = ["runs/*/personalize/*"] }
      # UpdateItem adds what customers did since.
      StoreRecords = { actions = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:UpdateItem"], tables = ["recommendations"] }
      # Scan finds the customers who are not in the run's file.
      KeepHistories = { actions = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:Scan"], tables = ["histories"] }
      # The departments that customers want nothing of, and who has been forgotten.
      ReadConsent = { actions = ["dynamodb:BatchGetItem"], tables = ["contacts", "suppressions"] }
      # DeleteItem ends a run's turn on the dataset group, BatchWriteItem credits runs with what their emails led to.
      KeepLedger = { actions = concat(local.ledger, ["dynamodb:BatchWriteItem", "dynamodb:DeleteItem"]), tables = ["runs"] }
      Announce   = { actions = ["sns:Publish"], topics = ["recommendations-ready", "run-finished", "safety-reported"] }
      # Jobs are named after runs, everything else after the dataset group.
      TrainAndInfer = {
        actions     = [for name in local.training : "personalize:${name}"]
        personalize = ["dataset-group/${var.name}", "schema/${var.name}-*", "dataset/${var.name}/*", "solution/${var.name}-*", "dataset-import-job/*", "batch-inference-job/*"]
      }
      # What ranks in real time, where that is wanted.
      KeepCampaigns = {
        actions     = [for verb in ["Create", "Delete", "Describe", "Update"] : "personalize:${verb}Campaign"]
        personalize = ["campaign/${var.name}", "solution/${var.name}-*"]
      }
      KeepFilters = {
        actions     = ["personalize:CreateFilter", "personalize:DescribeFilter"]
        personalize = ["dataset-group/${var.name}", "filter/${var.name}-*"]
      }
      # What customers do is told to the campaign. A tracker gets its id, and so its ARN, when it is made.
      SendEvents = {
        actions     = concat([for verb in ["Create", "Delete", "Describe"] : "personalize:${verb}EventTracker"], ["personalize:PutEvents"])
        personalize = ["dataset-group/${var.name}", "event-tracker/*"]
      }
      # Lists cover the whole account: AWS defines no resource for them.
      FindWhatExists = { actions = [for name in local.listed : "personalize:List${name}"], others = ["*"] }
    }

    mailer = {
      ReadParts = { actions = ["s3:GetObject"], objects = ["shop/fondly.toml", "shop/themes/*", "runs/*/mailed/*", "runs/*/recommendations/*", "runs/*/email-index/*", "runs/*/settings.json"] }
      # What has been handed over is not rendered anew.
      SeeDispatches = { actions = ["dynamodb:BatchGetItem"], tables = ["dispatches"] }
      StoreEmails   = { actions = ["s3:PutObject"], objects = [for name in ["emails/*", "copy/*", "mailed/*", "email-index/*", "settings.json"] : "runs/*/${name}"] }
      StoreRecords  = { actions = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"], tables = ["emails"] }
      # PutItem claims prompts, in transactions.
      KeepAnswers = { actions = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:PutItem"], tables = ["copy-answers"] }
      # Nothing is paid for an email that nobody may get.
      AskConsent = { actions = ["dynamodb:BatchGetItem"], tables = ["contacts", "suppressions"] }
      KeepLedger = { actions = local.ledger, tables = ["runs"] }
      Announce   = { actions = ["sns:Publish"], topics = ["email-finished", "run-finished"] }
      # Converse is authorised as InvokeModel.
      WriteCopy = { actions = ["bedrock:InvokeModel"], others = local.model_arns }
    }

    # Whose emails are delivered, and how far deliveries are. What SES is asked is in delivery.tf.
    sender = {
      ReadEmails = { actions = ["s3:GetObject"], objects = ["runs/*/mailed/*", "runs/*/emails/*"] }
      # PutItem reserves emails, in transactions with their contacts; UpdateItem records what comes of them.
      KeepDispatches = { actions = ["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], tables = ["dispatches"] }
      KeepContacts   = { actions = ["dynamodb:BatchGetItem", "dynamodb:PutItem"], tables = ["contacts"] }
      # An address that a mail server says does not exist is suppressed at once.
      AskConsent = { actions = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"], tables = ["suppressions"] }
      # Scan finds the deliveries that wait for somebody.
      KeepLedger = { actions = concat(local.ledger, ["dynamodb:Scan"]), tables = ["runs"] }
      Announce   = { actions = ["sns:Publish"], topics = ["email-sent", "email-suppressed"] }
    }

    feedback = {
      FindAddresses = { actions = ["dynamodb:BatchGetItem"], tables = ["customers"] }
      # Query counts those that were sent.
      MarkDispatches  = { actions = ["dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:UpdateItem"], tables = ["dispatches"] }
      Suppress        = { actions = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"], tables = ["suppressions"] }
      KeepPreferences = { actions = ["dynamodb:BatchGetItem", "dynamodb:PutItem"], tables = ["contacts"] }
      # As a shop tells of what its customers do; a shop that counts no clicks never uploads any.
      TellOfClicks = { actions = ["s3:PutObject"], objects = ["uploads/interactions/clicks/*"] }
      # Complaints are counted with their run's delivery, and pause it.
      KeepDeliveries = { actions = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], tables = ["runs"] }
      Announce       = { actions = ["sns:Publish"], topics = ["email-sent", "email-bounced"] }
    }

    # The recommender's web process (web.tf) reads.
    web = {
      FindRuns       = { actions = ["s3:ListBucket"], others = [local.data_bucket] }
      ReadShop       = { actions = ["s3:GetObject"], objects = ["shop/merchandising.yaml", "runs/*/merchandising.json", "runs/*/learned/*"] }
      ReadCustomers  = { actions = ["dynamodb:BatchGetItem"], tables = ["contacts", "histories", "recommendations", "suppressions"] }
      FindLatestShop = { actions = ["dynamodb:GetItem"], tables = ["runs"] }
    }

    # Where runs keep a campaign it is asked, and told of events, through a tracker that has its id since it was made.
    web_campaign = {
      AskCampaigns     = { actions = ["personalize:GetRecommendations"], personalize = ["campaign/${var.name}", "filter/${var.name}-*"] }
      KnowWhatRunsMade = { actions = ["personalize:DescribeEventTracker"], personalize = ["event-tracker/*"] }
      FindWhatRunsMade = { actions = ["personalize:ListCampaigns", "personalize:ListEventTrackers"], others = ["*"] }
    }

    # With events it also takes what customers do: kept with each of them, credited to runs, and told to a campaign.
    web_event = {
      KeepEvents = { actions = ["dynamodb:UpdateItem"], tables = ["recommendations"] }
      CreditRuns = {
        actions    = ["dynamodb:BatchWriteItem"]
        tables     = ["runs"]
        conditions = [{ test = "ForAllValues:StringLike", variable = "dynamodb:LeadingKeys", values = ["attribution#*"] }]
      }
      SendEvents = { actions = ["personalize:PutEvents"], personalize = ["event-tracker/*"] }
    }

    # With SeeQueue a task of a new revision asks, with --check, whether the queue answers.
    clicks = {
      PassClicksOn = { actions = ["sqs:SendMessage"], others = [module.topology.queue_arns["feedback"]] }
      SeeQueue     = { actions = ["sqs:GetQueueAttributes"], others = [module.topology.queue_arns["feedback"]] }
    }

    understudy = {
      FindFiles         = { actions = ["s3:ListBucket"], others = [local.data_bucket] }
      ReadAndWriteFiles = { actions = ["s3:GetObject", "s3:PutObject"], objects = ["runs/*/personalize/*"] }
    }
  }

  ingested     = ["products.jsonl", "events.json", "events/*", "ingest.json", "rejects.jsonl", "customers/*", "shared-texts/*", "unchanged"]
  read_of_runs = ["merchandising.json", "products.jsonl", "ingest.json", "customers/*", "events/*", "sentiment/*", "learned/*", "personalize/*"]
  recommended  = ["learned/*", "merchandising.json", "personalize/*", "recommendations/*", "safety-cases/*"]
  training = concat(
    [for name in ["BatchInferenceJob", "Dataset", "DatasetGroup", "DatasetImportJob", "Schema", "Solution", "SolutionVersion"] : "Create${name}"],
    [for name in ["BatchInferenceJob", "Dataset", "DatasetGroup", "DatasetImportJob", "Solution", "SolutionVersion"] : "Describe${name}"],
    ["DeleteSolution", "UpdateDataset"],
  )
  listed = ["BatchInferenceJobs", "Campaigns", "DatasetGroups", "DatasetImportJobs", "Datasets", "EventTrackers", "Filters", "Schemas", "SolutionVersions", "Solutions"]

  permissions = {
    for process, statements in local.calls : process => [
      for sid, statement in statements : {
        sid        = sid
        actions    = sort(statement.actions)
        conditions = try(statement.conditions, [])
        resources = concat(
          [for key in try(statement.objects, []) : "${local.data_bucket}/${key}"],
          [for name in try(statement.tables, []) : module.topology.table_arns[name]],
          [for name in try(statement.topics, []) : module.topology.topic_arns[name]],
          [for name in try(statement.personalize, []) : "${local.personalize}:${name}"],
          try(statement.others, []),
        )
      }
    ]
  }
}
