# Permissions that AWS checks although the code makes no such call: its services act on the caller's behalf.
locals {
  encryption = [
    for key, arn in { UseDataKey = var.keys.data, UseMessagesKey = var.keys.messages } :
    { sid = key, actions = ["kms:Decrypt", "kms:GenerateDataKey"], resources = [arn], conditions = local.via[key] }
  ]
  via = {
    for key, services in { UseDataKey = ["dynamodb", "s3"], UseMessagesKey = ["sns", "sqs"], queues = ["sqs"] } : key =>
    [{ test = "StringEquals", variable = "kms:ViaService", values = [for name in services : "${name}.${local.region}.amazonaws.com"] }]
  }

  # A task of a new revision asks, with --check, whether everything that its settings name answers.
  checks = {
    for service, required in local.required_settings : service => [
      for sid, seen in {
        SeeTables = { action = "dynamodb:DescribeTable", arns = module.topology.table_arns, setting = "TABLE" }
        SeeTopics = { action = "sns:GetTopicAttributes", arns = module.topology.topic_arns, setting = "TOPIC_ARN" }
        } : {
        sid        = sid
        actions    = [seen.action]
        resources  = [for name, arn in seen.arns : arn if contains(required, "FONDLY_${upper(replace(name, "-", "_"))}_${seen.setting}")]
        conditions = []
      }
    ]
  }

  # Personalize's jobs work with a role that the recommender passes on. Whoever creates something with tags has to be
  # allowed to tag it.
  personalize_permissions = [
    {
      sid        = "PassRoleToPersonalize"
      actions    = ["iam:PassRole"]
      resources  = [aws_iam_role.personalize.arn]
      conditions = [{ test = "StringEquals", variable = "iam:PassedToService", values = ["personalize.amazonaws.com"] }]
    },
    {
      sid     = "TagWhatIsCreated"
      actions = ["personalize:TagResource"]
      resources = [
        for name in [
          "batch-inference-job/*", "campaign/${var.name}", "dataset-group/${var.name}", "dataset-import-job/*",
          "dataset/${var.name}/*", "event-tracker/*", "filter/${var.name}-*", "solution/${var.name}-*",
        ] : "${local.personalize}:${name}"
      ]
      conditions = []
    },
  ]

  # Converse applies the guardrail that it is called with, in the caller's name.
  guardrail_permissions = [
    for guardrail in var.mailer.guardrail[*] : {
      sid        = "ApplyGuardrail"
      actions    = ["bedrock:ApplyGuardrail"]
      resources  = ["arn:${local.partition}:bedrock:${local.region}:${local.account_id}:guardrail/${guardrail.id}"]
      conditions = []
    }
  ]

  indirect_permissions = {
    for service, checks in local.checks : service => concat(
      local.encryption,
      checks,
      service == "recommender" ? local.personalize_permissions : [],
      service == "mailer" ? local.guardrail_permissions : [],
      service == "sender" ? local.ses_permissions : [],
    )
  }
}
