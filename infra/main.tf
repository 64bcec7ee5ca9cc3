# Fondly as one module: whoever calls it brings the provider, and a tag `stack` of the same name, which the budget counts.

data "aws_caller_identity" "current" {}
data "aws_default_tags" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

check "tag" {
  assert {
    condition     = lookup(data.aws_default_tags.current.tags, "stack", null) == var.name
    error_message = "The budget counts what has the tag stack = ${var.name}: give it to everything by default_tags of the provider."
  }
}

module "keys" {
  source = "./modules/keys"

  name                 = var.name
  personalize_role_arn = module.pipeline.personalize_role_arn
}

module "network" {
  source = "./modules/network"

  name                = var.name
  vpc                 = var.vpc
  cidr                = var.cidr
  zone_count          = local.size.zone_count
  zones               = var.zones
  nat                 = var.nat
  public              = var.console != null
  interface_endpoints = setsubtract(local.interface_endpoints, local.unused_endpoints)
  bucket_arns         = values(module.pipeline.bucket_arns)
  logs_key_arn        = module.keys.arns.logs
}

module "pipeline" {
  source = "./modules/pipeline"

  name                   = var.name
  images                 = local.images
  network                = module.network.tasks
  keys                   = module.keys.arns
  services               = local.services
  understudy             = var.understudy
  settings               = var.settings
  check                  = var.check
  table_names            = var.table_names
  shop                   = var.shop
  mailer                 = merge(var.mailer, { model_id = coalesce(var.mailer.model_id, "global.anthropic.claude-haiku-5-5") })
  unsubscribe            = one([for endpoint in module.unsubscribe : merge(endpoint.mailer, { former_keys = var.former_unsubscribe_keys })])
  sending                = merge(var.sending, local.identity)
  feedback_topic_arns    = merge(module.email[*].feedback_topic_arns...)
  unsubscribe_address    = one(module.email[*].replies_address)
  sentiment              = var.sentiment
  recommender            = var.recommender
  rules                  = var.rules
  comprehend_calls_per_s = var.comprehend_calls_per_s
  log_retention_days     = var.log_retention_days
  retention_days         = var.retention_days
  otlp_endpoint          = var.otlp_endpoint
  disposable             = var.disposable

  clicks = one(module.clicks[*].web)

  realtime = one([
    for endpoint in module.realtime : merge(endpoint.web, { min_tasks = var.realtime.min_tasks, max_tasks = var.realtime.max_tasks })
  ])
}

module "observability" {
  source = "./modules/observability"

  name              = var.name
  stages            = module.pipeline.stages
  dead_letter_names = module.pipeline.dead_letter_names
  cluster_name      = module.pipeline.cluster_name
  messages_key_arn  = module.keys.arns.messages
  emails            = var.alarm_emails
  ai_services       = var.ai_services == null ? module.pipeline.ai_services : var.ai_services
  limits            = local.limits

  configuration_set_name = one(module.email[*].configuration_set_name)
}

module "email" {
  source = "./modules/email"
  count  = var.email_identity ? 1 : 0

  name             = var.name
  domain           = local.domain
  replies          = var.replies
  messages_key_arn = module.keys.arns.messages
}

module "link_domain" {
  source = "./modules/link-domain"
  count  = var.link_domain == null ? 0 : 1

  domain = var.link_domain.name
  live   = var.link_domain.live
}

module "unsubscribe" {
  source = "./modules/unsubscribe"
  count  = var.unsubscribe_endpoint ? 1 : 0

  name          = var.name
  keys          = module.keys.arns
  queue         = module.pipeline.feedback_queue
  language      = startswith(lookup(var.shop.mailer, "FONDLY_MAILER_LOCALE", "en"), "de") ? "de" : "en"
  brand         = var.shop.mailer["FONDLY_MAILER_BRAND_NAME"]
  topics        = var.unsubscribe_topics
  key_version   = var.unsubscribe_key_version
  domain        = one(module.link_domain[*].name)
  ops_topic_arn = module.observability.alarms_topic_arn
}

module "clicks" {
  source = "./modules/clicks"
  count  = var.clicks_enabled ? 1 : 0

  name          = var.name
  network       = module.network.tasks
  keys          = module.keys.arns
  domain        = one(module.link_domain[*].name)
  ops_topic_arn = module.observability.alarms_topic_arn
}

module "realtime" {
  source = "./modules/realtime"
  count  = var.realtime.enabled ? 1 : 0

  name          = var.name
  network       = module.network.tasks
  keys          = module.keys.arns
  events        = var.realtime.events
  limits        = { requests_per_s = var.realtime.requests_per_s }
  key_version   = var.realtime.key_version
  ops_topic_arn = module.observability.alarms_topic_arn
}

module "connect" {
  source = "./modules/connect"
  count  = var.connect == null ? 0 : 1

  name                 = var.name
  image                = local.images["cli"]
  cluster_name         = module.pipeline.cluster_name
  network              = module.network.tasks
  keys                 = module.keys.arns
  bucket               = { name = module.pipeline.bucket_names["data"], arn = module.pipeline.bucket_arns["data"] }
  personalize_role_arn = module.pipeline.personalize_role_arn
  forgetting           = module.pipeline.forgetting
  connection           = var.connect
}

module "console" {
  source = "./modules/console"
  count  = var.console == null ? 0 : 1

  name          = var.name
  image         = local.images["console"]
  check         = var.check
  pipeline      = module.pipeline.console
  network       = module.network.tasks
  keys          = module.keys.arns
  console       = var.console
  client_secret = var.console_client_secret
}
