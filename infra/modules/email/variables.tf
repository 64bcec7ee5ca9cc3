variable "name" {
  description = "Prefix of all names, such as fondly-prod."
  type        = string
}

variable "domain" {
  description = "The domain that emails come from."
  type        = string
}

variable "replies" {
  description = "Receive mails that unsubscribe, at <user>@<subdomain>.<domain>, in a region where SES receives mails; rule_set_name is that of the active receipt rule set, if there is one already. Null to receive none."
  type        = object({ user = optional(string, "unsubscribe"), subdomain = optional(string, "replies"), rule_set_name = optional(string) })

  validation {
    condition     = var.replies == null ? true : can(regex("^[a-z0-9._+-]+@[a-z0-9-]+$", "${var.replies.user}@${var.replies.subdomain}"))
    error_message = "replies: expected a user such as unsubscribe and a subdomain such as replies, in lower case."
  }
}

variable "messages_key_arn" {
  description = "Encrypts the topics."
  type        = string
}
