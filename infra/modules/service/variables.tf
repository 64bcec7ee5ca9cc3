variable "name" {
  description = "The service's full name, such as fondly-prod-sentiment."
  type        = string
}

variable "cluster" {
  description = "The ECS cluster."
  type        = object({ name = string, arn = string })
}

variable "image" {
  description = "The image with its tag, what it is built for, the secret with the password of a registry that asks for one, and what pulling it takes."
  type        = object({ uri = string, architecture = string, credentials_arn = optional(string), pull = list(object({ sid = string, actions = list(string), resources = list(string) })) })

  validation {
    condition     = contains(["ARM64", "X86_64"], var.image.architecture)
    error_message = "images.architecture must be ARM64 or X86_64."
  }
}

variable "size" {
  description = "CPU units (1024 per vCPU), memory, and disk for /tmp, per task. Fargate supports certain pairs only."
  type        = object({ cpu = number, memory_mib = number, storage_gib = optional(number, 21) })
}

variable "environment" {
  description = "Environment variables."
  type        = map(string)
}

variable "parameters" {
  description = "Environment variables whose values are read from SSM when a task starts: ARNs by variable."
  type        = map(string)
  default     = {}
}

variable "release" {
  description = "Text that changes when parameters do, so that tasks are replaced and read the new values."
  type        = string
  default     = ""
}

variable "permissions" {
  description = "What the service may call."
  type        = list(object({ sid = string, actions = list(string), resources = list(string), conditions = optional(list(object({ test = string, variable = string, values = list(string) })), []) }))
}

variable "health_command" {
  description = "The container's health check, in exec form starting with CMD."
  type        = list(string)
}

variable "network" {
  description = "Where tasks run and what they may reach over HTTPS: the network module's output `tasks`."
  type        = object({ vpc_id = string, subnet_ids = list(string), egress_cidrs = list(string), egress_prefix_list_ids = list(string) })
}

variable "outbound" {
  description = "What else tasks may call over TCP, such as a mail server: a port of a range of addresses."
  type        = list(object({ cidr = string, port = number }))
  default     = []
}

variable "logs" {
  description = "How many days logs are kept, and the key that encrypts them."
  type        = object({ retention_days = number, key_arn = string })
}

variable "parameters_key_arn" {
  description = "The key that decrypts secure parameters."
  type        = string
}

variable "scaling" {
  description = <<-TEXT
    How many tasks work off the queue. Tasks are added while more than `backlog_per_task` messages wait for each,
    and taken away when the queue has been empty for `idle_minutes`, down to `min_tasks` (zero is allowed).
    Without it, there is always one task.
  TEXT
  type        = object({ queue_name = string, min_tasks = number, max_tasks = number, backlog_per_task = number, idle_minutes = optional(number, 15) })
  default     = null
}

variable "load" {
  description = <<-TEXT
    How many tasks answer requests: more while they use over `cpu_percent` of their processors on average, fewer while
    they use less. For services without a queue, in place of `scaling`; without either there is always one task.
  TEXT
  type        = object({ min_tasks = number, max_tasks = number, cpu_percent = optional(number, 60) })
  default     = null

  validation {
    condition     = var.load == null || var.scaling == null
    error_message = "load and scaling exclude each other: both would set the number of tasks."
  }
}

variable "spot_weight" {
  description = "How many of 100 tasks run on Spot capacity: cheaper, but AWS can stop them at two minutes' notice."
  type        = number
  default     = 0

  validation {
    condition     = var.spot_weight >= 0 && var.spot_weight <= 100
    error_message = "spot_weight must be between 0 and 100."
  }
}

variable "single" {
  description = "Never two tasks at once: a deployment stops the old one first. For services with state of their own."
  type        = bool
  default     = false
}

variable "file_system" {
  description = "An EFS file system to mount at `path`, through an access point; null for none."
  type        = object({ id = string, access_point_id = string, path = string })
  default     = null
}

variable "check" {
  description = "Let a task of each new revision run with --check before the service uses it; takes python3 and the AWS CLI."
  type        = bool
}

variable "discovery" {
  description = "The private DNS namespace to register in, and the port that is served; null for services without a port."
  type        = object({ namespace_id = string, hostname = string, port = number })
  default     = null
}

variable "load_balancer" {
  description = "The load balancer that sends requests to `port`: its target group and security group; null for none."
  type        = object({ target_group_arn = string, security_group_id = string, port = number })
  default     = null
}
