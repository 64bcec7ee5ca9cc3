variable "shop" {
  description = "What the shop's settings file says: `fondly config tfvars >shop.auto.tfvars.json` writes it."
  type = object({
    ingest      = optional(map(string), {})
    sentiment   = optional(map(string), {})
    recommender = optional(map(string), {})
    mailer      = optional(map(string), {})
  })

  validation {
    condition = alltrue([
      for name in ["BRAND_NAME", "FROM_ADDRESS", "POSTAL_ADDRESS"] : contains(keys(var.shop.mailer), "FONDLY_MAILER_${name}")
    ])
    error_message = "The settings file must say who writes: name, from_address and postal_address in its section [brand]."
  }
}

variable "mailer" {
  description = "The Bedrock model or inference profile that writes the emails' copy, and how it is asked; see the pipeline module."
  type = object({
    model_id     = string
    converse_rpm = optional(number)
    guardrail    = optional(object({ id = string, version = string }))
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

variable "link_domain" {
  description = "A domain of yours that links in emails lead to, such as { name = \"links.shop.example\" }; with live = true once the DNS record of its certificate is there. Null for API Gateway's, which change with the APIs."
  type        = object({ name = string, live = optional(bool, false) })
  default     = null
}

variable "unsubscribe_topics" {
  description = "The departments that the preferences page offers to hear nothing of: first names of products' categories."
  type        = list(string)
  default     = []
}

variable "replies" {
  description = "Receive mails that unsubscribe by SES, at an address of a subdomain; needs unsubscribe_endpoint, whose key signs them. See the email module; null to receive none."
  type = object({
    user          = optional(string)
    subdomain     = optional(string)
    rule_set_name = optional(string)
  })
  default = null

  validation {
    condition     = var.replies == null || var.unsubscribe_endpoint
    error_message = "replies need unsubscribe_endpoint = true: its key signs what proves who has sent a mail."
  }
}

variable "nat" {
  description = "One NAT gateway with a route to the internet in place of interface endpoints, for a mail server out there."
  type        = bool
  default     = false
}

variable "former_unsubscribe_keys" {
  description = "There is an SSM parameter /fondly/fondly-prod/former-unsubscribe-keys, with keys that signed links before."
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

variable "alarm_emails" {
  description = "Email addresses that receive alarms."
  type        = set(string)
}
