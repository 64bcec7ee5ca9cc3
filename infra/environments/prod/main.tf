# Three zones, no route out of the VPC except to AWS services, Spot where losing a task costs little.

locals {
  name   = "fondly-prod"
  domain = split("@", var.shop.mailer["FONDLY_MAILER_FROM_ADDRESS"])[1]

  # What tasks call, and what ECS calls to start them; S3 and DynamoDB have gateway endpoints. An endpoint is billed
  # per hour and zone, so services that no task calls have none: sts, monitoring (metrics go through the logs).
  interface_endpoints = [
    "bedrock-runtime",
    "comprehend",
    "ecr.api",
    "ecr.dkr",
    "email",
    "logs",
    "personalize",
    "personalize-events",
    "personalize-runtime",
    "sns",
    "sqs",
    "ssm",
  ]
  # What SES sends with: the domain's identity and configuration set exist before anything is sent.
  identity = var.sending.transport != "ses" ? {} : {
    domain            = local.domain
    configuration_set = module.email.configuration_set_name
  }

  unused_endpoints = concat(
    var.sending.transport == "ses" ? [] : ["email"],
    var.recommender.campaign ? [] : ["personalize-events", "personalize-runtime"],
  )
}

module "network" {
  source = "../../modules/network"

  name                = local.name
  zone_count          = 3
  zones               = var.zones
  nat                 = var.nat
  public              = var.console != null
  interface_endpoints = setsubtract(local.interface_endpoints, local.unused_endpoints)
  bucket_arns         = values(module.pipeline.bucket_arns)
  logs_key_arn        = module.keys.arns.logs
}

module "pipeline" {
  source = "../../modules/pipeline"

  name                   = local.name
  image_tag              = var.image_tag
  network                = module.network.tasks
  keys                   = module.keys.arns
  settings               = var.settings
  check                  = var.check
  table_names            = var.table_names
  shop                   = var.shop
  mailer                 = var.mailer
  unsubscribe            = one([for endpoint in module.unsubscribe : merge(endpoint.mailer, { former_keys = var.former_unsubscribe_keys })])
  sending                = merge(var.sending, local.identity)
  feedback_topic_arns    = module.email.feedback_topic_arns
  unsubscribe_address    = module.email.replies_address
  sentiment              = var.sentiment
  recommender            = var.recommender
  rules                  = var.rules
  comprehend_calls_per_s = var.comprehend_calls_per_s
  retention_days         = { uploads = 30, runs = 90 }

  clicks = one(module.clicks[*].web)

  realtime = one([
    for endpoint in module.realtime : merge(endpoint.web, { min_tasks = var.realtime.min_tasks, max_tasks = var.realtime.max_tasks })
  ])

  services = {
    # One task always runs: SQS can take 15 minutes to report on a queue that has been idle for hours.
    ingest = {
      size             = { cpu = 1024, memory_mib = 2048, storage_gib = 40 }
      min_tasks        = 1
      max_tasks        = 4
      backlog_per_task = 1
      spot_weight      = 0
    }
    sentiment = {
      size             = { cpu = 512, memory_mib = 1024 }
      min_tasks        = 0
      max_tasks        = 4
      backlog_per_task = 20
      spot_weight      = 80
    }
    recommender = {
      size             = { cpu = 1024, memory_mib = 2048 }
      min_tasks        = 0
      max_tasks        = 2
      backlog_per_task = 2
      spot_weight      = 0
    }
    mailer = {
      size             = { cpu = 1024, memory_mib = 2048 }
      min_tasks        = 0
      max_tasks        = 10
      backlog_per_task = 10
      spot_weight      = 80
    }
    # The provider's rate decides how long a delivery takes, not tasks. No Spot: of what a lost task was handing over
    # nobody knows whether it was accepted.
    sender = {
      size             = { cpu = 512, memory_mib = 1024 }
      min_tasks        = 0
      max_tasks        = 2
      backlog_per_task = 50
      spot_weight      = 0
    }
    # A mailbox is looked at by a task that runs.
    feedback = {
      size             = { cpu = 256, memory_mib = 512 }
      min_tasks        = var.sending.mailbox == null ? 0 : 1
      max_tasks        = 2
      backlog_per_task = 500
      spot_weight      = 80
    }
  }
}

module "link_domain" {
  source = "../../modules/link-domain"
  count  = var.link_domain == null ? 0 : 1

  domain = var.link_domain.name
  live   = var.link_domain.live
}

module "clicks" {
  source = "../../modules/clicks"
  count  = var.clicks_enabled ? 1 : 0

  name          = local.name
  network       = module.network.tasks
  keys          = module.keys.arns
  domain        = one(module.link_domain[*].name)
  ops_topic_arn = module.observability.alarms_topic_arn
}

module "observability" {
  source = "../../modules/observability"

  name              = local.name
  stages            = module.pipeline.stages
  dead_letter_names = module.pipeline.dead_letter_names
  cluster_name      = module.pipeline.cluster_name
  messages_key_arn  = module.keys.arns.messages
  emails            = var.alarm_emails
  ai_services       = var.ai_services == null ? module.pipeline.ai_services : var.ai_services
  limits            = { run_cost_usd = 200, month_cost_usd = 500, month_ai_cost_usd = 2000 }

  configuration_set_name = module.email.configuration_set_name
}

module "email" {
  source = "../../modules/email"

  name             = local.name
  domain           = local.domain
  replies          = var.replies
  messages_key_arn = module.keys.arns.messages
}

module "unsubscribe" {
  source = "../../modules/unsubscribe"
  count  = var.unsubscribe_endpoint ? 1 : 0

  name          = local.name
  keys          = module.keys.arns
  queue         = module.pipeline.feedback_queue
  language      = startswith(lookup(var.shop.mailer, "FONDLY_MAILER_LOCALE", "en"), "de") ? "de" : "en"
  brand         = var.shop.mailer["FONDLY_MAILER_BRAND_NAME"]
  topics        = var.unsubscribe_topics
  domain        = one(module.link_domain[*].name)
  ops_topic_arn = module.observability.alarms_topic_arn
}
