variable "name" {
  description = "Prefix of all names, such as fondly-prod."
  type        = string
}

variable "network" {
  description = "Where load balancer and link are: the network module's output `tasks`."
  type        = object({ vpc_id = string, subnet_ids = list(string) })
}

variable "keys" {
  description = "Encryption keys, from the keys module."
  type        = object({ data = string, messages = string, logs = string })
}

variable "limits" {
  description = "Requests a second of all readers and in five minutes of one IP address, how long one may take, and the share of failures that raises the alarm. Mail programs and scanners of many readers come from few addresses."
  type        = object({ requests_per_s = optional(number, 200), requests_per_5_min = optional(number, 10000), timeout_ms = optional(number, 5000), error_share = optional(number, 0.01) })
  default     = {}
}

variable "ops_topic_arn" {
  description = "The topic that alarms publish to."
  type        = string
}

variable "domain" {
  description = "The domain that links lead to, from the link-domain module; null for API Gateway's own."
  type        = string
}
