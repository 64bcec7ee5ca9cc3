variable "name" {
  description = "Prefix of all names, such as encore-prod."
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
  default     = []
}

variable "limits" {
  description = "Thresholds of the alarms."
  type = object({
    oldest_message_s    = optional(number, 3600)
    stuck_minutes       = optional(number, 20)
    error_share         = optional(number, 0.1)
    template_copy_share = optional(number, 0.2)
    campaign_idle_hours = optional(number, 3) # more than the recommender's setting, after which it deletes a campaign
    run_cost_usd        = number
    month_cost_usd      = number           # of everything that has the tag
    month_ai_cost_usd   = optional(number) # of the AI services; by default as much
  })
}
