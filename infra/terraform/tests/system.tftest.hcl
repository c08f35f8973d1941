# Queues, tables, callers of the aliases, alarms.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  packages = "tests/packages"
}

run "defaults" {
  command = plan

  assert {
    condition = (
      aws_sqs_queue.intents.visibility_timeout_seconds == 6 * aws_lambda_function.this["dispatcher"].timeout &&
      aws_sqs_queue.outbox.visibility_timeout_seconds == 6 * aws_lambda_function.this["notifier"].timeout
    )
    error_message = "A message stays invisible for six times the timeout of the function that has it."
  }

  assert {
    condition = (
      aws_sqs_queue.intents_dead.visibility_timeout_seconds > aws_lambda_function.this["caretaker"].timeout &&
      aws_sqs_queue.outbox_dead.visibility_timeout_seconds > aws_lambda_function.this["caretaker"].timeout
    )
    error_message = "A dead letter stays invisible for longer than a round of the caretaker takes."
  }

  assert {
    condition = (
      jsondecode(aws_sqs_queue.intents.redrive_policy) == { deadLetterTargetArn = aws_sqs_queue.intents_dead.arn, maxReceiveCount = 20 } &&
      jsondecode(aws_sqs_queue.outbox.redrive_policy) == { deadLetterTargetArn = aws_sqs_queue.outbox_dead.arn, maxReceiveCount = 50 }
    )
    error_message = "A command dies after 8 attempts, an order after 50."
  }

  assert {
    condition = alltrue([
      for q in [aws_sqs_queue.intents, aws_sqs_queue.outbox, aws_sqs_queue.intents_dead, aws_sqs_queue.outbox_dead, aws_sqs_queue.schedule_dead] :
      q.sqs_managed_sse_enabled && q.message_retention_seconds == 14 * 24 * 3600
    ])
    error_message = "Queues are encrypted, and keep what is in them as long as SQS can."
  }

  assert {
    condition = alltrue([
      for p in aws_sqs_queue_policy.only_tls : jsondecode(p.policy).Statement[0].Effect == "Deny" && jsondecode(p.policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false"
    ]) && length(aws_sqs_queue_policy.only_tls) == 5
    error_message = "Every queue refuses a caller without TLS."
  }

  assert {
    condition = alltrue([
      for t in [aws_dynamodb_table.events, aws_dynamodb_table.state] :
      t.deletion_protection_enabled && t.point_in_time_recovery[0].enabled && t.server_side_encryption[0].enabled && t.billing_mode == "PAY_PER_REQUEST"
    ])
    error_message = "The tables are protected, can be recovered to any second, and are encrypted."
  }

  assert {
    condition = alltrue([
      for name, bucket in aws_s3_bucket.seals :
      bucket.object_lock_enabled &&
      aws_s3_bucket_versioning.seals[name].versioning_configuration[0].status == "Enabled" &&
      aws_s3_bucket_object_lock_configuration.seals[name].rule[0].default_retention[0].days == 3650 &&
      jsondecode(aws_s3_bucket_policy.seals[name].policy).Statement[1].Condition.Null["s3:if-none-match"] == "true"
    ]) && length(aws_s3_bucket.seals) == 1
    error_message = "Copies of the seals are locked for ten years, and none is put over another."
  }

  assert {
    condition     = length(aws_dynamodb_table.events.ttl) == 0 && aws_dynamodb_table.state.ttl[0].attribute_name == "expires_at"
    error_message = "Nothing in the audit expires."
  }

  assert {
    condition = alltrue(concat(
      [for i in aws_apigatewayv2_integration.function : endswith(i.integration_uri, ":live") && i.timeout_milliseconds <= 10000 && i.payload_format_version == "2.0"],
      [endswith(aws_lambda_event_source_mapping.dispatcher.function_name, ":live")],
      [endswith(aws_lambda_event_source_mapping.notifier.function_name, ":live")],
      [for s in aws_scheduler_schedule.round : endswith(s.target[0].arn, ":live")],
    ))
    error_message = "Everything that calls a function calls its alias; else a canary would be of no effect."
  }

  assert {
    condition = (
      aws_lambda_event_source_mapping.dispatcher.batch_size == 1 && aws_lambda_event_source_mapping.notifier.batch_size == 1 &&
      aws_lambda_event_source_mapping.dispatcher.scaling_config[0].maximum_concurrency == 10
    )
    error_message = "One message at a time."
  }

  assert {
    condition     = alltrue([for p in aws_lambda_permission.api : p.source_arn == "arn:aws:execute-api:us-east-1:123456789012:api/*" && p.qualifier == "live"])
    error_message = "Only this API calls the doors."
  }

  assert {
    condition = (
      { for name, group in aws_cloudwatch_log_group.function : name => group.retention_in_days } ==
      { slack-ingress = 30, webhook-ingress = 30, dispatcher = 30, notifier = 30, caretaker = 3653, log-watch = 30 }
    )
    error_message = "The caretaker's log, where the seals are, is kept for ten years; the others for 30 days."
  }

  assert {
    condition = (
      alltrue([for s in aws_scheduler_schedule.round : s.target[0].retry_policy[0].maximum_retry_attempts <= 2]) &&
      alltrue([for s in aws_scheduler_schedule.round : s.target[0].retry_policy[0].maximum_event_age_in_seconds <= 120]) &&
      alltrue([for c in aws_lambda_function_event_invoke_config.round : c.maximum_retry_attempts == 0]) &&
      aws_lambda_function.this["caretaker"].reserved_concurrent_executions == 1
    )
    error_message = "A round that was missed is not made up for; the next one does its work."
  }

  assert {
    condition = (
      aws_scheduler_schedule.round["log-watch"].schedule_expression == "rate(5 minutes)" &&
      aws_lambda_function.this["log-watch"].timeout == 5 * 60
    )
    error_message = "A round of the log-watch reads until the next one begins."
  }

  assert {
    condition = alltrue([
      for name, g in aws_codedeploy_deployment_group.function :
      g.deployment_config_name == "CodeDeployDefault.LambdaCanary10Percent5Minutes" &&
      one(g.alarm_configuration).alarms == toset(["signalbox-${name}-errors"]) &&
      contains(one(g.auto_rollback_configuration).events, "DEPLOYMENT_STOP_ON_ALARM")
    ])
    error_message = "A canary is rolled back by its own function's errors."
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 15 && alltrue([for a in aws_cloudwatch_metric_alarm.this : length(a.alarm_actions) == 0])
    error_message = "Fifteen alarms, which tell nobody unless there is a topic."
  }

  assert {
    condition     = alltrue([for name in ["caretaker", "log-watch"] : aws_cloudwatch_metric_alarm.this["${name}-silent"].treat_missing_data == "breaching"])
    error_message = "A caretaker or a log-watch that never runs has no figures: their absence is the alarm."
  }

  assert {
    condition     = !strcontains(aws_apigatewayv2_stage.default.access_log_settings[0].format, "header") && !strcontains(aws_apigatewayv2_stage.default.access_log_settings[0].format, "body")
    error_message = "No header and no body is logged."
  }
}

run "everything_off" {
  command = plan

  variables {
    deletion_protection  = false
    reserved_concurrency = false
    alarm_topic_arn      = "arn:aws:sns:us-east-1:123456789012:alarms"
  }

  assert {
    condition     = !aws_dynamodb_table.events.deletion_protection_enabled && aws_lambda_function.this["caretaker"].reserved_concurrent_executions == -1
    error_message = "Protection and reservation can be switched off."
  }

  assert {
    condition     = alltrue([for a in aws_cloudwatch_metric_alarm.this : a.alarm_actions == toset(["arn:aws:sns:us-east-1:123456789012:alarms"])])
    error_message = "All alarms tell the topic."
  }
}

run "refuses_what_cannot_work" {
  command = plan

  variables {
    name                           = "Signal Box"
    packages                       = "tests"
    architecture                   = "arm"
    dispatcher_concurrency         = 1
    log_retention_days             = 31
    deployment_preference          = "Canary"
    slack_signing_secret_parameter = "slack-signing-secret"
    secrets_key_arn                = "alias/mine"
    watched_log_groups             = "/aws/lambda/web"
    loki_url                       = "loki:3100"
  }

  expect_failures = [
    var.name,
    var.packages,
    var.architecture,
    var.dispatcher_concurrency,
    var.log_retention_days,
    var.deployment_preference,
    var.slack_signing_secret_parameter,
    var.secrets_key_arn,
    var.watched_log_groups,
    var.loki_url,
  ]
}
