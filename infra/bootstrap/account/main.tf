# What an account needs once for releases from GitHub, whatever its regions: IAM has one provider for each issuer.

provider "aws" {
  default_tags {
    tags = { stack = "fondly-bootstrap" }
  }
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}
