variable "stage" {
  description = "The stage that is released to: dev or prod. The GitHub environment has the same name."
  type        = string
}

variable "repository" {
  description = "The GitHub repository, as owner/name."
  type        = string
}

variable "oidc_provider_arn" {
  description = "GitHub's OIDC provider in this account."
  type        = string
}

variable "image_repository_arns" {
  description = "The image repositories that may be pushed to."
  type        = list(string)
}

variable "state" {
  description = "The bucket with Terraform's state, and its key."
  type        = object({ bucket_arn = string, key_arn = string })
}
