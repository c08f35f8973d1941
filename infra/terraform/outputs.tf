output "api_url" {
  description = "Where Slack, GitHub and Jenkins call."
  value       = aws_apigatewayv2_api.this.api_endpoint
}

output "events_table" {
  description = "SIGNALBOX_EVENTS_TABLE."
  value       = aws_dynamodb_table.events.name
}

output "state_table" {
  description = "SIGNALBOX_STATE_TABLE."
  value       = aws_dynamodb_table.state.name
}

output "intents_queue_url" {
  description = "SIGNALBOX_INTENTS_QUEUE_URL."
  value       = aws_sqs_queue.intents.url
}

output "outbox_queue_url" {
  description = "SIGNALBOX_OUTBOX_QUEUE_URL."
  value       = aws_sqs_queue.outbox.url
}

output "seal_copies" {
  description = "Where the copies of the seals are."
  value       = local.seal_copies
}

output "operators_policy_arn" {
  description = "Attach it to those who run the command line."
  value       = aws_iam_policy.operators.arn
}

output "command_line" {
  description = "Settings of the command line."
  value = join(" ", [
    "export",
    "SIGNALBOX_EVENTS_TABLE=${aws_dynamodb_table.events.name}",
    "SIGNALBOX_STATE_TABLE=${aws_dynamodb_table.state.name}",
    "SIGNALBOX_INTENTS_QUEUE_URL=${aws_sqs_queue.intents.url}",
    "SIGNALBOX_OUTBOX_QUEUE_URL=${aws_sqs_queue.outbox.url}",
    "SIGNALBOX_SEAL_COPIES=${local.seal_copies}",
  ])
}

output "deployments" {
  description = "What the `shift` script reads: the newest version of each function, and CodeDeploy's names."
  value = {
    application = aws_codedeploy_app.this.name
    groups = {
      for name, function in aws_lambda_function.this : name => {
        function = function.function_name
        group    = aws_codedeploy_deployment_group.function[name].deployment_group_name
        version  = function.version
      }
    }
  }
}
