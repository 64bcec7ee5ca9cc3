# The role that Comprehend's sentiment jobs assume to read texts and write results.

resource "aws_iam_role" "comprehend" {
  name               = "${var.name}-comprehend"
  assume_role_policy = data.aws_iam_policy_document.job_trust["comprehend"].json
}

resource "aws_iam_role_policy" "comprehend" {
  name   = "files"
  role   = aws_iam_role.comprehend.id
  policy = data.aws_iam_policy_document.comprehend.json
}

data "aws_iam_policy_document" "comprehend" {
  statement {
    sid       = "ReadTexts"
    actions   = ["s3:GetObject"]
    resources = ["${local.data_bucket}/runs/*/sentiment/job/input/*"]
  }

  statement {
    sid       = "WriteResults"
    actions   = ["s3:PutObject"]
    resources = ["${local.data_bucket}/runs/*/sentiment/job/output/*"]
  }

  statement {
    sid       = "Folders"
    actions   = ["s3:ListBucket"]
    resources = [local.data_bucket]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["runs/*/sentiment/job/*"]
    }
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
