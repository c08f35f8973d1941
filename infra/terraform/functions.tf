data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  region  = data.aws_region.current.region
  account = data.aws_caller_identity.current.account_id

  # What each function is. Its permissions are in roles.tf.
  functions = {
    slack-ingress = {
      description = "Verifies and reads what Slack sends, answers, and queues it."
      timeout     = 10
      memory      = 256
      environment = {
        SIGNALBOX_CATALOGUE             = "catalogue.json"
        SIGNALBOX_INTENTS_QUEUE_URL     = aws_sqs_queue.intents.url
        SIGNALBOX_STATE_TABLE           = aws_dynamodb_table.state.name
        SIGNALBOX_COMMAND_KEY_PARAMETER = var.command_key_parameter
        SLACK_SIGNING_SECRET_PARAMETER  = var.slack_signing_secret_parameter
        SLACK_BOT_TOKEN_PARAMETER       = var.slack_bot_token_parameter
        SLACK_API_URL                   = var.slack_api_url
      }
    }
    webhook-ingress = {
      description = "Verifies the webhooks of GitHub, Jenkins, Alertmanager and Grafana, and queues what they say."
      timeout     = 10
      memory      = 256
      environment = {
        SIGNALBOX_CATALOGUE                   = "catalogue.json"
        SIGNALBOX_INTENTS_QUEUE_URL           = aws_sqs_queue.intents.url
        SIGNALBOX_STATE_TABLE                 = aws_dynamodb_table.state.name
        GITHUB_WEBHOOK_SECRET_PARAMETER       = var.github_webhook_secret_parameter
        JENKINS_WEBHOOK_SECRET_PARAMETER      = var.jenkins_webhook_secret_parameter
        ALERTMANAGER_WEBHOOK_SECRET_PARAMETER = var.alertmanager_webhook_secret_parameter
        GRAFANA_WEBHOOK_SECRET_PARAMETER      = var.grafana_webhook_secret_parameter
      }
    }
    dispatcher = {
      description = "Decides, calls GitHub and Jenkins, appends what happened."
      timeout     = 30
      memory      = 512
      environment = {
        SIGNALBOX_CATALOGUE                    = "catalogue.json"
        SIGNALBOX_OUTBOX_QUEUE_URL             = aws_sqs_queue.outbox.url
        SIGNALBOX_INTENTS_QUEUE_URL            = aws_sqs_queue.intents.url
        SIGNALBOX_EVENTS_TABLE                 = aws_dynamodb_table.events.name
        SIGNALBOX_STATE_TABLE                  = aws_dynamodb_table.state.name
        SIGNALBOX_INTENTS_DEAD_QUEUE_URL       = aws_sqs_queue.intents_dead.url
        SIGNALBOX_COMMAND_KEY_PARAMETER        = var.command_key_parameter
        SIGNALBOX_ACCEPT_UNSIGNED_UNTIL        = var.accept_unsigned_until
        SIGNALBOX_CARDS_OF_BEFORE              = var.cards_of_before
        GITHUB_API_URL                         = var.github_api_url
        GITHUB_TOKEN_PARAMETER                 = var.github_token_parameter
        GITHUB_APP_ID                          = var.github_app_id
        GITHUB_APP_PRIVATE_KEY_PARAMETER       = var.github_app_private_key_parameter
        JENKINS_URL                            = var.jenkins_url
        JENKINS_USER                           = var.jenkins_user
        JENKINS_TOKEN_PARAMETER                = var.jenkins_token_parameter
        ALERTMANAGER_URL                       = var.alertmanager_url
        ALERTMANAGER_TOKEN_PARAMETER           = var.alertmanager_token_parameter
        SIGNALBOX_EGRESS                       = var.egress
        SIGNALBOX_LOOKUP_CREDENTIALS_PARAMETER = var.lookup_credentials_parameter
      }
    }
    notifier = {
      description = "Keeps every card in Slack true."
      timeout     = 30
      memory      = 256
      environment = {
        SIGNALBOX_OUTBOX_QUEUE_URL = aws_sqs_queue.outbox.url
        SIGNALBOX_EVENTS_TABLE     = aws_dynamodb_table.events.name
        SIGNALBOX_STATE_TABLE      = aws_dynamodb_table.state.name
        SIGNALBOX_CARDS_OF_BEFORE  = var.cards_of_before
        # Slack fetches the charts of bulletins there.
        SIGNALBOX_PUBLIC_URL      = aws_apigatewayv2_api.this.api_endpoint
        SLACK_BOT_TOKEN_PARAMETER = var.slack_bot_token_parameter
        SLACK_API_URL             = var.slack_api_url
      }
    }
    caretaker = {
      description = "Each minute - wakes what is due, drains dead letters, seals the audit."
      timeout     = 60
      memory      = 256
      environment = {
        SIGNALBOX_INTENTS_QUEUE_URL      = aws_sqs_queue.intents.url
        SIGNALBOX_OUTBOX_QUEUE_URL       = aws_sqs_queue.outbox.url
        SIGNALBOX_INTENTS_DEAD_QUEUE_URL = aws_sqs_queue.intents_dead.url
        SIGNALBOX_OUTBOX_DEAD_QUEUE_URL  = aws_sqs_queue.outbox_dead.url
        SIGNALBOX_EVENTS_TABLE           = aws_dynamodb_table.events.name
        SIGNALBOX_STATE_TABLE            = aws_dynamodb_table.state.name
        SIGNALBOX_CARDS_OF_BEFORE        = var.cards_of_before
        SIGNALBOX_SEAL_COPIES            = local.seal_copies
      }
    }
    log-watch = {
      description = "Every five minutes - reads what went wrong in logs, and passes on what matters."
      timeout     = 300
      memory      = 512
      environment = {
        SIGNALBOX_CATALOGUE         = "catalogue.json"
        SIGNALBOX_INTENTS_QUEUE_URL = aws_sqs_queue.intents.url
        SIGNALBOX_OUTBOX_QUEUE_URL  = aws_sqs_queue.outbox.url
        SIGNALBOX_STATE_TABLE       = aws_dynamodb_table.state.name
        LOKI_URL                    = var.loki_url
        LOKI_USER                   = var.loki_user
        LOKI_PASSWORD_PARAMETER     = var.loki_password_parameter
        LOKI_TOKEN_PARAMETER        = var.loki_token_parameter
        LOKI_TENANT                 = var.loki_tenant
      }
    }
  }
}

