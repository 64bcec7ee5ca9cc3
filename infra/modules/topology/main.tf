data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id

  # The only description of the system's resources; nothing here repeats a name from it.
  topology = yamldecode(file("${path.module}/../../topology.yaml"))
}
