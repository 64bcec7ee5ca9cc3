locals {
  # Every setting of every process, by whether its settings class has a default for it: `make setting-names` writes the
  # file, and a test compares it with the classes. So a new setting needs nothing here.
  setting_names = jsondecode(file("${path.module}/setting_names.json"))

  # Each service consumes the one queue that it has a setting for; the processes that answer over HTTP consume none.
  queues = {
    for service, names in local.setting_names : service => one([
      for name in names.required : lower(replace(trimprefix(trimsuffix(name, "_QUEUE_URL"), "FONDLY_"), "_", "-"))
      if endswith(name, "_QUEUE_URL")
    ]) if !contains(["clicks", "web"], service)
  }
  required_settings = { for service in keys(local.queues) : service => local.setting_names[service].required }

  # What comes back is read by a process of its own, so that nobody's unsubscribing waits behind a delivery: it is the
  # sender's image with another module.
  modules = { feedback = "fondly.sender.feedback" }
  images  = { for service in keys(local.queues) : service => service == "feedback" ? "sender" : service }

  # Settings whose default does not suit several tasks on AWS.
  chosen_settings = {
    sentiment = {
      FONDLY_SENTIMENT_LANGUAGE       = var.sentiment.language
      FONDLY_SENTIMENT_ASPECTS        = var.sentiment.aspects
      FONDLY_SENTIMENT_SCORE_EXCLUDED = tostring(var.sentiment.score_excluded)

      # The account's whole quota: tasks share it by themselves, however many run.
      FONDLY_SENTIMENT_CALLS_PER_S = tostring(var.comprehend_calls_per_s)
    }
    recommender = {
      FONDLY_RECOMMENDER_CAMPAIGN      = tostring(var.recommender.campaign)
      FONDLY_RECOMMENDER_DATASET_GROUP = var.name
    }
    sender = merge(
      {
        FONDLY_SENDER_TRANSPORT = var.sending.transport
        FONDLY_SENDER_APPROVAL  = var.sending.approval

        # Of customers whose time zone is not known: the shop's.
        FONDLY_SENDER_TIME_ZONE = lookup(var.shop.ingest, "FONDLY_INGEST_TIME_ZONE", "UTC")
      },
      var.sending.configuration_set == null ? {} : { FONDLY_SENDER_CONFIGURATION_SET = var.sending.configuration_set },
      var.sending.per_s == null ? {} : { FONDLY_SENDER_PER_S = tostring(var.sending.per_s) },
      local.smtp_settings,
    )
    feedback = local.mailbox_settings
  }

  mailbox_settings = var.sending.mailbox == null ? {} : { FONDLY_SENDER_MAILBOX = var.sending.mailbox.url }

  smtp_settings = var.sending.smtp == null ? {} : merge(
    {
      FONDLY_SENDER_SMTP_HOST     = var.sending.smtp.host
      FONDLY_SENDER_SMTP_PORT     = tostring(var.sending.smtp.port)
      FONDLY_SENDER_SMTP_SECURITY = var.sending.smtp.security
    },
    var.sending.smtp.user == null ? {} : { FONDLY_SENDER_SMTP_USER = var.sending.smtp.user },
    var.sending.smtp.dkim_selector == null ? {} : { FONDLY_SENDER_DKIM_SELECTOR = var.sending.smtp.dkim_selector },
  )

  # Secrets, which tasks read from SSM when they start. Those of a mail server are entered by people: no plan or state has
  # them.
  secrets_arn = "arn:${local.partition}:ssm:${local.region}:${local.account_id}:parameter/fondly/${var.name}"
  smtp_secrets = merge(
    try(var.sending.smtp.user, null) == null ? {} : { FONDLY_SENDER_SMTP_PASSWORD = "${local.secrets_arn}/smtp-password" },
    try(var.sending.smtp.dkim_selector, null) == null ? {} : { FONDLY_SENDER_DKIM_KEY = "${local.secrets_arn}/dkim-key" },
  )
  mailbox_secrets = var.sending.mailbox == null ? {} : {
    FONDLY_SENDER_MAILBOX_PASSWORD = "${local.secrets_arn}/mailbox-password"
  }
  unsubscribe_secrets = merge(
    var.unsubscribe == null ? {} : { FONDLY_MAILER_UNSUBSCRIBE_KEY = var.unsubscribe.key_parameter_arn },
    try(var.unsubscribe.former_keys, false) ? {
      FONDLY_SENDER_UNSUBSCRIBE_KEYS = "${local.secrets_arn}/former-unsubscribe-keys"
    } : {},
  )
  # Tasks are replaced when what they read from SSM changes.
  releases = { mailer = sha1(jsonencode(local.mailer_settings)) }
  mail_server = var.sending.smtp == null ? [] : [
    for cidr in var.sending.smtp.cidrs : { cidr = cidr, port = var.sending.smtp.port }
  ]
  mailbox = var.sending.mailbox == null ? [] : [
    for cidr in var.sending.mailbox.cidrs : { cidr = cidr, port = var.sending.mailbox.port }
  ]
  outbound = { sender = local.mail_server, feedback = local.mailbox }
  service_parameters = {
    mailer   = local.mailer_parameters
    sender   = local.smtp_secrets
    feedback = merge(local.unsubscribe_secrets, local.mailbox_secrets)
  }

  # A figure of the recommender's rules is a setting of its own; the service refuses a name that it does not know.
  rule_settings = {
    for name, figure in var.rules : "FONDLY_RECOMMENDER_RULES__${upper(name)}" => tostring(figure)
  }

  # The mailer's go through SSM.
  shop_settings = { for service, settings in var.shop : service => settings if service != "mailer" }

  given_settings = {
    for service in keys(local.setting_names) : service =>
    merge(lookup(var.settings, "all", {}), lookup(var.settings, service, {}))
  }

  # What Terraform makes, or what something that it makes depends on: names of resources, roles, the model that may be
  # called, the namespace that alarms read. The key that signs links is a secret, and a variable is in plan and state.
  own_settings = toset(concat(
    flatten(values(local.required_settings)),
    [
      "FONDLY_MAILER_GUARDRAIL_ID", "FONDLY_MAILER_GUARDRAIL_VERSION", "FONDLY_MAILER_MODEL_ID",
      "FONDLY_MAILER_UNSUBSCRIBE_KEY", "FONDLY_METRICS_NAMESPACE", "FONDLY_RECOMMENDER_CAMPAIGN",
      "FONDLY_RECOMMENDER_DATASET_GROUP", "FONDLY_RECOMMENDER_WEB_HOST", "FONDLY_RECOMMENDER_WEB_KEYS",
      "FONDLY_RECOMMENDER_WEB_PORT", "FONDLY_RECOMMENDER_WEB_REQUESTS_PER_S", "FONDLY_SENDER_CONFIGURATION_SET",
      "FONDLY_SENDER_DKIM_KEY", "FONDLY_SENDER_DKIM_SELECTOR", "FONDLY_SENDER_MAILBOX",
      "FONDLY_SENDER_MAILBOX_PASSWORD", "FONDLY_SENDER_SMTP_HOST", "FONDLY_SENDER_SMTP_PASSWORD",
      "FONDLY_SENDER_SMTP_PORT", "FONDLY_SENDER_SMTP_SECURITY", "FONDLY_SENDER_SMTP_USER", "FONDLY_SENDER_TRANSPORT",
      "FONDLY_SENDER_UNSUBSCRIBE_KEYS", "FONDLY_SENDER_WEB_CLICKS", "FONDLY_SENDER_WEB_HOST",
      "FONDLY_SENDER_WEB_PORT", "FONDLY_SENDER_WEB_REQUESTS_PER_S", "FONDLY_WEB_PROXIES",
    ],
  ))

  # The mailer's own are parameters, as its others are, except empty ones: a parameter has at least one character.
  given_parameters = {
    for name, value in local.given_settings.mailer : name => value if startswith(name, "FONDLY_MAILER_") && value != ""
  }
  given_variables = {
    for service, given in local.given_settings : service => {
      for name, value in given : name => value if !(service == "mailer" && contains(keys(local.given_parameters), name))
    }
  }

  common_settings = {
    FONDLY_DRAIN_S           = "100" # within the 120 s between SIGTERM and SIGKILL
    FONDLY_METRICS_NAMESPACE = "Fondly/${var.name}"
  }

  # Read from SSM when a task starts, so that operators can look them up and the key is in no plan or state.
  mailer_settings = merge(
    {
      FONDLY_MAILER_MODEL_ID = var.mailer.model_id

      # The account's whole quota: tasks share it by themselves, however many run.
      FONDLY_MAILER_CONVERSE_RPM = tostring(var.mailer.converse_rpm)
    },
    var.mailer.guardrail == null ? {} : {
      FONDLY_MAILER_GUARDRAIL_ID      = var.mailer.guardrail.id
      FONDLY_MAILER_GUARDRAIL_VERSION = var.mailer.guardrail.version
    },
    var.unsubscribe == null ? {} : { FONDLY_MAILER_UNSUBSCRIBE_URL = var.unsubscribe.url },
    var.unsubscribe_address == null ? {} : { FONDLY_MAILER_UNSUBSCRIBE_ADDRESS = var.unsubscribe_address },
    var.clicks == null ? {} : { FONDLY_MAILER_CLICKS_URL = var.clicks.url },
    var.shop.mailer, # its unsubscribe address is a domain of the shop's own that leads to the endpoint
    local.given_parameters,
  )

  mailer_parameters = merge(
    {
      for name, parameter in aws_ssm_parameter.mailer : name => parameter.arn
      if !contains(keys(local.given_variables.mailer), name)
    },
    var.unsubscribe == null ? {} : { FONDLY_MAILER_UNSUBSCRIBE_KEY = var.unsubscribe.key_parameter_arn },
  )

  resource_settings = merge(module.topology.environment, {
    FONDLY_PERSONALIZE_ROLE_ARN = aws_iam_role.personalize.arn
  })

  environment = {
    for service, required in local.required_settings : service => merge(
      { AWS_DEFAULT_REGION = local.region },
      { for name in required : name => local.resource_settings[name] },
      local.common_settings,
      lookup(local.chosen_settings, service, {}),
      service == "recommender" ? local.rule_settings : {},
      lookup(local.shop_settings, service, {}),
      contains(keys(local.modules), service) ? { MODULE = local.modules[service] } : {},
      local.understudy_endpoints,
      var.otlp_endpoint == "" ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT = var.otlp_endpoint },
      local.given_variables[service],
    )
  }

  # The service touches this file as long as its loop runs; the image sets the path, unless a setting does.
  health_command = ["CMD", "python", "-m", "fondly.runtime.liveness", "/tmp/alive"]
  health_commands = {
    for service, given in local.given_settings : service =>
    concat(slice(local.health_command, 0, 4), [lookup(given, "FONDLY_LIVENESS_FILE", local.health_command[4])])
  }
}

resource "aws_ssm_parameter" "mailer" {
  #checkov:skip=CKV2_AWS_34:not secret, and operators must be able to read it; the key is a SecureString
  for_each = local.mailer_settings

  name        = "/fondly/${var.name}/mailer/${lower(replace(trimprefix(each.key, "FONDLY_MAILER_"), "_", "-"))}"
  description = "The mailer's ${each.key}"
  type        = "String"
  value       = each.value
}
