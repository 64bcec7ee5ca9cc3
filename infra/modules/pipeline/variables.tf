variable "name" {
  description = "Prefix of all names, such as fondly-prod; also names the Personalize dataset group."
  type        = string
}

variable "images" {
  description = "The release to run, by image: the service module's input `image`."
  type        = map(object({ uri = string, architecture = string, credentials_arn = optional(string), pull = list(object({ sid = string, actions = list(string), resources = list(string) })) }))
}

variable "network" {
  description = "Where tasks run: the network module's output `tasks`."
  type        = object({ vpc_id = string, cidr = string, subnet_ids = list(string), egress_cidrs = list(string), egress_prefix_list_ids = list(string) })
}

variable "keys" {
  description = "Encryption keys, from the keys module."
  type        = object({ data = string, messages = string, logs = string })
}

variable "services" {
  description = "Size and scaling of each service; see the service module."
  type        = map(object({ size = object({ cpu = number, memory_mib = number, storage_gib = optional(number, 21) }), min_tasks = number, max_tasks = number, backlog_per_task = number, spot_weight = number }))

  validation {
    condition     = toset(keys(var.services)) == toset(keys(local.queues))
    error_message = "services must have exactly these keys: ${join(", ", keys(local.queues))}."
  }

  validation {
    condition     = alltrue([for service in values(var.services) : service.min_tasks <= service.max_tasks && service.max_tasks > 0])
    error_message = "services must have a max_tasks of 1 or more, and no higher min_tasks."
  }
}

variable "shop" {
  description = "What the shop's settings file says, as variables of each service: the output of `fondly config tfvars`."
  type        = object({ ingest = optional(map(string), {}), sentiment = optional(map(string), {}), recommender = optional(map(string), {}), mailer = optional(map(string), {}) })

  validation {
    condition = alltrue(flatten([
      for service, settings in var.shop : [for name in keys(settings) : startswith(name, "FONDLY_${upper(service)}_")]
    ]))
    error_message = "shop must be the output of `fondly config tfvars`: each service has only its own variables."
  }

  validation {
    condition     = var.unsubscribe != null || !contains(keys(var.shop.mailer), "FONDLY_MAILER_UNSUBSCRIBE_URL")
    error_message = "brand.unsubscribe_url needs the unsubscribe endpoint, whose key signs the links: set unsubscribe_endpoint = true."
  }
}

variable "mailer" {
  description = "The model that writes the emails' copy, and how it is asked."
  type        = object({ model_id = string, converse_rpm = optional(number, 200), guardrail = optional(object({ id = string, version = string })) })

  validation {
    condition     = !startswith(var.mailer.model_id, "arn:")
    error_message = "model_id must be a model id or inference profile id, such as eu.anthropic.…: permissions are built from it."
  }

  validation {
    condition     = var.mailer.guardrail == null ? true : can(regex("^[a-z0-9]+$", var.mailer.guardrail.id))
    error_message = "mailer.guardrail.id must be the guardrail's id, not its ARN: permissions are built from it."
  }
}

variable "unsubscribe" {
  description = "The one-click unsubscribe URL, the SSM parameter with the key that signs its links, and whether there is another, /fondly/<name>/former-unsubscribe-keys, with those that did before; null for none."
  type        = object({ url = string, key_parameter_arn = string, former_keys = optional(bool, false) })
}

variable "unsubscribe_address" {
  description = "Where mails that unsubscribe go, from the email module; null for the sender's own address."
  type        = string
}

variable "sending" {
  description = <<-TEXT
    How finished emails are delivered: transport none, smtp or ses; approval by one person (required), by two, or automatic. With ses,
    the domain that they come from and the configuration set to send with, from the email module; with smtp, the mail
    server, at addresses that tasks can reach. per_s is what the provider allows; by default what SES says. mailbox is where
    replies and bounces arrive by mail, imaps://user@host/folder, at addresses that tasks can reach.
  TEXT
  type = object({
    transport         = optional(string, "none")
    approval          = optional(string, "required")
    per_s             = optional(number)
    domain            = optional(string)
    configuration_set = optional(string)
    smtp              = optional(object({ host = string, port = optional(number, 587), security = optional(string, "starttls"), user = optional(string), dkim_selector = optional(string), cidrs = list(string) }))
    mailbox           = optional(object({ url = string, port = optional(number, 993), cidrs = list(string) }))
  })

  validation {
    condition     = contains(["none", "smtp", "ses"], var.sending.transport)
    error_message = "sending.transport must be none, smtp or ses."
  }

  validation {
    condition     = contains(["required", "two", "automatic"], var.sending.approval)
    error_message = "sending.approval must be required, two or automatic."
  }

  validation {
    condition     = (var.sending.transport == "smtp") == (var.sending.smtp != null)
    error_message = "sending.smtp names the mail server of sending.transport = \"smtp\", and of no other transport."
  }

  validation {
    condition     = var.sending.smtp == null ? true : contains(["starttls", "tls"], var.sending.smtp.security)
    error_message = "sending.smtp.security must be starttls or tls: emails are not sent in the clear."
  }

  validation {
    condition     = var.sending.mailbox == null ? true : can(regex("^imaps://[^/:@]+@[^/:@]+(:${var.sending.mailbox.port})?(/|$)", var.sending.mailbox.url))
    error_message = "sending.mailbox.url must be imaps://user@host/folder, with the port if that is not 993, and without a password."
  }

  validation {
    condition     = var.sending.transport != "ses" || var.understudy || (var.sending.domain != null && var.sending.configuration_set != null)
    error_message = "sending.transport = \"ses\" takes the domain and the configuration_set of the email module."
  }
}

