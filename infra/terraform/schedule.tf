# The rounds of the caretaker and of the log-watch. A group of its own, because a role can be limited to a group of schedules and not to one schedule:
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
resource "aws_scheduler_schedule_group" "this" {
  name = var.name
}

resource "aws_scheduler_schedule" "caretaker" {
  name                = "${var.name}-caretaker"
  group_name          = aws_scheduler_schedule_group.this.name
  description         = "A round of the caretaker."
  schedule_expression = "rate(1 minute)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_alias.live["caretaker"].arn
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

resource "aws_scheduler_schedule" "log_watch" {
  name                = "${var.name}-log-watch"
  group_name          = aws_scheduler_schedule_group.this.name
  description         = "A round of the log-watch."
  schedule_expression = "rate(5 minutes)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_alias.live["log-watch"].arn
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

resource "aws_lambda_function_event_invoke_config" "caretaker" {
  function_name                = aws_lambda_function.this["caretaker"].function_name
  qualifier                    = aws_lambda_alias.live["caretaker"].name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 60
}

resource "aws_lambda_function_event_invoke_config" "log_watch" {
  function_name                = aws_lambda_function.this["log-watch"].function_name
  qualifier                    = aws_lambda_alias.live["log-watch"].name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 60
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
      { Sid = "Start", Effect = "Allow", Action = ["lambda:InvokeFunction"], Resource = [for name in ["caretaker", "log-watch"] : aws_lambda_alias.live[name].arn] },
      { Sid = "Bury", Effect = "Allow", Action = ["sqs:SendMessage"], Resource = [aws_sqs_queue.schedule_dead.arn] },
    ]
  })
}
