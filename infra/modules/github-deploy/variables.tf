variable "environment" {
  description = "The GitHub environment, whose name the key of the state begins with."
  type        = string
}

variable "name" {
  description = "The instance to deploy, such as fondly-prod."
  type        = string
}

variable "repository" {
  description = "The GitHub repository, as owner/name."
  type        = string
}

variable "image_repository_arns" {
  description = "The image repositories that jobs may push to."
  type        = list(string)
}

variable "state" {
  description = "The bucket that holds Terraform's state, and its KMS key."
  type        = object({ bucket_arn = string, key_arn = string })
}
