variable "name" {
  description = "Prefix of all names, such as encore-prod."
  type        = string
}

variable "cidr" {
  description = "The VPC's addresses, a /16 to /20."
  type        = string
  default     = "10.20.0.0/16"
}

variable "zones" {
  description = "The letters of the availability zones to use. Spelled out: a zone that AWS adds must not move a subnet."
  type        = list(string)

  validation {
    condition     = length(var.zones) >= 2 && length(var.zones) <= 3
    error_message = "Two or three zones."
  }
}

variable "nat" {
  description = "One NAT gateway in place of interface endpoints: cheaper, but a single zone carries all traffic out."
  type        = bool
  default     = false
}

variable "interface_endpoints" {
  description = "AWS services to reach by private address, such as sqs or ecr.api. Ignored with a NAT gateway."
  type        = set(string)
  default     = []
}

variable "bucket_arns" {
  description = "The buckets that may be reached through the S3 endpoint, besides those that hold image layers."
  type        = list(string)
}

variable "logs_key_arn" {
  description = "Encrypts the log of refused connections."
  type        = string
}
