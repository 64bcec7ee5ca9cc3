variable "name" {
  description = "What the stage is for, such as fondly-prod-clicks."
  type        = string
}

variable "api" {
  description = "The REST API, its deployment and the stage's name."
  type        = object({ id = string, name = string, deployment_id = string, stage = string })
}

variable "limits" {
  description = "Requests a second of all callers and in five minutes of one IP address, and the share of failures that raises the alarm."
  type        = object({ requests_per_s = number, requests_per_5_min = number, error_share = number })
}

variable "secret_headers" {
  description = "Headers that the firewall's log leaves out."
  type        = set(string)
  default     = []
}

variable "logs_key_arn" {
  description = "The key that encrypts the logs."
  type        = string
}

variable "ops_topic_arn" {
  description = "The topic that alarms publish to."
  type        = string
}
