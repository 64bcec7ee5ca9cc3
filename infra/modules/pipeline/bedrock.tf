locals {
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

  # A model of another vendor is a product of the Marketplace, and so a service of its own on the bill, named after the
  # model: anthropic.claude-haiku-5-5 is "Claude Haiku 5.5 (Amazon Bedrock Edition)".
  claude = try(regex("^anthropic\\.claude-([a-z]+)-([0-9]+)(?:-([0-9]{1,2}))?(?:-[0-9]{8}|-v|:|$)", local.model_name), null)
  claude_on_bill = local.claude == null ? [] : [
    format("Claude %s %s (Amazon Bedrock Edition)", title(local.claude[0]), join(".", compact(slice(local.claude, 1, 3))))
  ]
  ai_services = concat(
    ["Amazon Bedrock", "Amazon Comprehend", "Amazon Personalize", "Amazon Simple Email Service"], local.claude_on_bill
  )
}
