/** Tells the story line by line and remembers which of its numbers were wrong. */
export interface Narrator {
  chapter(title: string): void;
  say(text: string): void;
  table(header: readonly string[], rows: readonly (readonly string[])[]): void;
  /** Shows a number and whether it is the expected one. */
  check(what: string, actual: unknown, expected: unknown): void;
  readonly failures: readonly string[];
  readonly checks: number;
}

export function narrator(write: (text: string) => void, colour: boolean): Narrator {
  const paint = (code: number, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const failures: string[] = [];
  let checks = 0;
  return {
    failures,
    get checks() {
      return checks;
    },
    chapter: (title) => write(`\n${paint(1, title)}\n`),
    say: (text) => write(`  ${text}\n`),
    table(header, rows) {
      const widths = header.map((name, column) =>
        Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
      );
      for (const row of [header, ...rows]) {
        write(`    ${row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')}\n`);
      }
    },
    check(what, actual, expected) {
      checks += 1;
      const [seen, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
      if (seen === wanted) write(`  ${paint(32, '✓')} ${what}: ${String(actual)}\n`);
      else {
        failures.push(`${what}: ${seen}, expected ${wanted}`);
        write(`  ${paint(31, `✗ ${what}: ${seen}, expected ${wanted}`)}\n`);
      }
    },
  };
}
