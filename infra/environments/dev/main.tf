# For experiments: two zones, one NAT gateway instead of a dozen endpoints, Spot, no tasks while idle, understudy
# instead of the AI services, and nothing left after `terraform destroy`.

locals {
  name = "fondly-dev"
}

module "network" {
  source = "../../modules/network"

  name         = local.name
  zones        = var.zones
  nat          = true
  public       = var.console != null
  bucket_arns  = values(module.pipeline.bucket_arns)
  logs_key_arn = module.keys.arns.logs
}

module "pipeline" {
  source = "../../modules/pipeline"

  name               = local.name
  image_tag          = var.image_tag
  network            = module.network.tasks
  keys               = module.keys.arns
  understudy         = var.understudy
  settings           = var.settings
  check              = var.check
  table_names        = var.table_names
  shop               = var.shop
  sending            = var.sending
  sentiment          = var.sentiment
  recommender        = var.recommender
  log_retention_days = 30
  retention_days     = { uploads = 14, runs = 14 }
  disposable         = true

  mailer = { model_id = var.model_id }

  realtime = one([
    for endpoint in module.realtime : merge(endpoint.web, { min_tasks = var.realtime.min_tasks, max_tasks = var.realtime.max_tasks })
  ])

  services = {
    ingest = {
      size             = { cpu = 512, memory_mib = 1024 }
      min_tasks        = 0
      max_tasks        = 1
      backlog_per_task = 1
      spot_weight      = 100
    }
    sentiment = {
      size             = { cpu = 256, memory_mib = 512 }
      min_tasks        = 0
      max_tasks        = 2
      backlog_per_task = 8
      spot_weight      = 100
    }
    recommender = {
      size             = { cpu = 512, memory_mib = 1024 }
      min_tasks        = 0
      max_tasks        = 1
      backlog_per_task = 1
      spot_weight      = 100
    }
    mailer = {
      size             = { cpu = 512, memory_mib = 1024 }
      min_tasks        = 0
      max_tasks        = 2
      backlog_per_task = 8
      spot_weight      = 100
    }
    sender = {
      size             = { cpu = 256, memory_mib = 512 }
      min_tasks        = 0
      max_tasks        = 1
      backlog_per_task = 8
      spot_weight      = 100
    }
    feedback = {
      size             = { cpu = 256, memory_mib = 512 }
      min_tasks        = var.sending.mailbox == null ? 0 : 1
      max_tasks        = 1
      backlog_per_task = 100
      spot_weight      = 100
    }
  }
}

module "observability" {
  source = "../../modules/observability"

  name              = local.name
  stages            = module.pipeline.stages
  dead_letter_names = module.pipeline.dead_letter_names
  cluster_name      = module.pipeline.cluster_name
  messages_key_arn  = module.keys.arns.messages
  emails            = var.alarm_emails
  ai_services       = var.ai_services == null ? module.pipeline.ai_services : var.ai_services
  limits            = { run_cost_usd = 5, month_cost_usd = 100 }
}
