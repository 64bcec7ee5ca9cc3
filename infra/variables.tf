variable "name" {
  description = "Prefix of all names, such as fondly-prod. Several instances fit into one account and region, if none's name begins with another's and a dash."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,23}$", var.name))
    error_message = "name must be at most 24 lower-case letters, digits and dashes: bucket and role names are built from it."
  }
}

variable "images" {
  description = "The release to run: tag is that of every image, `<prefix>/<image>:<tag>`. The prefix names any registry that tasks reach, such as ghcr.io/shop/fondly, by default the account's ECR; credentials_arn is the secret with the password of one that asks for it. architecture is ARM64 or X86_64."
  type        = object({ tag = string, prefix = optional(string), credentials_arn = optional(string), architecture = optional(string, "ARM64") })

  validation {
    condition     = can(regex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", var.images.tag))
    error_message = "images.tag must be a tag, such as 0.2.0: letters, digits, dots, dashes and underscores."
  }

  validation {
    condition     = var.images.prefix == null ? true : can(regex("^[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[a-z0-9._-]+)+$", var.images.prefix))
    error_message = "images.prefix must be a registry and a path, such as ghcr.io/shop/fondly: without https:// and a slash at the end."
  }

  validation {
    condition     = var.images.prefix == null || var.nat || var.vpc != null ? true : can(regex("\\.dkr\\.ecr\\.${local.region}\\.", var.images.prefix))
    error_message = "images.prefix is not in ECR of this region, so tasks need a route to the internet to pull from it: set nat."
  }
}

variable "size" {
  description = "What there is by default of tasks, zones and limits: small, for experiments, all on Spot capacity and none while idle; or standard."
  type        = string
  default     = "standard"

  validation {
    condition     = contains(["small", "standard"], var.size)
    error_message = "size must be small or standard."
  }
}

variable "services" {
  description = "What differs from size, by service (ingest, sentiment, recommender, mailer, sender, feedback), such as { mailer = { max_tasks = 20 } }."
  type = map(object({
    size             = optional(object({ cpu = number, memory_mib = number, storage_gib = optional(number, 21) }))
    min_tasks        = optional(number)
    max_tasks        = optional(number)
    backlog_per_task = optional(number)
    spot_weight      = optional(number)
  }))
  default = {}

  validation {
    condition     = length(setsubtract(keys(var.services), keys(local.sizes.standard.services))) == 0
    error_message = "services must be among ${join(", ", keys(local.sizes.standard.services))}."
  }
}

variable "understudy" {
  description = "Run understudy in place of Comprehend, Personalize, Bedrock and SES: no AI costs, and no email leaves."
  type        = bool
  default     = false
}

variable "mailer" {
  description = "The Bedrock model or inference profile that writes the emails' copy, its quota of calls a minute, and a guardrail. AWS retires models from time to time."
  type        = object({ model_id = optional(string), converse_rpm = optional(number, 200), guardrail = optional(object({ id = string, version = string })) })
  default     = {}

  validation {
    condition     = var.understudy || var.mailer.model_id != null
    error_message = "mailer.model_id must name a model or inference profile, such as eu.anthropic.claude-haiku-5-5; only understudy answers for any."
  }
}

variable "shop" {
  description = "What the shop's settings file says, as variables of each service: `fondly config tfvars >shop.auto.tfvars.json` writes it."
  type = object({
    ingest      = optional(map(string), {})
    sentiment   = optional(map(string), {})
    recommender = optional(map(string), {})
    mailer      = optional(map(string), {})
  })
  default = {}

  validation {
    condition = !(var.email_identity || var.unsubscribe_endpoint) || alltrue([
      for name in ["BRAND_NAME", "FROM_ADDRESS", "POSTAL_ADDRESS"] : contains(keys(var.shop.mailer), "FONDLY_MAILER_${name}")
    ])
    error_message = "The settings file must say who writes: name, from_address and postal_address in its section [brand]."
  }
}

variable "vpc" {
  description = "A VPC to use in place of one of Fondly's own: its address range, private subnets in two zones or more, public ones for the console, and whom tasks may call over HTTPS. They reach AWS by your NAT gateway or endpoints; with create_endpoints by endpoints made here, in those subnets and route tables."
  type = object({
    id                 = string
    cidr               = string
    private_subnet_ids = list(string)
    public_subnet_ids  = optional(list(string), [])
    egress_cidrs       = optional(list(string), ["0.0.0.0/0"])
    create_endpoints   = optional(bool, false)
    route_table_ids    = optional(list(string), [])
  })
  default = null

  validation {
    condition     = var.vpc == null ? true : can(cidrsubnet(var.vpc.cidr, 0, 0)) && length(var.vpc.private_subnet_ids) >= 2
    error_message = "vpc must have a cidr, such as 10.0.0.0/16, and private subnets in two zones or more."
  }

  validation {
    condition     = var.vpc == null ? true : var.vpc.create_endpoints == (length(var.vpc.route_table_ids) > 0)
    error_message = "vpc.route_table_ids are those of the private subnets, for the gateway endpoints that vpc.create_endpoints makes."
  }

  validation {
    condition     = var.vpc == null || (!var.nat && var.zones == null)
    error_message = "nat and zones are of a VPC of Fondly's own: leave them out with vpc."
  }
}

variable "cidr" {
  description = "The address range of Fondly's own VPC, /16 to /20."
  type        = string
  default     = "10.20.0.0/16"

  validation {
    condition     = can(regex("/(16|17|18|19|20)$", var.cidr)) && can(cidrsubnet(var.cidr, 4, 15))
    error_message = "cidr must be an address range from /16 to /20, such as 10.20.0.0/16."
  }
}

variable "zones" {
  description = "The availability zones by name, two or three; by default the first that offer every endpoint."
  type        = list(string)
  default     = null

  validation {
    condition     = var.zones == null ? true : contains([2, 3], length(var.zones))
    error_message = "zones must name two or three zones."
  }
}

variable "nat" {
  description = "One NAT gateway with a route to the internet in place of interface endpoints: cheaper, and what reaches a mail server, a shop's platform or a registry out there."
  type        = bool
  default     = false
}

variable "sending" {
  description = "How finished emails are delivered: transport none, smtp or ses; approval required, two or automatic; per_s; the mail server for smtp, and the mailbox that replies and bounces arrive in. See the pipeline module."
  type = object({
    transport = optional(string, "none")
    approval  = optional(string)
    per_s     = optional(number)
    smtp      = optional(object({ host = string, port = optional(number), security = optional(string), user = optional(string), dkim_selector = optional(string), cidrs = list(string) }))
    mailbox   = optional(object({ url = string, port = optional(number), cidrs = list(string) }))
  })
  default = {}

  validation {
    condition     = var.sending.transport != "ses" || var.understudy || var.email_identity
    error_message = "sending.transport = \"ses\" takes the identity of the shop's domain: set email_identity = true."
  }
}

variable "email_identity" {
  description = "Make SES's identity for the domain of the shop's from_address, with reports of bounces and complaints. A domain has one per region: of two instances with the same domain, one makes it."
  type        = bool
  default     = false
}

variable "replies" {
  description = "Receive mails that unsubscribe by SES, at an address of a subdomain; see the email module. Null to receive none."
  type        = object({ user = optional(string), subdomain = optional(string), rule_set_name = optional(string) })
  default     = null

  validation {
    condition     = var.replies == null || (var.unsubscribe_endpoint && var.email_identity)
    error_message = "replies need email_identity, and unsubscribe_endpoint, whose key signs what proves who has sent a mail: set both to true."
  }
}

variable "unsubscribe_endpoint" {
  description = "Offer one-click unsubscribe and preferences over HTTPS, which the sender's feedback process acts on."
  type        = bool
  default     = false
}

variable "unsubscribe_topics" {
  description = "The departments that the preferences page offers to hear nothing of: first names of products' categories."
  type        = list(string)
  default     = []
}

variable "unsubscribe_key_version" {
  description = "Raise it to sign links with a new key, after the present one is among the former: docs/sending-rules.md."
  type        = number
  default     = 1
}

variable "former_unsubscribe_keys" {
  description = "There is an SSM parameter `/fondly/<name>/former-unsubscribe-keys`, with keys that signed links before."
  type        = bool
  default     = false
}

variable "link_domain" {
  description = "A domain of yours that links in emails lead to, such as { name = \"links.shop.example\" }; with live = true once the DNS record of its certificate is there. Null for API Gateway's, which change with the APIs."
  type        = object({ name = string, live = optional(bool, false) })
  default     = null

  validation {
    condition     = var.link_domain == null || var.unsubscribe_endpoint
    error_message = "link_domain is where links of unsubscribe_endpoint lead: set that to true."
  }
}

variable "clicks_enabled" {
  description = "Count clicks: links of emails lead to an endpoint of ours, which passes readers on to the shop. Takes unsubscribe_endpoint."
  type        = bool
  default     = false
}

variable "realtime" {
  description = "Answer with a customer's current picks over HTTPS, from so many tasks; with events, also take what customers do."
  type        = object({ enabled = optional(bool, false), events = optional(bool, false), requests_per_s = optional(number, 100), min_tasks = optional(number), max_tasks = optional(number), key_version = optional(number, 1) })
  default     = {}
}

variable "recommender" {
  description = "Whether a campaign is kept that ranks products in real time: paid for by the hour, asked or not."
  type        = object({ campaign = optional(bool, false) })
  default     = {}
}

variable "rules" {
  description = "Figures of the recommender's rules that differ from their defaults, such as { max_per_leaf = 1 }."
  type        = map(number)
  default     = {}
}

variable "sentiment" {
  description = "How reviews are scored: language (or auto), and who finds aspects: own, comprehend or off."
  type        = object({ language = optional(string), aspects = optional(string) })
  default     = {}
}

variable "comprehend_calls_per_s" {
  description = "The account's quota of BatchDetectSentiment calls per second."
  type        = number
  default     = 10
}

variable "connect" {
  description = "A shop whose data is fetched from its platform, on a schedule; see the connect module. Null for none."
  type        = object({ platform = string, shop = string, secret_arn = string, schedule = optional(string), arguments = optional(list(string)), webhook_secret_arn = optional(string) })
  default     = null
}

variable "console" {
  description = "Offer the web console, to people who sign in; see the console module. Takes nat, or public subnets of vpc. Null for none."
  type = object({
    domain          = string
    certificate_arn = string
    allowed_cidrs   = optional(list(string))
    oidc            = optional(map(string))
    groups          = optional(map(string))
    hours           = optional(object({ opens = optional(string), closes = optional(string), time_zone = optional(string), tasks_outside = optional(number) }))
  })
  default = null
}

variable "console_client_secret" {
  description = "The secret of the console's client at the issuer, if people sign in with one: by TF_VAR_…, never in a file."
  type        = string
  default     = null
  sensitive   = true
}

variable "settings" {
  description = "Any settings of the services, by service (or all) and variable: modules/pipeline/setting_names.json lists them."
  type        = map(map(string))
  default     = {}
}

variable "alarm_emails" {
  description = "Email addresses that receive alarms; each must confirm once."
  type        = set(string)
  default     = []
}

variable "limits_usd" {
  description = "Costs in dollars from which an alarm is sent, where size has others: of a run, and of a month for what has the tag stack and for the AI services of the account."
  type        = object({ run = optional(number), month = optional(number), month_ai = optional(number) })
  default     = {}
}

variable "ai_services" {
  description = "The services whose cost the AI budget counts, as the bill names them; by default AWS's and the model."
  type        = list(string)
  default     = null
}

variable "retention_days" {
  description = "After how many days uploads, and everything made from them, are deleted."
  type        = object({ uploads = number, runs = number })
  default     = { uploads = 30, runs = 90 }
}

variable "log_retention_days" {
  description = "How many days logs are kept: a number that CloudWatch has."
  type        = number
  default     = 365

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a number that CloudWatch has, such as 30, 90 or 365."
  }
}

variable "otlp_endpoint" {
  description = "Base URL of an OpenTelemetry collector for spans, over HTTPS; none by default."
  type        = string
  default     = ""
}

variable "table_names" {
  description = "Tables with other names, once they were restored: docs/operations.md."
  type        = map(string)
  default     = {}
}

variable "check" {
  description = "Let a task of each new revision run with --check before its service uses it, which takes python3 and the AWS CLI where Terraform runs; false for a release that has no such flag."
  type        = bool
  default     = true
}

variable "disposable" {
  description = "Let `terraform destroy` delete tables and buckets that still hold data."
  type        = bool
  default     = false
}
