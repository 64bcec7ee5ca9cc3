variable "name" {
  description = "Prefix of all names, such as encore-prod."
  type        = string
}

variable "keys" {
  description = "Encryption keys, from the keys module."
  type        = object({ data = string, messages = string, logs = string })
}

variable "requests_per_5_min" {
  description = "Rate limit per IP address. Mailbox providers send the clicks of many customers from few addresses."
  type        = number
  default     = 2000
}

variable "ops_topic_arn" {
  description = "The topic that alarms publish to."
  type        = string
}

variable "key_version" {
  description = "Raise it to sign with a new key; links in emails sent before stop working."
  type        = number
  default     = 1
}
