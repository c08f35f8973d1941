// Compares recorded exchanges with GitHub's own description: both the requests and the answers.
//
//   node check.mjs EXCHANGES.json [--refused-may-be-wrong]
//
// The file is an array of { method, path, query, status, request_body, response_body, api_version }. An entry may also
// have `response_type` (the Content-Type of the answer) and `edition` ("api.github.com", "ghes-3.19"); `query` is an
// object or a list of pairs. A webhook is { webhook, body }. Every request is checked. With --refused-may-be-wrong,
// requests that were refused because of their content are not checked: tests of a simulator send wrong requests on
// purpose.

import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { description, jsonSchema } from './schema.mjs';

// The description names errors for few endpoints only. These can come from any endpoint, and all have the shape of an
// error. (Where the description names a 422, it leaves out the `status` that GitHub sends with every error.)
//
// https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
const ANYWHERE = [400, 401, 403, 404, 409, 415, 422, 429];
const ERRORS = ['basic-error', 'validation-error', 'validation-error-simple'];
const REFUSED = [400, 409, 415, 422];
// Stands for another host. GitHub's description says nothing about it.
const LOGS = '/_logs/';

const validators = new Map();

function validator(edition, version, closed) {
  const key = `${edition} ${version} ${closed}`;
  if (!validators.has(key)) {
    const { components } = description(edition, version);
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats(ajv);
    const schemas = Object.fromEntries(
      Object.entries(components.schemas).map(([name, schema]) => [name, jsonSchema(schema, closed)]),
    );
    ajv.addSchema({ components: { schemas } }, 'github');
    validators.set(key, { ajv, compiled: new Map() });
  }
  const { ajv, compiled } = validators.get(key);
  return (schema, value) => {
    const source = JSON.stringify(schema);
    if (!compiled.has(source)) {
      compiled.set(source, ajv.compile(JSON.parse(source.replaceAll('"#/components/', '"github#/components/'))));
    }
    const check = compiled.get(source);
    if (check(value)) return [];
    return check.errors.map(({ instancePath, message, params }) => {
      const more = params.additionalProperty ?? params.allowedValues ?? '';
      return `${instancePath || '(the whole)'} ${message} ${more}`.trim();
    });
  };
}

function deref(described, node) {
  if (!node?.$ref) return node;
  return node.$ref.split('/').slice(1).reduce((inner, name) => inner[name], described);
}

/** The template that fits the path, and its parameters. If several fit, the one with the fewest parameters is best. */
function match(described, path) {
  const found = [];
  for (const template of Object.keys(described.paths)) {
    const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    // Only the parameter for the path of a file may contain slashes.
    const pattern = template.replace(/\{(\w+)\}/g, (_, name) => (name === 'path' ? '(.+)' : '([^/]+)'));
    const values = path.match(new RegExp(`^${pattern}$`));
    if (values) found.push({ template, values: Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(values[i + 1])])) });
  }
  return found.sort((a, b) => a.template.split('{').length - b.template.split('{').length)[0];
}

/** Converts text to the type that the schema asks for. Text that does not fit the type stays text. */
function typed(schema, text) {
  const types = [schema, ...(schema.oneOf ?? [])].map(({ type }) => type);
  if (types.includes('integer') && /^-?\d+$/.test(text)) return Number(text);
  if (types.includes('boolean') && ['true', 'false'].includes(text)) return text === 'true';
  return text;
}

function request(exchange, described, operation, values) {
  const problems = [];
  const { edition, api_version: version } = exchange;
  const check = validator(edition, version, true);
  const parameters = (operation.parameters ?? []).map((parameter) => deref(described, parameter));
  const one = (parameter, text) => {
    let schema = jsonSchema(parameter.schema, true);
    // The description says `date-time`, but means a search expression such as `>=2026-11-21T07:45:54Z` or
    // `*..2026-11-21`.
    if (parameter.name === 'created') schema = { type: 'string', pattern: '^([<>]=?)?[0-9*].*$' };
    // The description gives these limits only in its text.
    if (parameter.name === 'per_page') schema = { ...schema, minimum: 1, maximum: 100 };
    const found = check(schema, typed(schema, text));
    problems.push(...found.map((problem) => `${parameter.in} parameter ${parameter.name}: ${problem}`));
  };
  for (const [name, text] of Object.entries(values)) {
    const parameter = parameters.find((known) => known.in === 'path' && known.name === name);
    if (parameter) one(parameter, text);
  }
  const query = Array.isArray(exchange.query) ? exchange.query : Object.entries(exchange.query ?? {});
  for (const [name, text] of query) {
    const parameter = parameters.find((known) => known.in === 'query' && known.name === name);
    if (parameter) one(parameter, String(text));
    else problems.push(`query parameter ${name}: there is none of that name`);
  }
  for (const parameter of parameters.filter((known) => known.in === 'query' && known.required)) {
    if (!query.some(([name]) => name === parameter.name)) problems.push(`query parameter ${parameter.name} is missing`);
  }
  const body = exchange.request_body ?? null;
  const schema = operation.requestBody?.content?.['application/json']?.schema;
  if (body === null) {
    if (operation.requestBody?.required) problems.push('there is no body, and one is required');
  } else if (!schema) problems.push('there is a body, and none is described');
  else problems.push(...check(jsonSchema(schema, true), body).map((problem) => `body: ${problem}`));
  return problems;
}