resource "aws_lambda_function" "this" {
  for_each = local.functions

  function_name    = "${var.name}-${each.key}"
  description      = each.value.description
  role             = aws_iam_role.function[each.key].arn
  runtime          = "provided.al2023"
  handler          = "bootstrap"
  architectures    = [var.architecture]
  filename         = "${var.packages}/${each.key}.zip"
  source_code_hash = filebase64sha256("${var.packages}/${each.key}.zip")
  timeout          = each.value.timeout
  memory_size      = each.value.memory
  # Callers call the alias: each change is a version of its own.
  publish                        = true
  reserved_concurrent_executions = each.key == "caretaker" && var.reserved_concurrency ? 1 : -1

  environment {
    variables = merge(
      each.value.environment,
      # Who may send what people ask for.
      { for role in [aws_iam_role.function["slack-ingress"].unique_id] : "SIGNALBOX_PEOPLES_SENDERS" => role if each.key == "dispatcher" },
      { SIGNALBOX_LOG = var.log_level },
    )
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.function[each.key].name
  }

  # An event source mapping is refused where the role may not receive yet.
  depends_on = [aws_iam_role_policy.function]
}

resource "aws_lambda_alias" "live" {
  for_each = aws_lambda_function.this

  name             = "live"
  description      = "What everything calls."
  function_name    = each.value.function_name
  function_version = each.value.version

  # CodeDeploy moves it (deployments.tf).
  lifecycle {
    ignore_changes = [function_version, routing_config]
  }
}

resource "aws_cloudwatch_log_group" "function" {
  for_each = local.functions

  name              = "/aws/lambda/${var.name}-${each.key}"
  retention_in_days = each.key == "caretaker" ? var.audit_log_retention_days : var.log_retention_days
}
