# Everything set. Most installations set less: only `packages` has no default.
#
#   terraform apply -var packages=../../../../target/lambda

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.8"
    }
  }
}

provider "aws" {
  region = "eu-central-1"

  default_tags {
    tags = { Application = "signalbox" }
  }
}

variable "packages" {
  description = "The folder with the functions' packages."
  type        = string
}

variable "alarm_topic_arn" {
  description = "The SNS topic that alarms tell. CloudWatch cannot publish to one that is encrypted with the key alias/aws/sns."
  type        = string
  default     = "arn:aws:sns:eu-central-1:123456789012:signalbox-alarms"
}

module "signalbox" {
  source = "../.."

  name         = "signalbox"
  packages     = var.packages
  architecture = "arm64"

  slack_signing_secret_parameter = "/signalbox/slack-signing-secret"
  slack_bot_token_parameter      = "/signalbox/slack-bot-token"
  command_key_parameter          = "/signalbox/command-key"

  github_app_id                    = "123456"
  github_app_private_key_parameter = "/signalbox/github-app-private-key"
  github_webhook_secret_parameter  = "/signalbox/github-webhook-secret"

  jenkins_url                      = "https://jenkins.example.com"
  jenkins_user                     = "signalbox"
  jenkins_token_parameter          = "/signalbox/jenkins-token"
  jenkins_webhook_secret_parameter = "/signalbox/jenkins-webhook-secret"

  watched_log_groups      = "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/web:*"
  loki_url                = "https://logs.example.com"
  loki_user               = "12345"
  loki_password_parameter = "/signalbox/loki-password"

  alarm_topic_arn          = var.alarm_topic_arn
  log_level                = "info"
  log_retention_days       = 90
  audit_log_retention_days = 3653
  dispatcher_concurrency   = 20
  deployment_preference    = "Linear10PercentEvery1Minute"
}

output "api_url" {
  description = "Where Slack, GitHub and Jenkins call."
  value       = module.signalbox.api_url
}

output "command_line" {
  description = "Settings of the command line."
  value       = module.signalbox.command_line
}

output "deployments" {
  description = "What infra/terraform/shift reads."
  value       = module.signalbox.deployments
}