variable "feedback_topic_arns" {
  description = "Topics of the email module with SES's reports of bounces and complaints and the mails it receives, by kind; the feedback queue subscribes to them."
  type        = map(string)
}

variable "realtime" {
  description = "Run the web process, which answers with a customer's current picks: the output `web` of the realtime module, and how many tasks there are; null for none."
  type = object({
    target_group_arn  = string
    security_group_id = string
    port              = number
    key_parameter_arn = string
    key_version       = number
    events            = bool
    requests_per_s    = number
    min_tasks         = optional(number, 1)
    max_tasks         = optional(number, 2)
    size              = optional(object({ cpu = number, memory_mib = number }), { cpu = 512, memory_mib = 1024 })
  })
}

variable "clicks" {
  description = "Count clicks: the output `web` of the clicks module, and how many tasks of the sender's web process there are; null for none. Links of emails then lead there; they are signed with the key of `unsubscribe`."
  type = object({
    url               = string
    target_group_arn  = string
    security_group_id = string
    port              = number
    requests_per_s    = number
    min_tasks         = optional(number, 2)
    max_tasks         = optional(number, 6)
    size              = optional(object({ cpu = number, memory_mib = number }), { cpu = 256, memory_mib = 512 })
  })

  validation {
    condition     = var.clicks == null || var.unsubscribe != null
    error_message = "clicks take the key of the unsubscribe endpoint, which signs links: set unsubscribe_endpoint = true."
  }
}

variable "recommender" {
  description = "Whether a campaign, with an event tracker, is kept that ranks products in real time: paid for by the hour, asked or not."
  type        = object({ campaign = optional(bool, false) })
}

variable "rules" {
  description = "Figures of the recommender's rules that differ from their defaults, such as { max_per_leaf = 1 }."
  type        = map(number)
}

variable "comprehend_calls_per_s" {
  description = "The account's quota of BatchDetectSentiment calls per second, which the sentiment tasks share by themselves."
  type        = number
}

variable "sentiment" {
  description = "How reviews are scored: their language or auto; aspects by own, comprehend or off; whether those of customers who get no email are."
  type        = object({ language = optional(string, "en"), aspects = optional(string, "own"), score_excluded = optional(bool, false) })

  validation {
    condition = contains(
      ["auto", "en", "es", "fr", "de", "it", "pt", "ar", "hi", "ja", "ko", "zh", "zh-TW"], var.sentiment.language
    )
    error_message = "sentiment.language must be auto, or a language whose sentiment Comprehend detects, such as en."
  }

  validation {
    condition     = contains(["own", "comprehend", "off"], var.sentiment.aspects)
    error_message = "sentiment.aspects must be own, comprehend or off."
  }
}

variable "settings" {
  description = "Any settings by service and variable, beside and before all others: `all` for those that every service has."
  type        = map(map(string))

  validation {
    condition     = alltrue([for service in keys(var.settings) : service == "all" || contains(keys(local.setting_names), service)])
    error_message = "settings must name services or processes, or all: ${join(", ", keys(local.setting_names))}."
  }

  validation {
    condition = alltrue(flatten([
      for service, names in local.setting_names : [
        for name in flatten([for given in ["all", service] : keys(lookup(var.settings, given, {}))]) :
        contains(flatten(values(names)), name)
      ]
    ]))
    error_message = "settings must have only variables that the service has, or every service, for those in all: setting_names.json lists them."
  }

  validation {
    condition = alltrue(flatten([
      for given in values(var.settings) : [for name in keys(given) : !contains(local.own_settings, name)]
    ]))
    error_message = "settings must not have what resources, permissions or alarms depend on, such as FONDLY_MAILER_MODEL_ID: other inputs set it."
  }
}

variable "understudy" {
  description = "Run understudy instead of Comprehend, Personalize, Bedrock and SES: no AI costs, and no email leaves."
  type        = bool
}

variable "check" {
  description = "Let a task of each new revision run with --check before its service uses it; takes python3 and the AWS CLI."
  type        = bool
}

variable "log_retention_days" {
  description = "How many days logs are kept."
  type        = number
}

variable "table_names" {
  description = "Tables with other names, once they were restored; see the topology module."
  type        = map(string)
}

variable "retention_days" {
  description = "After how many days uploads, and everything made from them, are deleted."
  type        = object({ uploads = number, runs = number })
}

variable "disposable" {
  description = "Let `terraform destroy` delete tables and buckets that still hold data."
  type        = bool
}

variable "otlp_endpoint" {
  description = "Base URL of an OpenTelemetry collector for spans; HTTPS, as tasks may call port 443 only. None by default."
  type        = string

  validation {
    condition     = var.otlp_endpoint == "" || startswith(var.otlp_endpoint, "https://")
    error_message = "otlp_endpoint must be an https:// URL."
  }
}
