locals {
  account_id = data.aws_caller_identity.current.account_id
  region     = data.aws_region.current.region

  services_with_images = [for file in fileset("${path.module}/../services", "*/pyproject.toml") : dirname(file)]

  # ECR, of whichever account and region, is asked with the role with which ECS starts the task; any other registry with
  # the password in a secret, if it wants one. The login is for the whole of ECR: AWS defines no resource for it.
  own_images   = "${local.account_id}.dkr.ecr.${local.region}.${data.aws_partition.current.dns_suffix}/fondly"
  image_prefix = coalesce(var.images.prefix, local.own_images)
  ecr          = try(regex("^([0-9]{12})\\.dkr\\.ecr\\.([a-z0-9-]+)\\.[^/]+/(.+)$", local.image_prefix), [])
  repositories = length(local.ecr) == 0 ? [] : ["arn:${data.aws_partition.current.partition}:ecr:${local.ecr[1]}:${local.ecr[0]}:repository/${local.ecr[2]}"]
  images = {
    for image in concat(local.services_with_images, ["cli", "console", "understudy"]) : image => {
      uri             = "${local.image_prefix}/${image}:${var.images.tag}"
      architecture    = var.images.architecture
      credentials_arn = var.images.credentials_arn
      pull = concat(
        [for _ in local.repositories : { sid = "LogInToRegistry", actions = ["ecr:GetAuthorizationToken"], resources = ["*"] }],
        [
          for repository in local.repositories : {
            sid       = "PullImage"
            actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
            resources = ["${repository}/${image}"]
          }
        ],
        [for arn in var.images.credentials_arn[*] : { sid = "ReadRegistryPassword", actions = ["secretsmanager:GetSecretValue"], resources = [arn] }],
      )
    }
  }

  # What tasks call, and what ECS calls to start them; S3 and DynamoDB have gateway endpoints. An endpoint is billed
  # per hour and zone, so services that no task calls have none: sts, monitoring (metrics go through the logs).
  interface_endpoints = [
    "bedrock-runtime", "comprehend", "ecr.api", "ecr.dkr", "email", "logs", "personalize", "personalize-events",
    "personalize-runtime", "sns", "sqs", "ssm",
  ]
  unused_endpoints = concat(
    var.understudy ? ["bedrock-runtime", "comprehend", "personalize"] : [],
    var.sending.transport == "ses" && !var.understudy ? [] : ["email"],
    var.recommender.campaign && !var.understudy ? [] : ["personalize-events", "personalize-runtime"],
  )

  # What SES sends with: the domain's identity and configuration set exist before anything is sent.
  domain = try(split("@", var.shop.mailer["FONDLY_MAILER_FROM_ADDRESS"])[1], null)
  identity = var.sending.transport != "ses" || !var.email_identity ? {} : {
    domain            = local.domain
    configuration_set = one(module.email[*].configuration_set_name)
  }
}
