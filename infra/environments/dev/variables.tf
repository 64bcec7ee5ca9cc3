variable "model_id" {
  description = "A Bedrock model id or inference profile id. AWS retires models from time to time."
  type        = string
}

variable "understudy" {
  description = "Run understudy instead of Comprehend, Personalize and Bedrock; false uses the real services."
  type        = bool
  default     = true
}

variable "shop" {
  description = "What the shop's settings file says: `fondly config tfvars >shop.auto.tfvars.json` writes it."
  type = object({
    ingest      = optional(map(string), {})
    sentiment   = optional(map(string), {})
    recommender = optional(map(string), {})
    mailer      = optional(map(string), {})
  })
  default = {}
}

variable "alarm_emails" {
  description = "Email addresses that receive alarms."
  type        = set(string)
  default     = []
}
