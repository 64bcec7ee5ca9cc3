resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_21:versioned as topology.yaml says, which checkov cannot read
  for_each = local.topology.buckets

  # Names of buckets are everybody's, and those of roles, budgets and dashboards the account's in all regions.
  bucket        = "${var.name}-${each.key}-${local.account_id}-${data.aws_region.current.region}"
  force_destroy = var.disposable
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = local.topology.buckets

  bucket = aws_s3_bucket.this[each.key].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = local.topology.buckets

  bucket                  = aws_s3_bucket.this[each.key].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = local.topology.buckets

  bucket = aws_s3_bucket.this[each.key].id

  rule {
    bucket_key_enabled = true # one KMS call for many objects

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = var.keys.data
    }
  }
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = local.topology.buckets

  bucket = aws_s3_bucket.this[each.key].id

  versioning_configuration {
    status = try(each.value.versioned, false) ? "Enabled" : "Disabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = local.topology.buckets

  bucket = aws_s3_bucket.this[each.key].id

  rule {
    id     = "uploads"
    status = "Enabled"

    filter {
      prefix = "uploads/"
    }

    expiration {
      days = var.retention_days.uploads
    }
  }

  rule {
    id     = "runs"
    status = "Enabled"

    filter {
      prefix = "runs/"
    }

    expiration {
      days = var.retention_days.runs
    }
  }

  rule {
    id     = "leftovers"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 7
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_notification" "this" {
  for_each = local.topology.buckets

  bucket = aws_s3_bucket.this[each.key].id

  dynamic "queue" {
    for_each = try(each.value.notifications, [])

    content {
      queue_arn     = aws_sqs_queue.this[queue.value.queue].arn
      events        = queue.value.events
      filter_prefix = queue.value.prefix
    }
  }

  # S3 sends a test message at once and rejects a configuration that it cannot deliver to.
  depends_on = [aws_sqs_queue_policy.this]
}

resource "aws_s3_bucket_policy" "this" {
  for_each = local.topology.buckets

  bucket = aws_s3_bucket.this[each.key].id
  policy = data.aws_iam_policy_document.bucket[each.key].json

  depends_on = [aws_s3_bucket_public_access_block.this]
}

data "aws_iam_policy_document" "bucket" {
  for_each = local.topology.buckets

  source_policy_documents = [data.aws_iam_policy_document.tls_only["bucket ${each.key}"].json]

  # Personalize needs a bucket policy in addition to the role that it assumes.
  statement {
    sid       = "PersonalizeFiles"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.this[each.key].arn}/runs/*/personalize/*"]

    principals {
      type        = "Service"
      identifiers = ["personalize.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }
  }

  statement {
    sid       = "PersonalizeFolders"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.this[each.key].arn]

    principals {
      type        = "Service"
      identifiers = ["personalize.amazonaws.com"]
    }

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["runs/*/personalize/*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }
  }
}
