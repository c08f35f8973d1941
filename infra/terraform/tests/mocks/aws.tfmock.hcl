# What AWS would answer, so that a plan is known to the end. Everything has an identity of its own: two resources that were
# taken for each other would be seen.

mock_data "aws_caller_identity" {
  defaults = { account_id = "123456789012" }
}

mock_data "aws_partition" {
  defaults = { partition = "aws" }
}

mock_data "aws_region" {
  defaults = { region = "us-east-1" }
}

override_resource {
  target = aws_sqs_queue.intents
  values = {
    arn = "arn:aws:sqs:us-east-1:123456789012:signalbox-intents.fifo"
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/signalbox-intents.fifo"
  }
}

override_resource {
  target = aws_sqs_queue.outbox
  values = {
    arn = "arn:aws:sqs:us-east-1:123456789012:signalbox-outbox.fifo"
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/signalbox-outbox.fifo"
  }
}

override_resource {
  target = aws_sqs_queue.intents_dead
  values = {
    arn = "arn:aws:sqs:us-east-1:123456789012:signalbox-intents-dead.fifo"
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/signalbox-intents-dead.fifo"
  }
}

override_resource {
  target = aws_sqs_queue.outbox_dead
  values = {
    arn = "arn:aws:sqs:us-east-1:123456789012:signalbox-outbox-dead.fifo"
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/signalbox-outbox-dead.fifo"
  }
}

override_resource {
  target = aws_sqs_queue.schedule_dead
  values = {
    arn = "arn:aws:sqs:us-east-1:123456789012:signalbox-schedule-dead"
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/signalbox-schedule-dead"
  }
}

override_resource {
  target = aws_dynamodb_table.events
  values = {
    arn = "arn:aws:dynamodb:us-east-1:123456789012:table/signalbox-events"
  }
}

override_resource {
  target = aws_dynamodb_table.state
  values = {
    arn = "arn:aws:dynamodb:us-east-1:123456789012:table/signalbox-state"
  }
}

override_resource {
  target = aws_iam_role.function["slack-ingress"]
  values = {
    arn       = "arn:aws:iam::123456789012:role/signalbox-slack-ingress"
    unique_id = "AROASLACKINGRESS"
  }
}

override_resource {
  target = aws_lambda_function.this["slack-ingress"]
  values = {
    arn     = "arn:aws:lambda:us-east-1:123456789012:function:signalbox-slack-ingress"
    version = "1"
  }
}

override_resource {
  target = aws_lambda_alias.live["slack-ingress"]
  values = {
    arn = "arn:aws:lambda:us-east-1:123456789012:function:signalbox-slack-ingress:live"
  }
}

override_resource {
  target = aws_cloudwatch_log_group.function["slack-ingress"]
  values = {
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/signalbox-slack-ingress"
  }
}

override_resource {
  target = aws_iam_role.function["webhook-ingress"]
  values = {
    arn = "arn:aws:iam::123456789012:role/signalbox-webhook-ingress"
  }
}

override_resource {
  target = aws_lambda_function.this["webhook-ingress"]
  values = {
    arn     = "arn:aws:lambda:us-east-1:123456789012:function:signalbox-webhook-ingress"
    version = "1"
  }
}

override_resource {
  target = aws_lambda_alias.live["webhook-ingress"]
  values = {
    arn = "arn:aws:lambda:us-east-1:123456789012:function:signalbox-webhook-ingress:live"
  }
}

override_resource {
  target = aws_cloudwatch_log_group.function["webhook-ingress"]
  values = {
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/signalbox-webhook-ingress"
  }
}

override_resource {
  target = aws_iam_role.function["dispatcher"]
  values = {
    arn = "arn:aws:iam::123456789012:role/signalbox-dispatcher"
  }
}

override_resource {
  target = aws_lambda_function.this["dispatcher"]
  values = {
    arn     = "arn:aws:lambda:us-east-1:123456789012:function:signalbox-dispatcher"
    version = "1"
  }
}

