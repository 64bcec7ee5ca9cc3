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

variable "shop" {
  description = "What the shop's settings file says: `encore config tfvars >shop.auto.tfvars.json` writes it."
  type = object({
    ingest      = optional(map(string), {})
    sentiment   = optional(map(string), {})
    recommender = optional(map(string), {})
    mailer      = optional(map(string), {})
  })

  validation {
    condition = alltrue([
      for name in ["BRAND_NAME", "FROM_ADDRESS", "POSTAL_ADDRESS"] : contains(keys(var.shop.mailer), "ENCORE_MAILER_${name}")
    ])
    error_message = "The settings file must say who writes: name, from_address and postal_address in its section [brand]."
  }
}

variable "mailer" {
  description = "The Bedrock model or inference profile that writes the emails' copy, and how it is asked; see the pipeline module."
  type = object({
    model_id           = string
    converse_rpm       = optional(number)
    batch_from_prompts = optional(number)
    guardrail          = optional(object({ id = string, version = string }))
  })
}

variable "unsubscribe_endpoint" {
  description = "Offer one-click unsubscribe and preferences over HTTPS, which the sender's feedback process acts on."
  type        = bool
  default     = false
}

variable "clicks_enabled" {
  description = "Count clicks: links of emails lead to an endpoint of ours, which passes readers on to the shop. Takes unsubscribe_endpoint."
  type        = bool
  default     = false
}

variable "unsubscribe_topics" {
  description = "The departments that the preferences page offers to hear nothing of: first names of products' categories."
  type        = list(string)
  default     = []
}

variable "sending" {
  description = "How finished emails are delivered: transport (none, ses or smtp), approval (required or automatic), per_s, and the mail server for smtp; see the pipeline module."
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
  })
  default = {}
}

variable "nat" {
  description = "One NAT gateway with a route to the internet in place of interface endpoints, for a mail server out there."
  type        = bool
  default     = false
}

variable "former_unsubscribe_keys" {
  description = "There is an SSM parameter /encore/encore-prod/former-unsubscribe-keys, with keys that signed links before."
  type        = bool
  default     = false
}

variable "rules" {
  description = "Figures of the recommender's rules that differ from their defaults, such as { max_per_leaf = 1 }."
  type        = map(number)
  default     = {}
}

variable "comprehend_calls_per_s" {
  description = "The account's quota of BatchDetectSentiment calls per second."
  type        = number
  default     = 10
}

variable "settings" {
  description = "Any settings of the services, by variable: of each service, or of all; see the pipeline module."
  type = object({
    all         = optional(map(string), {})
    ingest      = optional(map(string), {})
    sentiment   = optional(map(string), {})
    recommender = optional(map(string), {})
    mailer      = optional(map(string), {})
    sender      = optional(map(string), {})
    feedback    = optional(map(string), {})
    web         = optional(map(string), {})
    clicks      = optional(map(string), {})
  })
  default = {}
}

variable "recommender" {
  description = "How products are ranked (engine: batch, campaign or similar) and what Personalize is told (imports: auto or full)."
  type = object({
    engine  = optional(string)
    imports = optional(string)
  })
  default = {}
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

variable "sentiment" {
  description = "How reviews are scored: language, aspects and job_from_texts; see the pipeline module."
  type = object({
    language       = optional(string)
    aspects        = optional(string)
    job_from_texts = optional(number)
  })
  default = {}
}

variable "ai_services" {
  description = "The services whose cost the AI budget counts, as the bill names them; by default AWS's and the model."
  type        = list(string)
  default     = null
}

variable "alarm_emails" {
  description = "Email addresses that receive alarms."
  type        = set(string)
}
