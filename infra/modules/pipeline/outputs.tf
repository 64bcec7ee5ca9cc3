output "bucket_names" {
  description = "Buckets by their name in the topology; upload files to uploads/ in `data`."
  value       = module.topology.bucket_names
}

output "bucket_arns" {
  description = "The buckets' ARNs."
  value       = module.topology.bucket_arns
}

output "environment" {
  description = "The services' settings by variable, for the operators' command line."
  value       = module.topology.environment
}

output "topic_arns" {
  description = "Topics by their name in the topology."
  value       = module.topology.topic_arns
}

output "dead_letter_names" {
  description = "Dead-letter queues by the name of their source queue in the topology."
  value       = module.topology.dead_letter_names
}

output "stages" {
  description = "The services in the order of the flow, each with the queue that it consumes."
  value = [
    for service in ["ingest", "sentiment", "recommender", "mailer", "sender", "feedback"] : {
      service    = service
      queue_name = module.topology.queue_names[local.queues[service]]
    }
  ]
}

output "feedback_queue" {
  description = "The queue for what comes back: unsubscribe requests and SES's reports."
  value = {
    name = module.topology.queue_names["feedback"]
    arn  = module.topology.queue_arns["feedback"]
  }
}

output "personalize_role_arn" {
  description = "The role that Personalize assumes: the key of the data has to allow it."
  value       = aws_iam_role.personalize.arn
}

output "ai_services" {
  description = "The AI services that the pipeline uses, as the bill names them."
  value       = local.ai_services
}

output "cluster_name" {
  description = "The ECS cluster."
  value       = aws_ecs_cluster.this.name
}

output "console" {
  description = "The console module's input `pipeline`."
  value = {
    cluster    = local.cluster
    settings   = module.topology.environment
    bucket_arn = local.data_bucket
    forgetting = local.forgetting
  }
}

output "forgetting" {
  description = "What forgetting customers takes: permissions as the service module has them."
  value       = local.forgetting
}
