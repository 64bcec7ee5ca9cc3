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

variable "model_id" {
  description = "A Bedrock model id or inference profile id. AWS retires models from time to time."
  type        = string
}

variable "understudy" {
  description = "Run understudy instead of Comprehend, Personalize and Bedrock; false uses the real services."
  type        = bool
  default     = true
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
  default = {}
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

variable "sending" {
  description = "How finished emails are delivered: transport none or smtp, or ses with understudy, where nobody gets them; see the pipeline module."
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
  default     = []
}
