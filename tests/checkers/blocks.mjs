// Says what Slack's own types find wrong with views and messages: each becomes a constant of a TypeScript file, which
// is compiled strictly.
//
//   node blocks.mjs < {"views": [...], "messages": [{"blocks": [...]}, ...]}
//
// Prints what the compiler says, or nothing.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const { views, messages } = JSON.parse(readFileSync(0, 'utf8'));
// Within this folder, so that the types are found.
const folder = mkdtempSync(join(here, 'node_modules/.shown-'));
try {
  const lines = ["import type { KnownBlock, View } from '@slack/types';"];
  views.forEach((view, n) => lines.push(`export const view${n}: View = ${JSON.stringify(view)};`));
  messages.forEach(({ blocks }, n) => lines.push(`export const message${n}: KnownBlock[] = ${JSON.stringify(blocks)};`));
  const file = join(folder, 'shown.ts');
  writeFileSync(file, lines.join('\n'));
  const options = ['--strict', '--noEmit', '--skipLibCheck', '--module', 'nodenext', '--moduleResolution', 'nodenext'];
  const said = spawnSync(join(here, 'node_modules/.bin/tsc'), [...options, file], { encoding: 'utf8' });
  process.stdout.write(said.stdout + said.stderr);
  process.exitCode = said.status === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
