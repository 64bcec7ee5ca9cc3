locals {
  model_jobs = "arn:${local.partition}:bedrock:${local.region}:${local.account_id}:model-invocation-job/*"

  # `eu.anthropic.…` is an inference profile: it needs the profile and the model in every region that it routes to.
  profile_prefix = try(regex("^(?:us-gov|us|eu|apac|au|ca|jp|global)\\.", var.mailer.model_id), "")
  model_name     = trimprefix(var.mailer.model_id, local.profile_prefix)
  model_arns = local.profile_prefix == "" ? [
    "arn:${local.partition}:bedrock:${local.region}::foundation-model/${local.model_name}",
    ] : [
    "arn:${local.partition}:bedrock:${local.region}:${local.account_id}:inference-profile/${var.mailer.model_id}",
    "arn:${local.partition}:bedrock:*::foundation-model/${local.model_name}",
    "arn:${local.partition}:bedrock:::foundation-model/${local.model_name}",
  ]
}
