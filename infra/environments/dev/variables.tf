variable "region" {
  description = "The AWS region."
  type        = string
}

variable "image_tag" {
  description = "The release to run."
  type        = string
}

variable "model_id" {
  description = "A Bedrock model id or inference profile id. Model ids are withdrawn now and then."
  type        = string
}

variable "understudy" {
  description = "Understudy in place of Comprehend, Personalize and Bedrock; false to try the real ones."
  type        = bool
  default     = true
}

variable "alarm_emails" {
  description = "Who is told of alarms."
  type        = set(string)
  default     = []
}
