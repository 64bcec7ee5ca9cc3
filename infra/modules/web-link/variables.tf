variable "name" {
  description = "Prefix of all names, such as fondly-prod-web."
  type        = string
}

variable "network" {
  description = "Where load balancer and link are: the network module's output `tasks`."
  type        = object({ vpc_id = string, subnet_ids = list(string) })
}

variable "stage" {
  description = "The stage of the REST API, which a private integration puts in front of the path."
  type        = string
}

variable "port" {
  description = "Where the tasks listen."
  type        = number
}

variable "ops_topic_arn" {
  description = "The topic that alarms publish to."
  type        = string
}
