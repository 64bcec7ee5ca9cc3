variable "name" {
  description = "Prefix of all names, such as encore-prod."
  type        = string
}

variable "stages" {
  description = "The services in the order of the flow, with the queue that each consumes."
  type        = list(object({ service = string, queue_name = string }))
}

variable "dead_letter_names" {
  description = "Every dead-letter queue, by the name of its queue in the topology."
  type        = map(string)
}

variable "cluster_name" {
  description = "The ECS cluster."
  type        = string
}

variable "messages_key_arn" {
  description = "Encrypts the topic of alarms."
  type        = string
}

variable "emails" {
  description = "Who is told of alarms; each has to confirm once."
  type        = set(string)
}

variable "limits" {
  description = "When an alarm is raised."
  type = object({
    oldest_message_s = optional(number, 3600)
    stuck_minutes    = optional(number, 20)
    error_share      = optional(number, 0.1)
    template_copy_share   = optional(number, 0.2)
    run_cost_usd     = number
    month_cost_usd   = number
  })
}
