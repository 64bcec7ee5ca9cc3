variable "name" {
  description = "Prefix of all names, such as encore-prod."
  type        = string
}

variable "domain" {
  description = "The domain that emails come from."
  type        = string
}

variable "messages_key_arn" {
  description = "Encrypts the topics."
  type        = string
}
