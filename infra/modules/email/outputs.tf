output "configuration_set_name" {
  description = "The configuration set to send with."
  value       = aws_sesv2_configuration_set.this.configuration_set_name
}

output "feedback_topic_arns" {
  description = "Topics for bounces, complaints and, if they are received, replies."
  value = merge(
    { for kind, topic in aws_sns_topic.feedback : kind => topic.arn },
    { for topic in aws_sns_topic.replies : "replies" => topic.arn },
  )
}

output "replies_address" {
  description = "Where mails that unsubscribe go; null unless replies are received."
  value       = local.replies_address
}

output "dns_records" {
  description = "DNS records to add to the domain: DKIM, the MAIL FROM domain, DMARC and, if replies are received, their MX."
  value = concat(
    [
      for token in aws_sesv2_email_identity.this.dkim_signing_attributes[0].tokens : {
        name  = "${token}._domainkey.${var.domain}"
        type  = "CNAME"
        value = "${token}.dkim.amazonses.com"
      }
    ],
    local.dns_records,
  )
}
