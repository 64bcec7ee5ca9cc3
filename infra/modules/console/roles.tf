# What people may do, by role. Each role may do what those before it may. The task assumes them, always with the person's
# name as source identity, which stays with every call that CloudTrail logs ("Monitor and control actions taken with
# assumed roles", IAM User Guide).

locals {
  roles = ["viewer", "reader", "approver", "operator"]
  rank  = { for index, role in local.roles : role => index }

  arns = {
    for service in ["dynamodb", "sns", "sqs"] : service =>
    "arn:${local.partition}:${service}:${local.region}:${local.account_id}:"
  }
  ledger = "${local.arns.dynamodb}table/${var.name}-runs"
  tables = "${local.arns.dynamodb}table/${var.name}-*"
  queues = "${local.arns.sqs}${var.name}-*"
  read   = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"]

  permissions = [
    # Figures: of runs, queues and alarms. Without s3:ListBucket a missing object answers 403 instead of 404. For metrics
    # AWS defines no resource.
    { from = "viewer", sid = "ReadLedger", actions = local.read, resources = [local.ledger] },
    { from = "viewer", sid = "SeeTables", actions = ["dynamodb:DescribeTable"], resources = [local.tables] },
    { from = "viewer", sid = "SeeQueues", actions = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl"], resources = [local.queues] },
    { from = "viewer", sid = "FindObjects", actions = ["s3:ListBucket"], resources = [var.pipeline.bucket_arn] },
    { from = "viewer", sid = "ReadFigures", actions = ["s3:GetObject"], resources = [for name in local.figures : "${var.pipeline.bucket_arn}/runs/*/${name}"] },
    { from = "viewer", sid = "ReadMetrics", actions = ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics"], resources = ["*"] },

    # Whom emails go to and why, and what has failed, which is received to be seen. A reader writes nothing.
    { from = "reader", sid = "ReadObjects", actions = ["s3:GetObject"], resources = [for folder in ["runs", "shop", "uploads"] : "${var.pipeline.bucket_arn}/${folder}/*"] },
    { from = "reader", sid = "ReadTables", actions = concat(local.read, ["dynamodb:Scan"]), resources = [local.tables] },
    { from = "reader", sid = "SeeDeadLetters", actions = ["sqs:ChangeMessageVisibility", "sqs:ReceiveMessage"], resources = ["${local.queues}-dlq"] },
    { from = "reader", sid = "SeeSender", actions = ["ecs:DescribeServices", "ecs:DescribeTaskDefinition"], resources = ["*"] },

    # Decisions, which are kept in the ledger, and told to the services that act on them. Operators alone make tokens.
    { from = "approver", sid = "Decide", actions = ["dynamodb:PutItem", "dynamodb:UpdateItem"], resources = [local.ledger], conditions = local.no_tokens },
    { from = "approver", sid = "TellServices", actions = ["sqs:SendMessage"], resources = [for queue in ["mailer", "sender"] : "${local.arns.sqs}${var.name}-${queue}"] },

    # Everything else that operators do.
    { from = "operator", sid = "Redrive", actions = ["sqs:DeleteMessage", "sqs:ListMessageMoveTasks", "sqs:ReceiveMessage", "sqs:SendMessage", "sqs:StartMessageMoveTask"], resources = [local.queues] },
    { from = "operator", sid = "Retry", actions = ["sns:GetTopicAttributes", "sns:Publish"], resources = ["${local.arns.sns}${var.name}-*"] },
    { from = "operator", sid = "KeepWebhookSecrets", actions = ["secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:GetSecretValue"], resources = ["arn:${local.partition}:secretsmanager:${local.region}:${local.account_id}:secret:${var.name}/webhooks/*"] },
    { from = "operator", sid = "SetShop", actions = ["s3:PutObject"], resources = ["${var.pipeline.bucket_arn}/shop/*"] },

    # Keys, which the services of AWS use in the caller's name.
    { from = "viewer", sid = "DecryptData", actions = ["kms:Decrypt"], resources = [var.keys.data], conditions = local.via["data"] },
    { from = "reader", sid = "DecryptMessages", actions = ["kms:Decrypt"], resources = [var.keys.messages], conditions = local.via["messages"] },
    { from = "approver", sid = "EncryptMessages", actions = ["kms:GenerateDataKey"], resources = [var.keys.messages], conditions = local.via["messages"] },
  ]
  via = {
    for key, services in { data = ["dynamodb", "s3"], messages = ["sns", "sqs"] } : key =>
    [{ test = "StringEquals", variable = "kms:ViaService", values = [for name in services : "${name}.${local.region}.amazonaws.com"] }]
  }

  no_tokens = [{ test = "ForAllValues:StringNotEquals", variable = "dynamodb:LeadingKeys", values = ["tokens"] }]

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
    for_each = concat(
      [for permission in local.permissions : permission if local.rank[permission.from] <= each.value],
      each.key == "operator" ? var.pipeline.forgetting : [],
    )

    content {
      sid       = statement.value.sid
      actions   = statement.value.actions
      resources = statement.value.resources

      dynamic "condition" {
        for_each = try(statement.value.conditions, [])

        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}
