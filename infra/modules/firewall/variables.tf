variable "name" {
  description = "Name of the web ACL and its metric, such as fondly-prod-web."
  type        = string
}

variable "description" {
  description = "What it protects."
  type        = string
}

variable "requests_per_5_min" {
  description = "Rate limit per IP address."
  type        = number
}

variable "max_body_bytes" {
  description = "Larger bodies are blocked, 16384 at most, which is what WAF looks at; null for any size."
  type        = number
  default     = null

  validation {
    condition     = var.max_body_bytes == null ? true : var.max_body_bytes > 0 && var.max_body_bytes <= 16384
    error_message = "max_body_bytes: expected 1 to 16384."
  }
}

variable "common_rules_counted" {
  description = "Also block what AWS's common rules block, except by these, which only count; null for none of them."
  type        = set(string)
  default     = null
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
