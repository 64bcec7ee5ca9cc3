variable "name" {
  description = "Prefix of all names, such as encore-prod."
  type        = string
}

variable "cidr" {
  description = "The VPC's address range, /16 to /20."
  type        = string
  default     = "10.20.0.0/16"
}

variable "zones" {
  description = "Letters of the availability zones. Explicit, so that a zone added by AWS does not move a subnet."
  type        = list(string)

  validation {
    condition     = length(var.zones) >= 2 && length(var.zones) <= 3
    error_message = "zones must name two or three zones."
  }
}

variable "nat" {
  description = "One NAT gateway instead of interface endpoints: cheaper, but all outbound traffic depends on one zone."
  type        = bool
  default     = false
}

variable "interface_endpoints" {
  description = "AWS services to reach through private addresses, such as sqs or ecr.api. Ignored with a NAT gateway."
  type        = set(string)
  default     = []
}

variable "bucket_arns" {
  description = "Buckets that tasks may reach through the S3 endpoint, in addition to ECR's image layers."
  type        = list(string)
}

variable "logs_key_arn" {
  description = "Encrypts the log of rejected connections."
  type        = string
}
