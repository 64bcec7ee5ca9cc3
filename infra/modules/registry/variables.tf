variable "images" {
  description = "The images, each in a repository fondly/<image>."
  type        = set(string)
}

variable "key_arn" {
  description = "Encrypts the images."
  type        = string
}
