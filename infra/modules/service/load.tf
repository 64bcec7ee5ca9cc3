# A service that answers requests has no backlog: its tasks are added and taken away by how busy they are.

resource "aws_appautoscaling_target" "load" {
  count = var.load == null ? 0 : 1

  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${var.cluster.name}/${aws_ecs_service.this.name}"
  min_capacity       = var.load.min_tasks
  max_capacity       = var.load.max_tasks
}

resource "aws_appautoscaling_policy" "load" {
  count = var.load == null ? 0 : 1

  name               = "${var.name}-load"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.load[0].service_namespace
  scalable_dimension = aws_appautoscaling_target.load[0].scalable_dimension
  resource_id        = aws_appautoscaling_target.load[0].resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = var.load.cpu_percent
    scale_out_cooldown = 60
    scale_in_cooldown  = 600 # whoever asks in waves would otherwise meet cold caches again and again

    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}
