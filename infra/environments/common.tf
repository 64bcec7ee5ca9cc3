# What every environment has: `dev` and `prod` link to this file.

provider "aws" {
  region = var.region

  default_tags {
    tags = { stack = local.name }
  }
}

module "keys" {
  source = "../../modules/keys"

  name                 = local.name
  personalize_role_arn = module.pipeline.personalize_role_arn
}

module "realtime" {
  source = "../../modules/realtime"
  count  = var.realtime.enabled ? 1 : 0

  name          = local.name
  network       = module.network.tasks
  keys          = module.keys.arns
  events        = var.realtime.events
  limits        = { requests_per_s = var.realtime.requests_per_s }
  key_version   = var.realtime.key_version
  ops_topic_arn = module.observability.alarms_topic_arn
}

module "connect" {
  source = "../../modules/connect"
  count  = var.connect == null ? 0 : 1

  name                 = local.name
  image                = { tag = var.image_tag }
  cluster_name         = module.pipeline.cluster_name
  network              = module.network.tasks
  keys                 = module.keys.arns
  bucket               = { name = module.pipeline.bucket_names["data"], arn = module.pipeline.bucket_arns["data"] }
  personalize_role_arn = module.pipeline.personalize_role_arn
  forgetting           = module.pipeline.forgetting
  connection           = var.connect
}

module "console" {
  source = "../../modules/console"
  count  = var.console == null ? 0 : 1

  name          = local.name
  release       = { image_tag = var.image_tag, check = var.check }
  pipeline      = module.pipeline.console
  network       = module.network.tasks
  keys          = module.keys.arns
  console       = var.console
  client_secret = var.console_client_secret
}

variable "region" {
  description = "The AWS region."
  type        = string
}

variable "zones" {
  description = "The availability zones by name, two or three; by default the first that offer every endpoint."
  type        = list(string)
  default     = null
}

variable "image_tag" {
  description = "The release to run."
  type        = string
}

variable "check" {
  description = "Let a task of each new revision run with --check before its service uses it; false for a release that has no such flag."
  type        = bool
  default     = true
}

variable "settings" {
  description = "Any settings of the services, by service (or all) and variable; see the pipeline module."
  type        = map(map(string))
  default     = {}
}

variable "table_names" {
  description = "Tables with other names, once they were restored: docs/operations.md."
  type        = map(string)
  default     = {}
}

variable "recommender" {
  description = "Whether a campaign is kept that ranks products in real time: paid for by the hour, asked or not."
  type        = object({ campaign = optional(bool, false) })
  default     = {}
}

variable "realtime" {
  description = "Answer with a customer's current picks over HTTPS, from so many tasks; with events, also take what customers do."
  type = object({
    enabled        = optional(bool, false)
    events         = optional(bool, false)
    requests_per_s = optional(number, 100)
    min_tasks      = optional(number)
    max_tasks      = optional(number)
    key_version    = optional(number, 1)
  })
  default = {}
}

variable "connect" {
  description = "A shop whose data is fetched from its platform, on a schedule; null for none. See the connect module."
  type = object({
    platform           = string
    shop               = string
    secret_arn         = string
    schedule           = optional(string)
    arguments          = optional(list(string))
    webhook_secret_arn = optional(string)
  })
  default = null
}

variable "console" {
  description = "Offer the web console, to people who sign in; null for none. See the console module; takes nat."
  type = object({
    domain          = string
    certificate_arn = string
    allowed_cidrs   = optional(list(string))
    oidc            = optional(map(string))
    groups          = optional(map(string))
    hours = optional(object({
      opens         = optional(string)
      closes        = optional(string)
      time_zone     = optional(string)
      tasks_outside = optional(number)
    }))
  })
  default = null
}

variable "console_client_secret" {
  description = "The secret of the console's client at the issuer, if people sign in with one: TF_VAR_console_client_secret."
  type        = string
  default     = null
  sensitive   = true
}

variable "sentiment" {
  description = "How reviews are scored: language and aspects; see the pipeline module."
  type = object({
    language = optional(string)
    aspects  = optional(string)
  })
  default = {}
}

variable "ai_services" {
  description = "The services whose cost the AI budget counts, as the bill names them; by default AWS's and the model."
  type        = list(string)
  default     = null
}

variable "sending" {
  description = "How finished emails are delivered: transport (none, smtp or ses, in dev only with understudy), approval (required, two or automatic), per_s, the mail server for smtp, and the mailbox that replies and bounces arrive in; see the pipeline module."
  type = object({
    transport = optional(string, "none")
    approval  = optional(string)
    per_s     = optional(number)
    smtp = optional(object({
      host          = string
      port          = optional(number)
      security      = optional(string)
      user          = optional(string)
      dkim_selector = optional(string)
      cidrs         = list(string)
    }))
    mailbox = optional(object({
      url   = string
      port  = optional(number)
      cidrs = list(string)
    }))
  })
  default = {}
}

output "data_bucket" {
  description = "The bucket to upload files to, under uploads/."
  value       = module.pipeline.bucket_names["data"]
}

output "environment" {
  description = "The services' settings by variable; the operators' command line reads them from the environment."
  value       = module.pipeline.environment
}

output "cluster_name" {
  description = "The ECS cluster."
  value       = module.pipeline.cluster_name
}

output "service_names" {
  description = "The ECS services."
  value       = module.pipeline.service_names
}

output "dashboard_name" {
  description = "The CloudWatch dashboard."
  value       = module.observability.dashboard_name
}

output "zones" {
  description = "The availability zones in use."
  value       = module.network.zones
}

output "realtime_url" {
  description = "Where a shop asks for a customer's picks; null unless `realtime` is enabled."
  value       = one(module.realtime[*].url)
}

output "realtime_key_parameter" {
  description = "The SSM parameter with the key that it sends in the header x-api-key."
  value       = one(module.realtime[*].key_parameter_name)
}

output "webhook_url" {
  description = "Where a shop's platform says that customers ask to be forgotten; null without `connect` and its webhooks."
  value       = one(module.connect[*].webhook_url)
}

output "console" {
  description = "The console: its address, the DNS record to add, and the pool to add people to; null without `console`."
  value       = one(module.console[*].console)
}
