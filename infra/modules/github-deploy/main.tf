# A GitHub Actions job may push images and roll out a release. Any other change (networks, queues, permissions, above
# all its own) needs a person with permissions of their own. So a job runs
#
#   terraform apply -refresh=false -var image_tag=<tag>
#
# which compares the configuration with the state: a new tag changes only task definitions and services.

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.region
  ecs        = "arn:${local.partition}:ecs:${local.region}:${local.account_id}"
}

resource "aws_iam_role" "this" {
  name                 = "${var.name}-deploy-${local.region}"
  description          = "Releases ${var.name} from GitHub Actions"
  max_session_duration = 3600
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "this" {
  name   = "release"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.release.json
}

# Jobs of this repository in this GitHub environment, whose protection rules decide who may start them.
data "aws_iam_policy_document" "trust" {
  #checkov:skip=CKV_AWS_358:the subject begins with a repository, an input that checkov cannot know
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = ["arn:${local.partition}:iam::${local.account_id}:oidc-provider/token.actions.githubusercontent.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:${var.repository}:environment:${var.environment}"]
    }
  }
}

data "aws_iam_policy_document" "release" {
  # The login is for the whole registry: AWS defines no resource for it.
  statement {
    sid       = "LogInToRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid = "PushImages"
    actions = [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:DescribeImages",
      "ecr:GetDownloadUrlForLayer",
      "ecr:InitiateLayerUpload",
      "ecr:PutImage",
      "ecr:UploadLayerPart",
    ]
    resources = var.image_repository_arns
  }

  # A plan without a refresh reads data sources all the same. AWS defines no resource for these.
  statement {
    sid       = "ReadDataSources"
    actions   = ["ec2:DescribeAvailabilityZones", "ec2:DescribePrefixLists", "ec2:DescribeSubnets", "ec2:DescribeVpcEndpointServices"]
    resources = ["*"]
  }

  statement {
    sid       = "FindState"
    actions   = ["s3:ListBucket"]
    resources = [var.state.bucket_arn]
  }

  statement {
    sid       = "KeepState"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${var.state.bucket_arn}/${var.environment}/terraform.tfstate"]
  }

  statement {
    sid       = "LockState"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = ["${var.state.bucket_arn}/${var.environment}/terraform.tfstate.tflock"]
  }

  statement {
    sid       = "UseStateKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.state.key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${local.region}.amazonaws.com"]
    }
  }

  statement {
    sid       = "RollOut"
    actions   = ["ecs:DescribeServices", "ecs:UpdateService"]
    resources = ["${local.ecs}:service/${var.name}/*"]
  }

  # A task of each new revision runs with --check before the service uses it (modules/service/check_task.py).
  statement {
    sid       = "CheckRevisions"
    actions   = ["ecs:RunTask"]
    resources = ["${local.ecs}:task-definition/${var.name}-*:*"]

    condition {
      test     = "ArnEquals"
      variable = "ecs:cluster"
      values   = ["${local.ecs}:cluster/${var.name}"]
    }
  }

  statement {
    sid       = "WatchChecks"
    actions   = ["ecs:DescribeTasks", "ecs:StopTask"]
    resources = ["${local.ecs}:task/${var.name}/*"]
  }

  statement {
    sid       = "ReadWhyChecksFail"
    actions   = ["logs:GetLogEvents"]
    resources = ["arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:/fondly/${var.name}-*:log-stream:task/*"]
  }

  # A task definition has no ARN before it exists; the roles below bound what it can do.
  statement {
    sid       = "RegisterTasks"
    actions   = ["ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition"]
    resources = ["*"]
  }

  statement {
    sid       = "TagTasks"
    actions   = ["ecs:TagResource"]
    resources = ["${local.ecs}:task-definition/${var.name}-*:*"]

    condition {
      test     = "StringEquals"
      variable = "ecs:CreateAction"
      values   = ["RegisterTaskDefinition"]
    }
  }

  # A task can receive only the roles of this environment's tasks.
  statement {
    sid     = "HandTasksTheirRoles"
    actions = ["iam:PassRole"]
    resources = [
      for use in ["execution", "task"] :
      "arn:${local.partition}:iam::${local.account_id}:role/${var.name}-*-${use}-${local.region}"
    ]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }
}
