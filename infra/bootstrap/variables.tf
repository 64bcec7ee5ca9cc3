variable "region" {
  description = "The AWS region of the state bucket and the images."
  type        = string
}

variable "github_repository" {
  description = "The GitHub repository that may release, as owner/name; null for none."
  type        = string
  default     = null
}

variable "stages" {
  description = "The stages of this account that a deploy role is made for."
  type        = set(string)
  default     = ["dev", "prod"]
}
