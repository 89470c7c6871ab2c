import type { Finding, Project } from '../source.ts';
import * as imports from './imports.ts';
import * as records from './records.ts';
import * as text from './text.ts';

/** Every rule by its name. */
export const rules: Readonly<Record<string, (project: Project) => Finding[]>> = { ...imports, ...text, ...records };
