# Who may use the roles of bedrock_jobs.tf, comprehend.tf and personalize.tf: that AWS service, for this account's jobs, and
# the service of ours that starts them.

locals {
  job_roles = {
    mailer      = { of = "bedrock", arn = aws_iam_role.bedrock.arn }
    recommender = { of = "personalize", arn = aws_iam_role.personalize.arn }
    sentiment   = { of = "comprehend", arn = aws_iam_role.comprehend.arn }
  }

  pass_role = {
    for service, role in local.job_roles : service => [
      {
        sid       = "PassRoleTo${title(role.of)}"
        actions   = ["iam:PassRole"]
        resources = [role.arn]
        conditions = [{
          test     = "StringEquals"
          variable = "iam:PassedToService"
          values   = ["${role.of}.amazonaws.com"]
        }]
      },
    ]
  }
}

data "aws_iam_policy_document" "job_trust" {
  # For which jobs, where AWS documents that the service names them.
  for_each = {
    bedrock     = [local.model_jobs]
    comprehend  = []
    personalize = ["${local.personalize}:*"]
  }

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["${each.key}.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }

    dynamic "condition" {
      for_each = each.value

      content {
        test     = "ArnLike"
        variable = "aws:SourceArn"
        values   = [condition.value]
      }
    }
  }
}
