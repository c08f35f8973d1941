# The front door. Nobody is authorised here, for the functions verify a signature over the raw body (docs/front-door.md).
resource "aws_apigatewayv2_api" "this" {
  name          = var.name
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    throttling_burst_limit = var.throttle_burst
    throttling_rate_limit  = var.throttle_rate
  }

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.api.arn
    # No path, header or body: what people type is in the body, and a signature is a header.
    format = join("", ["{", join(",", [
      for pair in [
        ["request", "requestId"],
        ["time", "requestTime"],
        ["ip", "identity.sourceIp"],
        ["route", "routeKey"],
        ["status", "status"],
        ["ms", "responseLatency"],
        ["bytes", "responseLength"],
        ["error", "integrationErrorMessage"],
      ] : "\"${pair[0]}\":\"$context.${pair[1]}\""
    ]), "}"])
  }
}

# API Gateway may write to groups below /aws/vendedlogs without a growing resource policy.
resource "aws_cloudwatch_log_group" "api" {
  name              = "/aws/vendedlogs/${var.name}-api"
  retention_in_days = var.log_retention_days
}

locals {
  routes = {
    "POST /slack/commands"        = "slack-ingress"
    "POST /slack/interactivity"   = "slack-ingress"
    "POST /slack/events"          = "slack-ingress"
    "POST /slack/options"         = "slack-ingress"
    "GET /healthz"                = "slack-ingress"
    "POST /webhooks/github"       = "webhook-ingress"
    "POST /webhooks/jenkins"      = "webhook-ingress"
    "POST /webhooks/alertmanager" = "webhook-ingress"
    "POST /webhooks/grafana"      = "webhook-ingress"
    # Slack fetches the charts of bulletins, and brings no credentials.
    "GET /charts/{name}" = "webhook-ingress"
  }
}

resource "aws_apigatewayv2_integration" "function" {
  for_each = toset(values(local.routes))

  api_id                 = aws_apigatewayv2_api.this.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_alias.live[each.key].arn
  payload_format_version = "2.0"
  timeout_milliseconds   = 10000
}

resource "aws_apigatewayv2_route" "this" {
  for_each = local.routes

  api_id             = aws_apigatewayv2_api.this.id
  route_key          = each.key
  authorization_type = "NONE"
  target             = "integrations/${aws_apigatewayv2_integration.function[each.value].id}"
}

resource "aws_lambda_permission" "api" {
  for_each = toset(values(local.routes))

  function_name = aws_lambda_function.this[each.key].function_name
  qualifier     = aws_lambda_alias.live[each.key].name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*"
}
