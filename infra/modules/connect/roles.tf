data "aws_iam_policy_document" "trust" {
  for_each = { tasks = "ecs-tasks", schedule = "scheduler", webhook = "lambda" }

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["${each.value}.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }
  }
}

# The task role: what the command calls.
resource "aws_iam_role" "task" {
  name               = "${local.name}-task-${local.region}"
  assume_role_policy = data.aws_iam_policy_document.trust["tasks"].json
}

resource "aws_iam_role_policy" "task" {
  name   = "calls"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.task.json
}

# It forgets who is gone in the shop, so it may read, rewrite and delete all that is kept of customers.
data "aws_iam_policy_document" "task" {
  #checkov:skip=CKV_AWS_356:Personalize has lists, for which AWS defines no resource
  statement {
    sid       = "ReadToken"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [var.connection.secret_arn]
  }

  statement {
    sid       = "FindObjects"
    actions   = ["s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:ListBucketVersions"]
    resources = [var.bucket.arn]
  }

  statement {
    sid       = "UploadAndKeepAndForget"
    actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
    resources = [for folder in ["connect", "runs", "uploads"] : "${var.bucket.arn}/${folder}/*"]
  }

  statement {
    sid       = "SearchTheRest"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = ["${var.bucket.arn}/*"]
  }

  statement {
    sid = "ForgetItems"
    actions = [
      "dynamodb:BatchGetItem",
      "dynamodb:BatchWriteItem",
      "dynamodb:DeleteItem",
      "dynamodb:DescribeTable",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
      "dynamodb:Scan",
      "dynamodb:UpdateItem",
    ]
    resources = ["arn:${local.partition}:dynamodb:${local.region}:${local.account_id}:table/${var.name}-*"]
  }

  statement {
    sid       = "CountMessages"
    actions   = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl"]
    resources = ["arn:${local.partition}:sqs:${local.region}:${local.account_id}:${var.name}-*"]
  }

  statement {
    sid       = "FindUsers"
    actions   = ["personalize:ListDataDeletionJobs", "personalize:ListDatasetGroups", "personalize:ListDatasets"]
    resources = ["*"]
  }

  statement {
    sid = "ForgetUsers"
    actions = [
      "personalize:CreateDataDeletionJob",
      "personalize:DescribeDataDeletionJob",
      "personalize:DescribeDatasetGroup",
      "personalize:ListTagsForResource",
    ]
    resources = ["arn:${local.partition}:personalize:${local.region}:${local.account_id}:*"]
  }

  statement {
    sid       = "LetPersonalizeReadWhom"
    actions   = ["iam:PassRole"]
    resources = [var.personalize_role_arn]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["personalize.amazonaws.com"]
    }
  }

  statement {
    sid       = "UseKeys"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.keys.data]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [for service in ["dynamodb", "s3"] : "${service}.${local.region}.amazonaws.com"]
    }
  }
}

# The execution role: what ECS does to start a task.
resource "aws_iam_role" "execution" {
  name               = "${local.name}-execution-${local.region}"
  assume_role_policy = data.aws_iam_policy_document.trust["tasks"].json
}

resource "aws_iam_role_policy" "execution" {
  name   = "start"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}

data "aws_iam_policy_document" "execution" {
  # The login is for the whole registry: AWS defines no resource for it.
  statement {
    sid       = "LogInToRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid       = "PullImage"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [data.aws_ecr_repository.this.arn]
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }
}

# The schedule's role: it starts this task and no other.
resource "aws_iam_role" "schedule" {
  name               = "${local.name}-schedule-${local.region}"
  assume_role_policy = data.aws_iam_policy_document.trust["schedule"].json
}

resource "aws_iam_role_policy" "schedule" {
  name   = "start"
  role   = aws_iam_role.schedule.id
  policy = data.aws_iam_policy_document.schedule.json
}

data "aws_iam_policy_document" "schedule" {
  statement {
    sid       = "RunTask"
    actions   = ["ecs:RunTask", "ecs:TagResource"]
    resources = ["${aws_ecs_task_definition.this.arn_without_revision}:*"]

    condition {
      test     = "ArnEquals"
      variable = "ecs:cluster"
      values   = [local.cluster]
    }
  }

  statement {
    sid       = "GiveRoles"
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.execution.arn, aws_iam_role.task.arn]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }
}
