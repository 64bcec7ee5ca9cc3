variable "domain" {
  description = "The domain, such as links.shop.example."
  type        = string
}

variable "live" {
  description = "Whether its certificate is issued, and links lead to it."
  type        = bool
}
