# The role that Bedrock's batch inference jobs assume to read prompts and write answers.

resource "aws_iam_role" "bedrock" {
  name               = "${var.name}-bedrock"
  assume_role_policy = data.aws_iam_policy_document.job_trust["bedrock"].json
}

resource "aws_iam_role_policy" "bedrock" {
  name   = "files"
  role   = aws_iam_role.bedrock.id
  policy = data.aws_iam_policy_document.bedrock.json
}

data "aws_iam_policy_document" "bedrock" {
  statement {
    sid       = "ReadPrompts"
    actions   = ["s3:GetObject"]
    resources = ["${local.data_bucket}/runs/*/copy/job/*/input/*"]
  }

  statement {
    sid       = "WriteAnswers"
    actions   = ["s3:PutObject"]
    resources = ["${local.data_bucket}/runs/*/copy/job/*/output/*"]
  }

  statement {
    sid       = "Folders"
    actions   = ["s3:ListBucket"]
    resources = [local.data_bucket]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["runs/*/copy/job/*"]
    }
  }

  # An inference profile is called in the role's name, in every region that it routes to.
  statement {
    sid       = "AskModel"
    actions   = ["bedrock:InvokeModel"]
    resources = local.model_arns
  }

  statement {
    sid       = "UseDataKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.keys.data]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${local.region}.amazonaws.com"]
    }
  }
}
