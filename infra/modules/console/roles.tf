# What people may do, by role. Each role may do what those before it may. The task assumes them, always with the person's
# name as source identity, which stays with every call that CloudTrail logs ("Monitor and control actions taken with
# assumed roles", IAM User Guide).

locals {
  roles = ["viewer", "reader", "approver", "operator"]
  rank  = { for index, role in local.roles : role => index }

  arns = {
    for service in ["dynamodb", "personalize", "sns", "sqs"] : service =>
    "arn:${local.partition}:${service}:${local.region}:${local.account_id}:"
  }
  ledger = "${local.arns.dynamodb}table/${var.name}-runs"
  tables = "${local.arns.dynamodb}table/${var.name}-*"
  queues = "${local.arns.sqs}${var.name}-*"
  read   = ["dynamodb:BatchGetItem", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:Query"]

  permissions = [
    # Figures: of runs, queues and alarms. Without s3:ListBucket a missing object answers 403 instead of 404. For metrics
    # AWS defines no resource.
    { from = "viewer", sid = "ReadLedger", actions = local.read, resources = [local.ledger] },
    { from = "viewer", sid = "SeeQueues", actions = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl"], resources = [local.queues] },
    { from = "viewer", sid = "FindObjects", actions = ["s3:ListBucket"], resources = [var.arns.bucket] },
    { from = "viewer", sid = "ReadFigures", actions = ["s3:GetObject"], resources = [for name in local.figures : "${var.arns.bucket}/runs/*/${name}"] },
    { from = "viewer", sid = "ReadMetrics", actions = ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics"], resources = ["*"] },

    # Whom emails go to and why, and what has failed, which is received to be seen. A reader writes nothing.
    { from = "reader", sid = "ReadObjects", actions = ["s3:GetObject"], resources = [for folder in ["runs", "shop", "uploads"] : "${var.arns.bucket}/${folder}/*"] },
    { from = "reader", sid = "ReadTables", actions = concat(local.read, ["dynamodb:Scan"]), resources = [local.tables] },
    { from = "reader", sid = "SeeDeadLetters", actions = ["sqs:ChangeMessageVisibility", "sqs:ReceiveMessage"], resources = ["${local.queues}-dlq"] },
    { from = "reader", sid = "SeeSender", actions = ["ecs:DescribeServices", "ecs:DescribeTaskDefinition"], resources = ["*"] },

    # Decisions, which are kept in the ledger, and told to the services that act on them.
    { from = "approver", sid = "Decide", actions = ["dynamodb:PutItem", "dynamodb:UpdateItem"], resources = [local.ledger] },
    { from = "approver", sid = "TellServices", actions = ["sqs:SendMessage"], resources = [for queue in ["mailer", "sender"] : "${local.arns.sqs}${var.name}-${queue}"] },

    # Everything else that operators do, forgetting among it, which searches all that is kept.
    { from = "operator", sid = "Redrive", actions = ["sqs:DeleteMessage", "sqs:ListMessageMoveTasks", "sqs:ReceiveMessage", "sqs:SendMessage", "sqs:StartMessageMoveTask"], resources = [local.queues] },
    { from = "operator", sid = "Retry", actions = ["sns:GetTopicAttributes", "sns:Publish"], resources = ["${local.arns.sns}${var.name}-*"] },
    { from = "operator", sid = "ChangeItems", actions = ["dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], resources = [local.tables] },
    { from = "operator", sid = "ChangeObjects", actions = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"], resources = [for folder in ["connect", "runs", "shop", "uploads"] : "${var.arns.bucket}/${folder}/*"] },
    { from = "operator", sid = "SearchObjects", actions = ["s3:GetObject", "s3:GetObjectVersion"], resources = ["${var.arns.bucket}/*"] },
    { from = "operator", sid = "SearchVersions", actions = ["s3:ListBucketMultipartUploads", "s3:ListBucketVersions"], resources = [var.arns.bucket] },
    { from = "operator", sid = "FindUsers", actions = ["personalize:ListDataDeletionJobs", "personalize:ListDatasetGroups", "personalize:ListDatasets"], resources = ["*"] },
    { from = "operator", sid = "ForgetUsers", actions = ["personalize:CreateDataDeletionJob", "personalize:DescribeDataDeletionJob", "personalize:DescribeDatasetGroup", "personalize:ListTagsForResource"], resources = ["${local.arns.personalize}*"] },
    { from = "operator", sid = "LetPersonalizeReadWhom", actions = ["iam:PassRole"], resources = [var.arns.personalize_role], key = "iam:PassedToService", services = ["personalize.amazonaws.com"] },

    { from = "operator", sid = "KeepWebhookSecrets", actions = ["secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:GetSecretValue"], resources = ["arn:${local.partition}:secretsmanager:${local.region}:${local.account_id}:secret:${var.name}/webhooks/*"] },

    { from = "viewer", sid = "UseDataKey", actions = ["kms:Decrypt"], resources = [var.keys.data], key = "kms:ViaService", services = [for service in ["dynamodb", "s3"] : "${service}.${local.region}.amazonaws.com"] },
    { from = "reader", sid = "UseMessagesKey", actions = ["kms:Decrypt"], resources = [var.keys.messages], key = "kms:ViaService", services = ["sqs.${local.region}.amazonaws.com"] },
    { from = "approver", sid = "EncryptMessages", actions = ["kms:GenerateDataKey"], resources = [var.keys.messages], key = "kms:ViaService", services = [for service in ["sns", "sqs"] : "${service}.${local.region}.amazonaws.com"] },
    { from = "operator", sid = "EncryptData", actions = ["kms:GenerateDataKey"], resources = [var.keys.data], key = "kms:ViaService", services = ["s3.${local.region}.amazonaws.com"] },
  ]

  # Objects of runs that name no customer.
  figures = ["email-index/summary.json", "ingest.json", "merchandising.json", "sentiment/summary.json", "settings.json"]
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole", "sts:SetSourceIdentity"]

    principals {
      type        = "AWS"
      identifiers = [module.service.task_role_arn]
    }

    condition {
      test     = "StringLike"
      variable = "sts:SourceIdentity"
      values   = ["??*"] # never without
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = local.rank

  name               = "${local.name}-${each.key}-${local.region}"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "this" {
  for_each = local.rank

  name   = "calls"
  role   = aws_iam_role.this[each.key].id
  policy = data.aws_iam_policy_document.this[each.key].json
}

data "aws_iam_policy_document" "this" {
  #checkov:skip=CKV_AWS_356:metrics, definitions of tasks and Personalize's lists have no resource
  for_each = local.rank

  dynamic "statement" {
    for_each = [for permission in local.permissions : permission if local.rank[permission.from] <= each.value]

    content {
      sid       = statement.value.sid
      actions   = statement.value.actions
      resources = statement.value.resources

      dynamic "condition" {
        for_each = try([statement.value.key], [])

        content {
          test     = "StringEquals"
          variable = condition.value
          values   = statement.value.services
        }
      }
    }
  }
}
