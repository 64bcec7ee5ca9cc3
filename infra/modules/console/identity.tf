# Who signs in: people of an issuer of the shop's own or, without one, of a pool that administrators fill. There an attribute
# is a person's role, which nobody can change of themselves: what a pool tells of people has no groups.

locals {
  pool          = one(aws_cognito_user_pool.this[*].id)
  pool_endpoint = "https://${local.name}-${local.account_id}.auth.${local.region}.amazoncognito.com/oauth2"

  oidc = var.console.oidc != null ? var.console.oidc : {
    issuer                 = "https://cognito-idp.${local.region}.amazonaws.com/${local.pool}"
    authorization_endpoint = "${local.pool_endpoint}/authorize"
    token_endpoint         = "${local.pool_endpoint}/token"
    user_info_endpoint     = "${local.pool_endpoint}/userInfo"
    client_id              = one(aws_cognito_user_pool_client.this[*].id)
    groups_claim           = "custom:role"
  }
  client_secret = var.console.oidc != null ? var.client_secret : one(aws_cognito_user_pool_client.this[*].client_secret)
  groups        = var.console.oidc != null ? var.console.groups : { for role in local.roles : role => role }
}

resource "aws_cognito_user_pool" "this" {
  count = var.console.oidc == null ? 1 : 0

  name                = local.name
  username_attributes = ["email"]
  mfa_configuration   = "ON"
  deletion_protection = "ACTIVE"

  admin_create_user_config {
    allow_admin_create_user_only = true
  }

  software_token_mfa_configuration {
    enabled = true
  }

  schema {
    name                = "role"
    attribute_data_type = "String"
    mutable             = true

    string_attribute_constraints {
      min_length = 1
      max_length = 16
    }
  }
}

# With the scope `openid` alone a pool tells all that the client may read (Amazon Cognito Developer Guide, "The user
# attributes endpoint").
resource "aws_cognito_user_pool_client" "this" {
  count = var.console.oidc == null ? 1 : 0

  name                                 = local.name
  user_pool_id                         = local.pool
  generate_secret                      = true
  allowed_oauth_flows                  = ["code"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_scopes                 = ["openid"]
  callback_urls                        = ["https://${var.console.domain}/oauth2/idpresponse"]
  supported_identity_providers         = ["COGNITO"]
  read_attributes                      = ["custom:role", "email"]
  write_attributes                     = ["email"]
}

resource "aws_cognito_user_pool_domain" "this" {
  count = var.console.oidc == null ? 1 : 0

  domain       = "${local.name}-${local.account_id}"
  user_pool_id = local.pool
}
