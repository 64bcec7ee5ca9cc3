variable "name" {
  description = "Name of the web ACL and its metric, such as encore-prod-web."
  type        = string
}

variable "description" {
  description = "What it protects."
  type        = string
}

variable "stage_arn" {
  description = "The stage of API Gateway that it protects."
  type        = string
}

variable "requests_per_5_min" {
  description = "Rate limit per IP address."
  type        = number
}

variable "secret_headers" {
  description = "Headers that the log leaves out."
  type        = set(string)
  default     = []
}

variable "logs_key_arn" {
  description = "Encrypts the log."
  type        = string
}
