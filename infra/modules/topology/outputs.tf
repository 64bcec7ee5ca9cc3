output "topic_arns" {
  description = "Topics by their name in the topology."
  value       = { for name, topic in aws_sns_topic.this : name => topic.arn }
}

output "queue_arns" {
  description = "Queues by their name in the topology."
  value       = { for name, queue in aws_sqs_queue.this : name => queue.arn }
}

output "queue_names" {
  description = "The queues' names in AWS, as metrics use them."
  value       = { for name, queue in aws_sqs_queue.this : name => queue.name }
}

output "dead_letter_arns" {
  description = "Dead-letter queues by the name of their queue."
  value       = { for name, queue in aws_sqs_queue.dead_letters : name => queue.arn }
}

output "dead_letter_names" {
  description = "The dead-letter queues' names in AWS."
  value       = { for name, queue in aws_sqs_queue.dead_letters : name => queue.name }
}

output "table_arns" {
  description = "Tables by their name in the topology."
  value       = { for name, table in aws_dynamodb_table.this : name => table.arn }
}

output "bucket_arns" {
  description = "Buckets by their name in the topology."
  value       = { for name, bucket in aws_s3_bucket.this : name => bucket.arn }
}

output "bucket_names" {
  description = "The buckets' names in AWS."
  value       = { for name, bucket in aws_s3_bucket.this : name => bucket.bucket }
}

output "environment" {
  description = "The services' settings by variable: FONDLY_<NAME>_TOPIC_ARN, _QUEUE_URL, _TABLE, _BUCKET."
  value = merge(
    { for name, topic in aws_sns_topic.this : "FONDLY_${upper(replace(name, "-", "_"))}_TOPIC_ARN" => topic.arn },
    { for name, queue in aws_sqs_queue.this : "FONDLY_${upper(replace(name, "-", "_"))}_QUEUE_URL" => queue.url },
    { for name, table in aws_dynamodb_table.this : "FONDLY_${upper(replace(name, "-", "_"))}_TABLE" => table.name },
    { for name, bucket in aws_s3_bucket.this : "FONDLY_${upper(replace(name, "-", "_"))}_BUCKET" => bucket.bucket },
  )
}
