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
  description = "Who gets a deploy role: instances of Fondly in this account, by the GitHub environment whose jobs release them."
  type        = map(string)
  default     = { dev = "fondly-dev", prod = "fondly-prod" }
}
