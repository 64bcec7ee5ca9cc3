# What understudy's Personalize has learned, on a file system that outlives its task: a task that is replaced goes on with
# the data sets and models of the one before.

locals {
  understudy_state_dir = "/state"
  nfs_port             = 2049

  # Waits until the file system can be mounted in every zone.
  understudy_file_systems = [
    for point in aws_efs_access_point.understudy :
    { id = point.file_system_id, access_point_id = point.id, path = local.understudy_state_dir }
  ]

  understudy_state_permissions = [
    for system in aws_efs_file_system.understudy : {
      sid        = "KeepState"
      actions    = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
      resources  = [system.arn]
      conditions = [{ test = "StringEquals", variable = "elasticfilesystem:AccessPointArn", values = aws_efs_access_point.understudy[*].arn }]
    }
  ]
}

resource "aws_efs_file_system" "understudy" {
  #checkov:skip=CKV2_AWS_18:what it holds is made again by the next run
  count = var.understudy ? 1 : 0

  creation_token = "${var.name}-understudy"
  encrypted      = true
  kms_key_id     = var.keys.data

  tags = { Name = "${var.name}-understudy" }
}

resource "aws_efs_access_point" "understudy" {
  count = var.understudy ? 1 : 0

  file_system_id = aws_efs_file_system.understudy[0].id

  # The user of the images.
  posix_user {
    uid = 10001
    gid = 10001
  }

  root_directory {
    path = "/understudy"

    creation_info {
      owner_uid   = 10001
      owner_gid   = 10001
      permissions = "0700"
    }
  }

  tags = { Name = "${var.name}-understudy" }

  depends_on = [
    aws_efs_file_system_policy.understudy,
    aws_efs_mount_target.understudy,
    aws_vpc_security_group_egress_rule.understudy_state,
    aws_vpc_security_group_ingress_rule.understudy_state,
  ]
}

resource "aws_efs_mount_target" "understudy" {
  count = var.understudy ? length(var.network.subnet_ids) : 0

  file_system_id  = aws_efs_file_system.understudy[0].id
  subnet_id       = var.network.subnet_ids[count.index]
  security_groups = [aws_security_group.understudy_state[0].id]
}

# With a policy, nobody mounts it without an IAM policy that says so; without one, whoever reaches it could.
resource "aws_efs_file_system_policy" "understudy" {
  count = var.understudy ? 1 : 0

  file_system_id = aws_efs_file_system.understudy[0].id
  policy         = data.aws_iam_policy_document.understudy_state[0].json
}

data "aws_iam_policy_document" "understudy_state" {
  count = var.understudy ? 1 : 0

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["elasticfilesystem:*"]
    resources = [aws_efs_file_system.understudy[0].arn]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_security_group" "understudy_state" {
  count = var.understudy ? 1 : 0

  name        = "${var.name}-understudy-state"
  description = "The file system of understudy: NFS from its task"
  vpc_id      = var.network.vpc_id

  tags = { Name = "${var.name}-understudy-state" }
}

resource "aws_vpc_security_group_ingress_rule" "understudy_state" {
  count = var.understudy ? 1 : 0

  security_group_id            = aws_security_group.understudy_state[0].id
  description                  = "NFS from understudy"
  referenced_security_group_id = module.understudy[0].security_group_id
  ip_protocol                  = "tcp"
  from_port                    = local.nfs_port
  to_port                      = local.nfs_port
}

resource "aws_vpc_security_group_egress_rule" "understudy_state" {
  count = var.understudy ? 1 : 0

  security_group_id            = module.understudy[0].security_group_id
  description                  = "NFS to its file system"
  referenced_security_group_id = aws_security_group.understudy_state[0].id
  ip_protocol                  = "tcp"
  from_port                    = local.nfs_port
  to_port                      = local.nfs_port
}
