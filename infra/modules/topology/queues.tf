locals {
  dead_letter_retention_s = 1209600

  topics_of_queues = {
    for name, queue in local.topology.queues : name => flatten([try(queue.subscribes, [])])
  }

  # The first topic of a queue has the queue's name, as when there was never more than one.
  subscriptions = {
    for each in flatten([
      for name, topics in local.topics_of_queues : [
        for index, topic in topics : { key = index == 0 ? name : "${name}-${topic}", queue = name, topic = topic }
      ]
    ]) : each.key => each
  }

  foreign_subscriptions = {
    for each in flatten([
      for queue, topics in var.foreign_topics : [
        for name, arn in topics : { key = "${queue}-${name}", queue = queue, topic_arn = arn }
      ]
    ]) : each.key => each
  }

  # Buckets that send notifications to a queue, by queue.
  announcing_buckets = {
    for name in keys(local.topology.queues) : name => [
      for bucket, settings in local.topology.buckets : bucket
      if contains([for notification in try(settings.notifications, []) : notification.queue], name)
    ]
  }

  # What may send to a queue, by queue.
  senders = {
    for name in keys(local.topology.queues) : name => [
      { sid = "FromItsTopics", service = "sns", arns = [for topic in local.topics_of_queues[name] : aws_sns_topic.this[topic].arn] },
      { sid = "FromForeignTopics", service = "sns", arns = values(lookup(var.foreign_topics, name, {})) },
      { sid = "FromItsBuckets", service = "s3", arns = [for bucket in local.announcing_buckets[name] : aws_s3_bucket.this[bucket].arn] },
      { sid = "FromEventRules", service = "events", arns = lookup(var.event_rule_arns, name, []) },
    ]
  }
}

resource "aws_sqs_queue" "dead_letters" {
  for_each = local.topology.queues

  name                      = "${var.name}-${each.key}-dlq"
  message_retention_seconds = local.dead_letter_retention_s
  kms_master_key_id         = var.keys.messages
}

resource "aws_sqs_queue" "this" {
  for_each = local.topology.queues

  name                       = "${var.name}-${each.key}"
  visibility_timeout_seconds = each.value.visibility_s
  message_retention_seconds  = each.value.retention_s
  kms_master_key_id          = var.keys.messages

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters[each.key].arn
    maxReceiveCount     = each.value.max_receives
  })
}

resource "aws_sqs_queue_redrive_allow_policy" "dead_letters" {
  for_each = local.topology.queues

  queue_url = aws_sqs_queue.dead_letters[each.key].url

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.this[each.key].arn]
  })
}

resource "aws_sns_topic_subscription" "this" {
  for_each = local.subscriptions

  topic_arn            = aws_sns_topic.this[each.value.topic].arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.this[each.value.queue].arn
  raw_message_delivery = true

  depends_on = [aws_sqs_queue_policy.this]
}

resource "aws_sns_topic_subscription" "foreign" {
  for_each = local.foreign_subscriptions

  topic_arn            = each.value.topic_arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.this[each.value.queue].arn
  raw_message_delivery = true

  depends_on = [aws_sqs_queue_policy.this]
}

resource "aws_sqs_queue_policy" "this" {
  for_each = local.topology.queues

  queue_url = aws_sqs_queue.this[each.key].url
  policy    = data.aws_iam_policy_document.queue[each.key].json
}

resource "aws_sqs_queue_policy" "dead_letters" {
  for_each = local.topology.queues

  queue_url = aws_sqs_queue.dead_letters[each.key].url
  policy    = data.aws_iam_policy_document.tls_only["dead letters ${each.key}"].json
}

data "aws_iam_policy_document" "queue" {
  for_each = local.topology.queues

  source_policy_documents = [data.aws_iam_policy_document.tls_only["queue ${each.key}"].json]

  dynamic "statement" {
    for_each = [for sender in local.senders[each.key] : sender if length(sender.arns) > 0]

    content {
      sid       = statement.value.sid
      actions   = ["sqs:SendMessage"]
      resources = [aws_sqs_queue.this[each.key].arn]

      principals {
        type        = "Service"
        identifiers = ["${statement.value.service}.amazonaws.com"]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = statement.value.arns
      }

      # A bucket ARN names no account, and anybody can take the name once the bucket is deleted.
      dynamic "condition" {
        for_each = statement.value.service == "s3" ? [local.account_id] : []

        content {
          test     = "StringEquals"
          variable = "aws:SourceAccount"
          values   = [condition.value]
        }
      }
    }
  }
}
