variable "region" {
  description = "The AWS region of the state bucket and the images."
  type        = string
}

variable "github_repository" {
  description = "The GitHub repository that may deploy, as owner/name; null for none."
  type        = string
  default     = null
}

variable "environments" {
  description = "The environments in this account that get a deploy role."
  type        = set(string)
  default     = ["dev", "prod"]
}
