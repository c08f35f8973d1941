# docs/deploy-terraform.md says what to do at each.
locals {
  functions_by_name = { for name, function in aws_lambda_function.this : name => function.function_name }

  # Whether the caretaker takes them out each minute: then none may be there when the queue is measured, and what it took
  # is counted for good. (What a redrive policy moves is not counted as sent.)
  dead_letters = {
    intents-dead  = ["A command could not be handled.", aws_sqs_queue.intents_dead.name, true]
    outbox-dead   = ["A card could not be shown.", aws_sqs_queue.outbox_dead.name, true]
    schedule-dead = ["A round of the caretaker or of the log-watch could not be started.", aws_sqs_queue.schedule_dead.name, false]
  }

  ages = {
    intents-age = ["What was asked for waits.", aws_sqs_queue.intents.name, 300]
    outbox-age  = ["Cards are behind.", aws_sqs_queue.outbox.name, 600]
  }

  # What is the same for most of them is said once, where the resource is.
  alarms = merge(
    { for name, of in local.dead_letters : name => {
      description = of[0]
      namespace   = "AWS/SQS"
      metric      = of[2] ? "NumberOfMessagesReceived" : "ApproximateNumberOfMessagesVisible"
      statistic   = of[2] ? "Sum" : "Maximum"
      dimensions  = { QueueName = of[1] }
      period      = of[2] ? 300 : 60
    } },
    { for name, of in local.ages : name => {
      description = of[0]
      namespace   = "AWS/SQS"
      metric      = "ApproximateAgeOfOldestMessage"
      statistic   = "Maximum"
      dimensions  = { QueueName = of[1] }
      threshold   = of[2]
    } },
    { for name, function in local.functions_by_name : "${name}-errors" => {
      description = "The function ${name} failed. A canary of it is rolled back."
      namespace   = "AWS/Lambda"
      metric      = "Errors"
      statistic   = "Sum"
      dimensions  = { FunctionName = function }
    } },
    {
      dispatcher-throttles = {
        description = "The account has no executions left for the dispatcher."
        namespace   = "AWS/Lambda"
        metric      = "Throttles"
        statistic   = "Sum"
        dimensions  = { FunctionName = local.functions_by_name["dispatcher"] }
        period      = 300
      }
      caretaker-silent = {
        description = "There was no round of the caretaker for five minutes."
        namespace   = "AWS/Lambda"
        metric      = "Invocations"
        statistic   = "Sum"
        dimensions  = { FunctionName = local.functions_by_name["caretaker"] }
        period      = 300
        threshold   = 1
        comparison  = "LessThanThreshold"
        missing     = "breaching"
      }
      log-watch-silent = {
        description = "There was no round of the log-watch for fifteen minutes."
        namespace   = "AWS/Lambda"
        metric      = "Invocations"
        statistic   = "Sum"
        dimensions  = { FunctionName = local.functions_by_name["log-watch"] }
        period      = 900
        threshold   = 1
        comparison  = "LessThanThreshold"
        missing     = "breaching"
      }
      api-5xx = {
        description = "The front door failed."
        namespace   = "AWS/ApiGateway"
        metric      = "5xx"
        statistic   = "Sum"
        dimensions  = { ApiId = aws_apigatewayv2_api.this.id }
      }
    },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  statistic           = each.value.statistic
  dimensions          = each.value.dimensions
  period              = try(each.value.period, 60)
  evaluation_periods  = 1
  threshold           = try(each.value.threshold, 0)
  comparison_operator = try(each.value.comparison, "GreaterThanThreshold")
  treat_missing_data  = try(each.value.missing, "notBreaching")
  alarm_actions       = compact([var.alarm_topic_arn])
}
