import { readFileSync } from 'node:fs';
import { date, NEVER_CLOSED } from '@tenor/calendar';
import { money } from '@tenor/money';
import { checkPrincipal, type Product, termsFor } from '../../src/products/product.ts';
import { productFromJson } from '../../src/products/product-json.ts';
import { validateProduct } from '../../src/products/product-rules.ts';
import { NewProductSchema } from '../../src/products/products.schemas.ts';
import { shippedProducts } from '../../src/products/shipped-products.ts';
import { termsFromJson } from '../../src/products/terms-json.ts';
import { quote } from '../../src/quotes/quote.ts';
import { quoteJson } from '../../src/quotes/quote-json.ts';
import { fieldsOf, type JsonSchema, withoutNull } from '../json-schema.ts';
import { minor } from '../schedules/plans.ts';
import { rowsOf } from './page-tables.ts';

const PAGE = 'products.md';
const text = readFileSync(new URL(`../../../../docs/${PAGE}`, import.meta.url), 'utf8');
const [example = {}, chosen = {}] = [...text.matchAll(/```json\n([\s\S]*?)\n```/g)].map(
  ([, json = '']): Json => JSON.parse(json),
);

type Json = Readonly<Record<string, unknown>>;

const productOf = (body: Json): Product => ({ ...productFromJson(body), version: 1 });

/** What a quote of the example would be, or the code that it is refused with. */
function quoted(terms: Json, principal: string) {
  const product = productOf(example);
  const complete = checkPrincipal(product, money(minor(principal), 'USD')) ?? termsFor(product, termsFromJson(terms));
  if ('refused' in complete) return complete.refused;
  const disbursements = [{ on: date('2026-01-15'), amount: minor(principal) }];
  const made = quote({ product, terms: complete, currency: 'USD', disbursements, closedDays: NEVER_CLOSED });
  return 'refused' in made ? made.refused : quoteJson(made);
}

/** The example with some fields changed, those of its terms one by one. */
function changed(change: Json): Product {
  const terms = { ...(example['terms'] as Json), ...(change['terms'] as Json | undefined) };
  return productOf({ ...example, ...change, terms });
}

describe('docs/products.md', () => {
  test('names every product that ships', () => {
    expect(shippedProducts.filter(({ code }) => !text.includes(`\`${code}\``))).toEqual([]);
  });

  test('has an example that is a product, and a loan of it', () => {
    expect(validateProduct(productOf(example))).toBeUndefined();
    const made = quoted(chosen, '1000.00');
    if (typeof made === 'string') throw new Error(made);
    const shown = rowsOf(PAGE, 'number', 'due_date', 'principal', 'interest', 'fee', 'total', 'balance_after');
    expect(shown).toEqual(made.instalments.map((each) => ({ ...each, number: String(each.number) })));
    const [figures] = rowsOf(PAGE, 'net_disbursed', 'total_interest', 'total_fees', 'total', 'reg_z');
    const { net_disbursed, total_interest, total_fees, total, apr } = made;
    expect(figures).toEqual({ net_disbursed, total_interest, total_fees, total, reg_z: apr.reg_z });
  });

  test.each(rowsOf(PAGE, 'terms', 'principal', 'answer'))('$terms over $principal: $answer', (row) => {
    const answer = quoted(JSON.parse(row.terms), row.principal);
    expect(typeof answer === 'string' ? answer : 'quoted').toBe(row.answer);
  });

  test.each(rowsOf(PAGE, 'changed', 'detail'))('$changed: $detail', ({ changed: change, detail }) => {
    expect(validateProduct(changed(JSON.parse(change)))).toMatchObject({ refused: 'terms_invalid', detail });
  });

  describe('has every field of the schema', () => {
    const fields = fieldsOf(JSON.parse(JSON.stringify(NewProductSchema)));
    const rows = rowsOf(PAGE, 'field', 'meaning', 'unit', 'values', 'default');
    const nameOf = (path: string): string => path.slice(1).replaceAll('/*', '[]').replaceAll('/', '.');

    test('once', () =>
      expect(rows.map(({ field }) => field).toSorted()).toEqual(fields.map(({ path }) => nameOf(path)).toSorted()));

    test.each(fields.map((field) => [nameOf(field.path), field] as const))('%s as it is', (name, field) => {
      const row = rows.find((each) => each.field === name);
      const { description = '' } = field.schema;
      expect(row).toMatchObject({
        meaning: description.replaceAll('`', ''),
        values: valuesOf(withoutNull(field.schema)) ?? expect.stringMatching(/./),
        default: defaultOf(field.schema, field.isOptional),
      });
    });
  });
});

/** The values of a field as the page tells them; undefined where it says so in words. */
function valuesOf({ type, enum: choices, minimum, maximum, minItems = 0, maxItems }: JsonSchema): string | undefined {
  if (choices !== undefined) return choices.join(', ');
  if (type === 'boolean') return 'true, false';
  if (type === 'integer') return `${minimum} to ${maximum}`;
  if (type === 'array') return minItems === maxItems ? `${maxItems} of them` : `${minItems} to ${maxItems} of them`;
  return type === 'object' ? 'its fields' : undefined;
}

function defaultOf(schema: JsonSchema, isOptional: boolean): string {
  if (!isOptional) return 'needed';
  if (schema.default === undefined) return 'none';
  const isGroup = withoutNull(schema).type === 'object' && schema.default !== null;
  return isGroup ? 'its fields' : JSON.stringify(schema.default);
}
