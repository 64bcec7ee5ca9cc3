# What `size` stands for: small is for experiments, where losing a task costs nothing.

locals {
  size = local.sizes[var.size]
  services = {
    for service, usual in local.size.services :
    service => merge(usual, { for name, value in try(var.services[service], {}) : name => value if value != null })
  }
  limits = {
    run_cost_usd      = coalesce(var.limits_usd.run, local.size.limits_usd.run)
    month_cost_usd    = coalesce(var.limits_usd.month, local.size.limits_usd.month)
    month_ai_cost_usd = coalesce(var.limits_usd.month_ai, local.size.limits_usd.month_ai)
  }

  # A mailbox is looked at by a task that runs.
  min_feedback = var.sending.mailbox == null ? 0 : 1

  sizes = {
    small = {
      zone_count = 2
      limits_usd = { run = 5, month = 100, month_ai = 100 }
      services = {
        ingest      = { size = { cpu = 512, memory_mib = 1024 }, min_tasks = 0, max_tasks = 1, backlog_per_task = 1, spot_weight = 100 }
        sentiment   = { size = { cpu = 256, memory_mib = 512 }, min_tasks = 0, max_tasks = 2, backlog_per_task = 8, spot_weight = 100 }
        recommender = { size = { cpu = 512, memory_mib = 1024 }, min_tasks = 0, max_tasks = 1, backlog_per_task = 1, spot_weight = 100 }
        mailer      = { size = { cpu = 512, memory_mib = 1024 }, min_tasks = 0, max_tasks = 2, backlog_per_task = 8, spot_weight = 100 }
        sender      = { size = { cpu = 256, memory_mib = 512 }, min_tasks = 0, max_tasks = 1, backlog_per_task = 8, spot_weight = 100 }
        feedback    = { size = { cpu = 256, memory_mib = 512 }, min_tasks = local.min_feedback, max_tasks = 1, backlog_per_task = 100, spot_weight = 100 }
      }
    }
    standard = {
      zone_count = 3
      limits_usd = { run = 200, month = 500, month_ai = 2000 }
      services = {
        # One task always runs: SQS can take 15 minutes to report on a queue that has been idle for hours.
        ingest      = { size = { cpu = 1024, memory_mib = 2048, storage_gib = 40 }, min_tasks = 1, max_tasks = 4, backlog_per_task = 1, spot_weight = 0 }
        sentiment   = { size = { cpu = 512, memory_mib = 1024 }, min_tasks = 0, max_tasks = 4, backlog_per_task = 20, spot_weight = 80 }
        recommender = { size = { cpu = 1024, memory_mib = 2048 }, min_tasks = 0, max_tasks = 2, backlog_per_task = 2, spot_weight = 0 }
        mailer      = { size = { cpu = 1024, memory_mib = 2048 }, min_tasks = 0, max_tasks = 10, backlog_per_task = 10, spot_weight = 80 }
        # The provider's rate decides how long a delivery takes, not tasks. No Spot: of what a lost task was handing over
        # nobody knows whether it was accepted.
        sender   = { size = { cpu = 512, memory_mib = 1024 }, min_tasks = 0, max_tasks = 2, backlog_per_task = 50, spot_weight = 0 }
        feedback = { size = { cpu = 256, memory_mib = 512 }, min_tasks = local.min_feedback, max_tasks = 2, backlog_per_task = 500, spot_weight = 80 }
      }
    }
  }
}
