variable "images" {
  description = "The images, each in a repository fondly/<image>."
  type        = set(string)
}

variable "keep" {
  description = "How many releases of each image to keep."
  type        = number
  default     = 30
}

variable "key_arn" {
  description = "Encrypts the images."
  type        = string
}
