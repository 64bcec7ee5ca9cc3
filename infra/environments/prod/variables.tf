variable "region" {
  description = "The AWS region."
  type        = string
}

variable "image_tag" {
  description = "The release to run."
  type        = string
}

variable "mailer" {
  description = "The sender of the emails, the Bedrock model or inference profile that writes their copy; see the pipeline module."
  type = object({
    model_id       = string
    brand_name     = string
    from_address   = string
    postal_address = string
    locale         = string
    link_hosts     = optional(list(string), [])
    image_hosts    = optional(list(string), [])
    converse_rpm       = optional(number)
    batch_from_prompts = optional(number)
    guardrail          = optional(object({ id = string, version = string }))
  })
}

variable "unsubscribe_endpoint" {
  description = "Offer one-click unsubscribe over HTTPS. Requests wait in a queue that no service reads yet."
  type        = bool
  default     = false
}

variable "picks" {
  description = "How many products a customer gets, 1 to 12."
  type        = number
  default     = 5
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

variable "sentiment" {
  description = "How reviews are scored: language, aspects and job_from_texts; see the pipeline module."
  type = object({
    language       = optional(string)
    aspects        = optional(string)
    job_from_texts = optional(number)
  })
  default = {}
}

variable "alarm_emails" {
  description = "Email addresses that receive alarms."
  type        = set(string)
}
