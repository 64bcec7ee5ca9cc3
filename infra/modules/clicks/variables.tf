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

variable "ops_topic_arn" {
  description = "The topic that alarms publish to."
  type        = string
}

variable "domain" {
  description = "The domain that links lead to, from the link-domain module; null for API Gateway's own."
  type        = string
}
