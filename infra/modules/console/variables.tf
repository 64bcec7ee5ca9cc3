variable "name" {
  description = "Prefix of all names, such as fondly-prod."
  type        = string
}

variable "image" {
  description = "The image fondly/console; see the service module."
  type        = object({ uri = string, architecture = string, credentials_arn = optional(string), pull = list(object({ sid = string, actions = list(string), resources = list(string) })) })
}

variable "check" {
  description = "Let a task of each new revision run with --check before the service uses it."
  type        = bool
}

variable "pipeline" {
  description = "What it looks after: the pipeline module's output `console`."
  type = object({
    cluster    = object({ name = string, arn = string })
    settings   = map(string)
    bucket_arn = string
    forgetting = list(object({
      sid        = string
      actions    = list(string)
      resources  = list(string)
      conditions = optional(list(object({ test = string, variable = string, values = list(string) })), [])
    }))
  })
}

variable "network" {
  description = "Where task and load balancer are: the network module's output `tasks`, with public subnets in two zones or more."
  type        = object({ vpc_id = string, subnet_ids = list(string), public_subnet_ids = list(string), egress_cidrs = list(string), egress_prefix_list_ids = list(string) })
}

variable "keys" {
  description = "Encryption keys, from the keys module."
  type        = object({ data = string, messages = string, logs = string })
}

variable "client_secret" {
  description = "The secret of the issuer's client, which the state holds encrypted; null for a pool of our own."
  type        = string
  sensitive   = true
}

variable "console" {
  description = <<-TEXT
    The console's name and its certificate; who may reach it; when it is open, as cron's minute, hour, day of month, month,
    day of week and year, and how many tasks run otherwise. The issuer that signs people in has issuer, its three
    endpoints and client_id, optionally scope and groups_claim, and groups give its groups roles; without it there is a
    pool of our own.
  TEXT
  type = object({
    domain          = string
    certificate_arn = string
    allowed_cidrs   = optional(list(string), ["0.0.0.0/0"])
    oidc            = optional(map(string))
    groups          = optional(map(string), {})
    hours = optional(object({
      opens         = optional(string, "0 7 ? * MON-FRI *")
      closes        = optional(string, "0 20 ? * MON-FRI *")
      time_zone     = optional(string, "UTC")
      tasks_outside = optional(number, 0)
    }), {})
  })

  validation {
    condition     = alltrue([for role in values(var.console.groups) : contains(["viewer", "reader", "approver", "operator"], role)])
    error_message = "console.groups must give each group a role: viewer, reader, approver or operator."
  }

  validation {
    condition     = (var.console.oidc == null) == (length(var.console.groups) == 0)
    error_message = "console.groups gives roles to the groups of console.oidc, without which there are none."
  }
}
