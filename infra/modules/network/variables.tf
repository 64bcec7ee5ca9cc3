variable "name" {
  description = "Prefix of all names, such as fondly-prod."
  type        = string
}

variable "vpc" {
  description = "A VPC that exists, in place of one that the module makes, and whether it gets endpoints; see the module Fondly."
  type        = object({ id = string, cidr = string, private_subnet_ids = list(string), public_subnet_ids = list(string), egress_cidrs = list(string), create_endpoints = bool, route_table_ids = list(string) })
}

variable "cidr" {
  description = "The VPC's address range, /16 to /20."
  type        = string
}

variable "zone_count" {
  description = "How many availability zones to use, of those that have every interface endpoint if there are enough."
  type        = number

  validation {
    condition     = contains([2, 3], var.zone_count)
    error_message = "zone_count must be 2 or 3."
  }
}

variable "zones" {
  description = "The zones by name, such as eu-west-1a, in place of zone_count: so that no zone that AWS adds moves a subnet."
  type        = list(string)
}

variable "nat" {
  description = "One NAT gateway instead of interface endpoints: cheaper, but all outbound traffic depends on one zone."
  type        = bool
}

variable "public" {
  description = "A public subnet in each zone, for a load balancer that people reach."
  type        = bool
}

variable "interface_endpoints" {
  description = "AWS services to reach through private addresses, such as sqs or ecr.api. Ignored with a NAT gateway."
  type        = set(string)
}

variable "bucket_arns" {
  description = "Buckets that tasks may reach through the S3 endpoint, in addition to ECR's image layers."
  type        = list(string)
}

variable "logs_key_arn" {
  description = "Encrypts the log of rejected connections."
  type        = string
}
