import { fileURLToPath } from 'node:url';
import { figuresOf } from '../figures.ts';
import { rules } from '../rules/all.ts';
import { readProject } from '../source.ts';

const project = readProject(fileURLToPath(new URL('../../../../', import.meta.url)));
for (const rule of Object.values(rules)) {
  for (const { file, line, message } of rule(project)) process.stdout.write(`${file}:${line} ${message}\n`);
}
process.stdout.write(`${JSON.stringify(figuresOf(project), null, 2)}\n`);
