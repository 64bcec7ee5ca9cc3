variable "name" {
  description = "Prefix of all names, such as fondly-prod."
  type        = string
}

variable "image" {
  description = "The image of the command line, fondly/cli; see the service module."
  type        = object({ uri = string, architecture = string, credentials_arn = optional(string), pull = list(object({ sid = string, actions = list(string), resources = list(string) })) })
}

variable "cluster_name" {
  description = "The ECS cluster."
  type        = string
}

variable "network" {
  description = "Where tasks run: the network module's output `tasks`. A shop's platform is reached by a NAT gateway alone."
  type        = object({ vpc_id = string, subnet_ids = list(string), egress_cidrs = list(string) })

  validation {
    condition     = contains(var.network.egress_cidrs, "0.0.0.0/0")
    error_message = "A connector needs a route to the internet: set nat."
  }
}

variable "keys" {
  description = "Encryption keys, from the keys module."
  type        = object({ data = string, messages = string, logs = string })
}

variable "bucket" {
  description = "The data bucket."
  type        = object({ name = string, arn = string })
}

variable "personalize_role_arn" {
  description = "The role with which Personalize reads whom it must forget."
  type        = string
}

variable "forgetting" {
  description = "What forgetting customers takes: the pipeline module's output `forgetting`."
  type        = list(object({ sid = string, actions = list(string), resources = list(string), conditions = optional(list(object({ test = string, variable = string, values = list(string) })), []) }))
}

variable "connection" {
  description = "The platform (shopify, woocommerce or magento), the shop's address, the secret with the token, the schedule, what else the command is told, and the secret with which the platform signs webhooks; null for no webhooks."
  type        = object({ platform = string, shop = string, secret_arn = string, schedule = optional(string, "rate(1 day)"), arguments = optional(list(string), []), webhook_secret_arn = optional(string) })

  validation {
    condition     = contains(["shopify", "woocommerce", "magento"], var.connection.platform)
    error_message = "platform must be shopify, woocommerce or magento."
  }

  validation {
    condition     = var.connection.webhook_secret_arn == null || var.connection.platform != "magento"
    error_message = "Magento has no webhooks of deletions: leave webhook_secret_arn out."
  }
}
