# The role that Personalize assumes to read data sets and write results.

resource "aws_iam_role" "personalize" {
  name               = "${var.name}-personalize-${local.region}"
  assume_role_policy = data.aws_iam_policy_document.personalize_trust.json
}

# That AWS service alone, for this account's jobs.
data "aws_iam_policy_document" "personalize_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["personalize.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["${local.personalize}:*"]
    }
  }
}

resource "aws_iam_role_policy" "personalize" {
  name   = "files"
  role   = aws_iam_role.personalize.id
  policy = data.aws_iam_policy_document.personalize.json
}

data "aws_iam_policy_document" "personalize" {
  statement {
    sid       = "Files"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${local.data_bucket}/runs/*/personalize/*"]
  }

  statement {
    sid       = "Folders"
    actions   = ["s3:ListBucket"]
    resources = [local.data_bucket]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["runs/*/personalize/*"]
    }
  }

  # AWS's example for the role. Personalize asks the key itself too, not only through S3, so nothing here is bound to S3.
  # The key's policy names the role as well, and there also CreateGrant (infra/modules/keys).
  statement {
    sid       = "UseDataKey"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:ListGrants"]
    resources = [var.keys.data]
  }
}
