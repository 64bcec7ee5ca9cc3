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
  logs       = "arn:${local.partition}:logs:${local.region}:${local.account_id}"
  state      = "${var.state.bucket_arn}/${var.environment}/terraform.tfstate"
  pushing    = ["BatchCheckLayerAvailability", "BatchGetImage", "CompleteLayerUpload", "DescribeImages", "GetDownloadUrlForLayer", "InitiateLayerUpload", "PutImage", "UploadLayerPart"]

  permissions = [
    # The login is for the whole registry: AWS defines no resource for it.
    { sid = "LogInToRegistry", actions = ["ecr:GetAuthorizationToken"], resources = ["*"] },
    { sid = "PushImages", actions = [for name in local.pushing : "ecr:${name}"], resources = var.image_repository_arns },

    # A plan without a refresh reads data sources all the same. AWS defines no resource for these.
    { sid = "ReadDataSources", actions = [for name in ["AvailabilityZones", "PrefixLists", "Subnets", "VpcEndpointServices"] : "ec2:Describe${name}"], resources = ["*"] },

    { sid = "FindState", actions = ["s3:ListBucket"], resources = [var.state.bucket_arn] },
    { sid = "KeepState", actions = ["s3:GetObject", "s3:PutObject"], resources = [local.state] },
    { sid = "LockState", actions = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], resources = ["${local.state}.tflock"] },
    { sid = "UseStateKey", actions = ["kms:Decrypt", "kms:GenerateDataKey"], resources = [var.state.key_arn], condition = ["StringEquals", "kms:ViaService", "s3.${local.region}.amazonaws.com"] },

    { sid = "RollOut", actions = ["ecs:DescribeServices", "ecs:UpdateService"], resources = ["${local.ecs}:service/${var.name}/*"] },

    # A task of each new revision runs with --check before the service uses it (modules/service/check_task.py).
    { sid = "CheckRevisions", actions = ["ecs:RunTask"], resources = ["${local.ecs}:task-definition/${var.name}-*:*"], condition = ["ArnEquals", "ecs:cluster", "${local.ecs}:cluster/${var.name}"] },
    { sid = "WatchChecks", actions = ["ecs:DescribeTasks", "ecs:StopTask"], resources = ["${local.ecs}:task/${var.name}/*"] },
    { sid = "ReadWhyChecksFail", actions = ["logs:GetLogEvents"], resources = ["${local.logs}:log-group:/fondly/${var.name}-*:log-stream:task/*"] },

    # A task definition has no ARN before it exists; the roles below bound what it can do.
    { sid = "RegisterTasks", actions = ["ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition"], resources = ["*"] },
    { sid = "TagTasks", actions = ["ecs:TagResource"], resources = ["${local.ecs}:task-definition/${var.name}-*:*"], condition = ["StringEquals", "ecs:CreateAction", "RegisterTaskDefinition"] },

    # A task can receive only the roles of this environment's tasks.
    {
      sid       = "HandTasksTheirRoles"
      actions   = ["iam:PassRole"]
      resources = [for use in ["execution", "task"] : "arn:${local.partition}:iam::${local.account_id}:role/${var.name}-*-${use}-${local.region}"]
      condition = ["StringEquals", "iam:PassedToService", "ecs-tasks.amazonaws.com"]
    },
  ]
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
  dynamic "statement" {
    for_each = local.permissions

    content {
      sid       = statement.value.sid
      actions   = statement.value.actions
      resources = statement.value.resources

      dynamic "condition" {
        for_each = try([statement.value.condition], [])

        content {
          test     = condition.value[0]
          variable = condition.value[1]
          values   = [condition.value[2]]
        }
      }
    }
  }
}
