import { plannedCells, plannedHeader } from '../schedules/schedule-table.ts';
import type { Quote } from './quote.ts';
import { quoteJson } from './quote-json.ts';

/** A table as CSV takes it. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The instalments of a quote, a row each. */
export function quoteTable(quote: Quote): Table {
  return { header: [...plannedHeader, 'currency'], rows: rowsOf(quote) };
}

/** What an offer costs in all, under the names that JSON has for it; `apr` in three columns, empty where it is null. */
const costHeader = [
  'net_disbursed',
  'total_interest',
  'total_fees',
  'total_cost',
  'offer_total',
  'apr_reg_z',
  'apr_eu',
  'apr_reason',
] as const;

/**
 * The instalments of all offers below each other, a row each: its offer's number from 1 with the code and the name of
 * the product, the instalment, and what the whole offer costs, the same in each row of it.
 */
export function offersTable(offers: readonly Quote[]): Table {
  return {
    header: ['offer', 'product', 'product_name', ...plannedHeader, 'currency', ...costHeader],
    rows: offers.flatMap((offer, index) => {
      const { product } = offer;
      const costs = costCells(offer);
      return rowsOf(offer).map((row) => [
        String(index + 1),
        product?.code ?? '',
        product?.name ?? '',
        ...row,
        ...costs,
      ]);
    }),
  };
}

function costCells(offer: Quote): string[] {
  const { apr, total, ...costs } = quoteJson({ ...offer, instalments: [] });
  const cells: Readonly<Record<(typeof costHeader)[number], string | null>> = {
    ...costs,
    offer_total: total,
    apr_reg_z: apr.reg_z,
    apr_eu: apr.eu,
    apr_reason: apr.reason,
  };
  return costHeader.map((name) => cells[name] ?? '');
}

function rowsOf({ instalments, currency }: Quote): string[][] {
  return instalments.map((instalment) => [...plannedCells(instalment, currency), currency]);
}
