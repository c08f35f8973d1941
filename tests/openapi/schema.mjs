// GitHub's description for one edition and one API version, as JSON Schemas that refuse what the description does not
// name.
//
// The npm package contains the description of API version 2022-11-28. It also contains what later versions change, as
// `x-github-breaking-changes` on operations and schemas: each is a JSON Patch or a merge patch. They are applied here.
// The most important one for us: 2026-03-10 always answers a dispatch with the run's details and has no
// `return_run_details`. https://docs.github.com/en/rest/about-the-rest-api/breaking-changes?apiVersion=2026-03-10

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const generated = join(dirname(createRequire(import.meta.url).resolve('@octokit/openapi')), 'generated');

// The paths that we call. The description is cut down to them, so a call to any other path is reported.
export const CALLED = [
  '/app/installations/{installation_id}/access_tokens',
  '/rate_limit',
  '/app',
  '/user',
  '/repos/{owner}/{repo}/installation',
  '/repos/{owner}/{repo}/actions/jobs/{job_id}/logs',
  '/repos/{owner}/{repo}/actions/runs/{run_id}',
  '/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}',
  '/repos/{owner}/{repo}/actions/runs/{run_id}/cancel',
  '/repos/{owner}/{repo}/actions/runs/{run_id}/force-cancel',
  '/repos/{owner}/{repo}/actions/runs/{run_id}/jobs',
  '/repos/{owner}/{repo}/actions/workflows/{workflow_id}',
  '/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
  '/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs',
  '/repos/{owner}/{repo}/actions/workflows',
  '/repos/{owner}/{repo}/branches',
  '/repos/{owner}/{repo}/commits/{ref}/check-runs',
  '/repos/{owner}/{repo}/commits/{ref}/status',
  '/repos/{owner}/{repo}/compare/{basehead}',
  '/repos/{owner}/{repo}/contents/{path}',
  '/repos/{owner}/{repo}/environments',
  '/repos/{owner}/{repo}/environments/{environment_name}',
  '/repos/{owner}/{repo}/git/ref/{ref}',
  '/repos/{owner}/{repo}/releases',
  '/repos/{owner}/{repo}/releases/tags/{tag}',
  '/repos/{owner}/{repo}/tags',
];

const read = new Map();

/** The description of `api.github.com`, or of `ghes-3.17` … `ghes-3.19`, in an API version, cut down to `CALLED`. */
export function description(edition, version) {
  const key = `${edition} ${version}`;
  if (!read.has(key)) {
    const whole = JSON.parse(readFileSync(join(generated, `${edition}.json`), 'utf8'));
    const paths = Object.fromEntries(CALLED.filter((path) => whole.paths[path]).map((path) => [path, whole.paths[path]]));
    const cut = { paths, components: whole.components, webhooks: whole['x-webhooks'] };
    read.set(key, at(cut, version));
  }
  return read.get(key);
}

/** Applies every breaking change up to this version. */
function at(node, version) {
  if (Array.isArray(node)) return node.map((item) => at(item, version));
  if (node === null || typeof node !== 'object') return node;
  const { 'x-github-breaking-changes': changes = [], ...rest } = node;
  let changed = rest;
  for (const change of changes) {
    if (change.version > version) continue;
    changed = Array.isArray(change.patch) ? patched(changed, change.patch) : merged(changed, change.patch);
  }
  return Object.fromEntries(Object.entries(changed).map(([name, value]) => [name, at(value, version)]));
}

/** Applies a JSON Patch (RFC 6902), with the operations that GitHub uses. */
function patched(node, operations) {
  const copy = structuredClone(node);
  for (const { op, path, value } of operations) {
    const names = path.split('/').slice(1).map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = names.pop();
    const parent = names.reduce((inner, name) => inner?.[name], copy);
    if (parent === undefined) throw new Error(`the description has no ${path} to ${op}`);
    if (op === 'remove') Array.isArray(parent) ? parent.splice(Number(last), 1) : delete parent[last];
    else if (op === 'add' && Array.isArray(parent)) parent.splice(last === '-' ? parent.length : Number(last), 0, value);
    else if (op === 'add' || op === 'replace') parent[last] = value;
    else throw new Error(`a patch with ${op}, which is not known here`);
  }
  return copy;
}

/** Applies a merge patch (RFC 7396). */
function merged(node, patch) {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const copy = node !== null && typeof node === 'object' && !Array.isArray(node) ? { ...node } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete copy[name];
    else copy[name] = merged(copy[name], value);
  }
  return copy;
}

/**
 * OpenAPI 3.0 as JSON Schema: `nullable` becomes a type. With `closed`, an object may have no other properties than
 * those that are named, unless the description says that it may, or puts it together from several with `allOf`.
 */
export function jsonSchema(node, closed, inAllOf = false) {
  if (Array.isArray(node)) return node.map((item) => jsonSchema(item, closed, inAllOf));
  if (node === null || typeof node !== 'object') return node;
  if (node.$ref) return { $ref: node.$ref };
  const schema = {};
  for (const [name, value] of Object.entries(node)) {
    if (['example', 'examples', 'description', 'title', 'deprecated', 'nullable', 'discriminator', 'xml'].includes(name)) continue;
    if (name.startsWith('x-')) continue;
    if (name === 'properties') {
      schema.properties = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, jsonSchema(inner, closed)]));
    } else if (['enum', 'default', 'required', 'const'].includes(name)) schema[name] = value;
    else schema[name] = jsonSchema(value, closed, name === 'allOf');
  }
  if (closed && node.properties && node.additionalProperties === undefined && !inAllOf && !node.allOf && !node.anyOf && !node.oneOf) {
    schema.additionalProperties = false;
  }
  if (!node.nullable) return schema;
  if (schema.enum) schema.enum = [...new Set([...schema.enum, null])];
  if (schema.type) return { ...schema, type: [schema.type, 'null'] };
  return { anyOf: [schema, { type: 'null' }] };
}