override_resource {
  target = aws_lambda_alias.live["dispatcher"]
  values = {
    arn = "arn:aws:lambda:us-east-1:123456789012:function:signalbox-dispatcher:live"
  }
}

override_resource {
  target = aws_cloudwatch_log_group.function["dispatcher"]
  values = {
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/signalbox-dispatcher"
  }
}

override_resource {
  target = aws_iam_role.function["notifier"]
  values = {
    arn = "arn:aws:iam::123456789012:role/signalbox-notifier"
  }
}

override_resource {
  target = aws_lambda_function.this["notifier"]
  values = {
    arn     = "arn:aws:lambda:us-east-1:123456789012:function:signalbox-notifier"
    version = "1"
  }
}

override_resource {
  target = aws_lambda_alias.live["notifier"]
  values = {
    arn = "arn:aws:lambda:us-east-1:123456789012:function:signalbox-notifier:live"
  }
}

override_resource {
  target = aws_cloudwatch_log_group.function["notifier"]
  values = {
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/signalbox-notifier"
  }
}

override_resource {
  target = aws_iam_role.function["caretaker"]
  values = {
    arn = "arn:aws:iam::123456789012:role/signalbox-caretaker"
  }
}

override_resource {
  target = aws_lambda_function.this["caretaker"]
  values = {
    arn     = "arn:aws:lambda:us-east-1:123456789012:function:signalbox-caretaker"
    version = "1"
  }
}

override_resource {
  target = aws_lambda_alias.live["caretaker"]
  values = {
    arn = "arn:aws:lambda:us-east-1:123456789012:function:signalbox-caretaker:live"
  }
}

override_resource {
  target = aws_cloudwatch_log_group.function["caretaker"]
  values = {
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/signalbox-caretaker"
  }
}

override_resource {
  target = aws_iam_role.function["log-watch"]
  values = {
    arn = "arn:aws:iam::123456789012:role/signalbox-log-watch"
  }
}

override_resource {
  target = aws_lambda_function.this["log-watch"]
  values = {
    arn     = "arn:aws:lambda:us-east-1:123456789012:function:signalbox-log-watch"
    version = "1"
  }
}

override_resource {
  target = aws_lambda_alias.live["log-watch"]
  values = {
    arn = "arn:aws:lambda:us-east-1:123456789012:function:signalbox-log-watch:live"
  }
}

override_resource {
  target = aws_cloudwatch_log_group.function["log-watch"]
  values = {
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/signalbox-log-watch"
  }
}

override_resource {
  target = aws_cloudwatch_log_group.api
  values = {
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/signalbox-api"
  }
}

override_resource {
  target = aws_iam_role.schedule
  values = {
    arn = "arn:aws:iam::123456789012:role/signalbox-schedule"
  }
}

override_resource {
  target = aws_iam_role.deploy
  values = {
    arn = "arn:aws:iam::123456789012:role/signalbox-deploy"
  }
}

override_resource {
  target = aws_iam_policy.operators
  values = {
    arn = "arn:aws:iam::123456789012:policy/signalbox-operators"
  }
}

override_resource {
  target = aws_scheduler_schedule_group.this
  values = {
    arn = "arn:aws:scheduler:us-east-1:123456789012:schedule-group/signalbox"
  }
}

override_resource {
  target = aws_apigatewayv2_api.this
  values = {
    id            = "api"
    api_endpoint  = "https://api.execute-api.us-east-1.amazonaws.com"
    execution_arn = "arn:aws:execute-api:us-east-1:123456789012:api"
  }
}

override_resource {
  target = aws_apigatewayv2_integration.function["slack-ingress"]
  values = {
    id = "slack-ingress"
  }
}

override_resource {
  target = aws_apigatewayv2_integration.function["webhook-ingress"]
  values = {
    id = "webhook-ingress"
  }
}
