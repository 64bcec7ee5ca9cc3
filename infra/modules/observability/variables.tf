variable "name" {
  description = "Prefix of all names, such as fondly-prod."
  type        = string
}

variable "stages" {
  description = "The services in the order of the flow, each with the queue that it consumes."
  type        = list(object({ service = string, queue_name = string }))
}

variable "dead_letter_names" {
  description = "Dead-letter queues by the name of their source queue in the topology."
  type        = map(string)
}

variable "cluster_name" {
  description = "The ECS cluster."
  type        = string
}

variable "messages_key_arn" {
  description = "Encrypts the alarms topic."
  type        = string
}

variable "emails" {
  description = "Email addresses that receive alarms; each must confirm once."
  type        = set(string)
}

variable "ai_services" {
  description = "The services, as the bill names them, whose cost the AI budget counts; none for no such budget."
  type        = list(string)
}

variable "configuration_set_name" {
  description = "SES's configuration set, whose shares of bounces and complaints are watched; null for none."
  type        = string
}

variable "limits" {
  description = "Thresholds of the alarms."
  type = object({
    waking_s            = optional(number, 1200) # until SQS's metrics and a task are there, after hours without messages
    stuck_minutes       = optional(number, 20)
    error_share         = optional(number, 0.1)
    template_copy_share = optional(number, 0.2)
    held_hours          = optional(number, 24)    # for which a delivery waits for a person
    refused_emails      = optional(number, 100)   # in an hour
    complaint_share     = optional(number, 0.001) # as the setting at which deliveries are paused
    bounce_share        = optional(number, 0.05)
    run_cost_usd        = number
    month_cost_usd      = number           # of everything that has the tag
    month_ai_cost_usd   = optional(number) # of the AI services; by default as much
  })
}
