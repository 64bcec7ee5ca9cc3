data "aws_caller_identity" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id

  # The one description of what the system is made of. Nothing it names is named again here.
  topology = yamldecode(file("${path.module}/../../topology.yaml"))
}