function response(exchange, described, operation) {
  const { status, edition, api_version: version, response_type: type = '' } = exchange;
  const body = exchange.response_body ?? null;
  const check = validator(edition, version, true);
  // An error page of a proxy is not described by GitHub.
  if (status >= 500 || (status >= 400 && type?.startsWith('text/html'))) return [];
  if (status === 304) return body === null ? [] : ['a 304 has a body'];
  if (operation.responses[status] === undefined && [301, 302, 307].includes(status)) return [];
  if (ANYWHERE.includes(status)) {
    if (typeof body?.message !== 'string') return ['an error has no message'];
    const tries = ERRORS.map((name) => check({ $ref: `#/components/schemas/${name}` }, body));
    return tries.some((problems) => problems.length === 0) ? [] : tries[0];
  }
  const known = deref(described, operation.responses[status]);
  const media = known?.content ?? {};
  if (known && type?.startsWith('application/vnd.github.raw')) {
    return typeof body === 'string' ? [] : ['the raw file is no text'];
  }
  if (known && !Object.keys(media).length) return body === null ? [] : [`a ${status} has a body, and none is described`];
  if (known) {
    if (body === null) return [`a ${status} has no body, and one is described`];
    return check(jsonSchema((media['application/json'] ?? Object.values(media)[0]).schema, true), body);
  }
  return [`a ${status} is not described; these are: ${Object.keys(operation.responses).join(', ')}`];
}

/** What is wrong with one exchange or webhook, in words. */
export function problems(given, { refusedMayBeWrong = false } = {}) {
  const exchange = { edition: 'api.github.com', ...given, api_version: given.api_version ?? '2022-11-28' };
  const described = description(exchange.edition, exchange.api_version);
  if (exchange.webhook) {
    const name = `${exchange.webhook}-${exchange.body.action}`.replaceAll('_', '-');
    const event = described.webhooks[name];
    if (!event) return [`there is no webhook ${name}`];
    const { schema } = event.post.requestBody.content['application/json'];
    // Other properties are allowed, because GitHub adds some without notice, and because the schemas are combined with
    // `allOf`.
    return validator(exchange.edition, exchange.api_version, false)(jsonSchema(schema, false), exchange.body);
  }
  if (exchange.path.startsWith(LOGS)) return [];
  const matched = match(described, exchange.path);
  const operation = matched && described.paths[matched.template][exchange.method.toLowerCase()];
  if (!operation) {
    // A 404 is the right answer to such a request, but the request itself is wrong.
    return refusedMayBeWrong && exchange.status === 404 ? [] : ['this is none of the calls that are described and made'];
  }
  const exempt = refusedMayBeWrong && REFUSED.includes(exchange.status);
  const asked = exempt ? [] : request(exchange, described, operation, matched.values);
  return [
    ...asked.map((problem) => `request: ${problem}`),
    ...response(exchange, described, operation).map((problem) => `response: ${problem}`),
  ];
}

function main([file, ...options]) {
  if (!file || options.some((option) => option !== '--refused-may-be-wrong')) {
    console.error('usage: node check.mjs EXCHANGES.json [--refused-may-be-wrong]');
    return 2;
  }
  const exchanges = JSON.parse(readFileSync(file, 'utf8'));
  const refusedMayBeWrong = options.length > 0;
  let wrong = 0;
  for (const [index, exchange] of exchanges.entries()) {
    const found = problems(exchange, { refusedMayBeWrong });
    if (!found.length) continue;
    wrong += 1;
    const what = exchange.webhook ? `webhook ${exchange.webhook} ${exchange.body.action}` : `${exchange.method} ${exchange.path} ${exchange.status}`;
    console.error(`#${index} ${what} (${exchange.api_version ?? 'any version'})`);
    for (const problem of found) console.error(`  ${problem}`);
  }
  // If there is nothing to check, the recording went wrong.
  if (!exchanges.length) console.error('there is nothing in the file');
  console.log(`${exchanges.length} checked, ${wrong} wrong`);
  return wrong || !exchanges.length ? 1 : 0;
}

if (process.argv[1] === new URL(import.meta.url).pathname) process.exitCode = main(process.argv.slice(2));
