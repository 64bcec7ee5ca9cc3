variable "name" {
  description = "Prefix of all names, such as encore-prod."
  type        = string
}

variable "keys" {
  description = "Encryption keys, from the keys module."
  type        = object({ data = string, messages = string, logs = string })
}

variable "requests_per_5_min" {
  description = "The most that one address may send. Mailbox providers click for many customers from few addresses."
  type        = number
  default     = 2000
}

variable "ops_topic_arn" {
  description = "Where alarms go."
  type        = string
}

variable "key_version" {
  description = "Raise it to sign with a new key; links of emails sent before then stop working."
  type        = number
  default     = 1
}
