resource "aws_sns_topic" "this" {
  for_each = local.topology.topics

  name              = "${var.name}-${each.key}"
  kms_master_key_id = var.keys.messages
}

# IAM policies decide who in this account may publish or subscribe.
resource "aws_sns_topic_policy" "this" {
  for_each = local.topology.topics

  arn    = aws_sns_topic.this[each.key].arn
  policy = data.aws_iam_policy_document.tls_only["topic ${each.key}"].json
}
