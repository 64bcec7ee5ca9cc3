output "console" {
  description = "The address, the DNS record to add for it, and the pool to add people to, unless they sign in elsewhere."
  value = {
    url          = "https://${var.console.domain}"
    dns_record   = { name = var.console.domain, type = "CNAME", value = aws_lb.this.dns_name }
    user_pool_id = local.pool
  }
}
