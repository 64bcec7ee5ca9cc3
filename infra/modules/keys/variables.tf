variable "name" {
  description = "Prefix of the aliases, such as encore-prod."
  type        = string
}

variable "keys" {
  description = "Keys by purpose, each with the AWS services that use it on their own; the key `logs` encrypts log groups."
  type = map(object({
    description = string
    services    = optional(list(string), [])
  }))
  default = {
    data = {
      description = "Customers' data: bucket, tables, parameters"
      services    = ["personalize.amazonaws.com"]
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
}
