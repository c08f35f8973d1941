// What slack-ingress is measured against: Bolt for JavaScript behind its own receiver for Lambda, and the AWS SDK. It
// does the same job: verify, read the form, put a command on the queue, answer with a text.
//
// Lambda's own runtime client for Node.js is not used: its installation compiles C++. The loop below does what it does,
// and less, which is to the peer's favour.
'use strict';

const http = require('node:http');
const { App, AwsLambdaReceiver, LogLevel } = require('@slack/bolt');
const { SQSClient, GetQueueAttributesCommand, SendMessageCommand } = require('@aws-sdk/client-sqs');

const receiver = new AwsLambdaReceiver({ signingSecret: process.env.SLACK_SIGNING_SECRET, logLevel: LogLevel.ERROR });
// An installation that is known: with a token alone, Bolt would ask Slack who it is.
const authorize = async () => ({ botToken: 'xoxb-none', botId: 'BSIGNALBOX', botUserId: 'USIGNALBOX' });
const app = new App({ receiver, authorize, logLevel: LogLevel.ERROR });
// The SDK for Rust does not compare MD5 digests either.
const sqs = new SQSClient({ endpoint: process.env.AWS_ENDPOINT_URL, md5: false });
const queue = process.env.SIGNALBOX_INTENTS_QUEUE_URL;

app.command('/release', async ({ command, ack }) => {
  const [service, version] = command.text.split(' ');
  const body = JSON.stringify({ v: 1, user: command.user_id, channel: command.channel_id, service, version });
  await sqs.send(new SendMessageCommand({
    QueueUrl: queue,
    MessageBody: body,
    MessageGroupId: `run:${command.trigger_id}`,
    MessageDeduplicationId: `submit:${command.trigger_id}`,
  }));
  await ack({ response_type: 'ephemeral', text: `release ${service} ${version} is on its way` });
});

const agent = new http.Agent({ keepAlive: true });
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const request = http.request({ agent, host, port, method, path: `/2018-06-01/runtime/${path}`, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function main() {
  // As slack-ingress does: the connection to the queue while the rest starts.
  const warm = sqs.send(new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: ['QueueArn'] })).catch(() => {});
  const handler = await receiver.start();
  await warm;
  for (;;) {
    const next = await call('GET', 'invocation/next');
    const id = next.headers['lambda-runtime-aws-request-id'];
    try {
      const answer = await handler(JSON.parse(next.body), { awsRequestId: id });
      await call('POST', `invocation/${id}/response`, JSON.stringify(answer));
    } catch (error) {
      await call('POST', `invocation/${id}/error`, JSON.stringify({ errorMessage: String(error), errorType: 'Error' }));
    }
  }
}

main();
