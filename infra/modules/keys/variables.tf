variable "name" {
  description = "Prefix of the aliases, such as fondly-prod."
  type        = string
}

variable "keys" {
  description = "Keys by purpose, each with the AWS services that use it on their own, and whether Personalize does, with its role; the key `logs` encrypts log groups."
  type        = map(object({ description = string, services = optional(list(string), []), personalize = optional(bool, false) }))
  default = {
    data = {
      description = "Customers' data: bucket, tables, parameters"
      personalize = true
    }
    messages = {
      description = "Queues and topics"
      services = [
        "budgets.amazonaws.com",
        "cloudwatch.amazonaws.com",
        "events.amazonaws.com",
        "s3.amazonaws.com",
        "ses.amazonaws.com",
        "sns.amazonaws.com",
      ]
    }
    logs = {
      description = "Log groups"
    }
  }

  validation {
    condition     = var.personalize_role_arn != null || !anytrue([for key in var.keys : key.personalize])
    error_message = "A key that Personalize uses needs personalize_role_arn."
  }
}

variable "personalize_role_arn" {
  description = "The role that Personalize assumes, for keys that Personalize uses."
  type        = string
  default     = null
}
