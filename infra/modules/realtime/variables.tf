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

variable "events" {
  description = "Also take events: POST /events."
  type        = bool
}

variable "limits" {
  description = "Requests a second of all callers and in five minutes of one IP address, how long one may take, and when alarms are raised."
  type = object({
    requests_per_s     = optional(number, 100)
    requests_per_5_min = optional(number, 30000)
    timeout_ms         = optional(number, 3000)
    slow_ms            = optional(number, 500)
    error_share        = optional(number, 0.01)
  })
}

variable "ops_topic_arn" {
  description = "The topic that alarms publish to."
  type        = string
}

variable "key_version" {
  description = "Raise it for a new key; callers with the one before are refused once the tasks have been replaced."
  type        = number
}
