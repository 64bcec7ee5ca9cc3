variable "name" {
  description = "Name of the web ACL, such as encore-prod-web."
  type        = string
}

variable "requests_per_5_min" {
  description = "Rate limit per IP address."
  type        = number
}

variable "logs_key_arn" {
  description = "The key that encrypts logs."
  type        = string
}
