import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GENERATED_FOLDER, generatedFiles } from '../generation/generated-files.ts';

const root = join(import.meta.dirname, '../../../..');

// The schema of an event that no longer exists must not stay behind.
await rm(join(root, GENERATED_FOLDER), { recursive: true, force: true });
const files = generatedFiles();
for (const [path, text] of files) {
  const target = join(root, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
}
process.stdout.write(`${files.size} files written\n`);
