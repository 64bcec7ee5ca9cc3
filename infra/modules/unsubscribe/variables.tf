variable "name" {
  description = "Prefix of all names, such as fondly-prod."
  type        = string
}

variable "keys" {
  description = "Encryption keys, from the keys module."
  type        = object({ data = string, messages = string, logs = string })
}

variable "queue" {
  description = "The queue that requests are put into, from the pipeline module: its name in AWS, and its ARN."
  type        = object({ name = string, arn = string })
}

variable "language" {
  description = "The language of the pages: en or de."
  type        = string

  validation {
    condition     = contains(["en", "de"], var.language)
    error_message = "There are pages in en and de."
  }
}

variable "brand" {
  description = "Whose emails they are, as customers know the shop."
  type        = string
}

variable "topics" {
  description = "The departments that customers may want nothing of: first names of products' categories."
  type        = list(string)

  validation {
    condition     = length(var.topics) <= 100 && alltrue([for topic in var.topics : trimspace(topic) == topic && topic != ""])
    error_message = "Topics: expected at most 100 names without spaces around them."
  }
}

variable "ops_topic_arn" {
  description = "The topic that alarms publish to."
  type        = string
}

variable "key_version" {
  description = "Raise it to sign with a new key. First add the present one to the former keys, or links in emails sent before stop working."
  type        = number
}

variable "domain" {
  description = "The domain that links lead to, from the link-domain module; null for API Gateway's own."
  type        = string
}
