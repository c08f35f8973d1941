# The rounds of the caretaker and of the log-watch. A group of its own, because a role can be limited to a group of schedules and not to one schedule:
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
resource "aws_scheduler_schedule_group" "this" {
  name = var.name
}

locals {
  rounds = {
    caretaker = "rate(1 minute)"
    log-watch = "rate(5 minutes)"
  }
}

resource "aws_scheduler_schedule" "round" {
  for_each = local.rounds

  name                = "${var.name}-${each.key}"
  group_name          = aws_scheduler_schedule_group.this.name
  description         = "A round of the ${each.key}."
  schedule_expression = each.value

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_alias.live[each.key].arn
    role_arn = aws_iam_role.schedule.arn

    # The next round does what this one would have done.
    retry_policy {
      maximum_retry_attempts       = 2
      maximum_event_age_in_seconds = 60
    }

    dead_letter_config {
      arn = aws_sqs_queue.schedule_dead.arn
    }
  }
}

# What was deployed under these names stays.
moved {
  from = aws_scheduler_schedule.caretaker
  to   = aws_scheduler_schedule.round["caretaker"]
}

moved {
  from = aws_scheduler_schedule.log_watch
  to   = aws_scheduler_schedule.round["log-watch"]
}

resource "aws_lambda_function_event_invoke_config" "round" {
  for_each = local.rounds

  function_name                = aws_lambda_function.this[each.key].function_name
  qualifier                    = aws_lambda_alias.live[each.key].name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 60
}

moved {
  from = aws_lambda_function_event_invoke_config.caretaker
  to   = aws_lambda_function_event_invoke_config.round["caretaker"]
}

moved {
  from = aws_lambda_function_event_invoke_config.log_watch
  to   = aws_lambda_function_event_invoke_config.round["log-watch"]
}

resource "aws_iam_role" "schedule" {
  name = "${var.name}-schedule"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = {
          "aws:SourceAccount" = local.account
          "aws:SourceArn"     = aws_scheduler_schedule_group.this.arn
        }
      }
    }]
  })
}

resource "aws_iam_role_policy" "schedule" {
  name = "schedule"
  role = aws_iam_role.schedule.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Start", Effect = "Allow", Action = ["lambda:InvokeFunction"], Resource = [for name, _ in local.rounds : aws_lambda_alias.live[name].arn] },
      { Sid = "Bury", Effect = "Allow", Action = ["sqs:SendMessage"], Resource = [aws_sqs_queue.schedule_dead.arn] },
    ]
  })
}
