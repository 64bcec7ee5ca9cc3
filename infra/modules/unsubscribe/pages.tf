# The pages are those of the sender's web process, put together as it does (`fondly.sender.web.pages`): a test compares
# the two byte by byte. API Gateway fills in the token.

locals {
  pages = "${path.module}/../../../services/sender/src/fondly/sender/web/pages"
  token = "$util.urlEncode($input.params('t'))"

  # For HTML, and for the templates of API Gateway, to which $ and # mean something.
  escaped = {
    for text in distinct(concat([var.brand], var.topics)) : text =>
    replace(replace(replace(replace(replace(replace(replace(replace(text,
    "&", "&amp;"), "<", "&lt;"), ">", "&gt;"), "\"", "&quot;"), "'", "&apos;"), "$", "&dollar;"), "#", "&num;"), "{", "&lbrace;")
  }

  style  = file("${local.pages}/style.css")
  head   = replace(replace(file("${local.pages}/head.html"), "{{language}}", var.language), "{{style}}", local.style)
  rows   = [for topic in var.topics : replace(file("${local.pages}/topic.html"), "{{topic}}", local.escaped[topic])]
  topics = length(local.rows) == 0 ? "" : replace(file("${local.pages}/${var.language}/topics.html"), "{{rows}}", join("", local.rows))

  texts = {
    for page in ["ask", "preferences", "unsubscribed", "stored", "wrong", "later"] : page =>
    replace(replace(replace("${local.head}${file("${local.pages}/${var.language}/${page}.html")}",
    "{{topics}}", local.topics), "{{brand}}", local.escaped[var.brand]), "{{token}}", local.token)
  }

  # A header that is mapped as a constant cannot have the quotes that this one needs, so the templates set it.
  policy = join("; ", [
    "default-src 'none'",
    "style-src 'sha256-${base64sha256(local.style)}'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ])
  templates = {
    for page, text in local.texts : page =>
    "#set($context.responseOverride.header.Content-Security-Policy = \"${local.policy}\")${text}"
  }

  headers = {
    Cache-Control          = "no-store"
    Content-Type           = "text/html; charset=utf-8"
    Referrer-Policy        = "no-referrer"
    X-Content-Type-Options = "nosniff"
    X-Frame-Options        = "DENY"
  }
}
