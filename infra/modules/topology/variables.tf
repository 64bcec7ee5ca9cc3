variable "name" {
  description = "Prefix of all names, such as fondly-prod."
  type        = string
}

variable "keys" {
  description = "Encryption keys, from the keys module."
  type        = object({ data = string, messages = string })
}

variable "event_rule_arns" {
  description = "EventBridge rules that may send to a queue, by the queue's name in the topology."
  type        = map(list(string))
}

variable "foreign_topics" {
  description = "Topics beside the topology's that a queue gets messages of, by the queue's name in it: ARNs by a name of each."
  type        = map(map(string))
}

variable "table_names" {
  description = "Tables that have other names than <name>-<table>, by their name in the topology: those that were restored."
  type        = map(string)

  validation {
    condition     = alltrue([for table, given in var.table_names : contains(keys(local.topology.tables), table) && startswith(given, "${var.name}-${table}")])
    error_message = "table_names must name tables of the topology, and begin with their own names, such as fondly-prod-runs-restored."
  }
}

variable "retention_days" {
  description = "After how many days uploads, and everything made from them, are deleted from the bucket."
  type        = object({ uploads = number, runs = number })
}

variable "disposable" {
  description = "Let `terraform destroy` delete tables and buckets that still hold data."
  type        = bool
}
