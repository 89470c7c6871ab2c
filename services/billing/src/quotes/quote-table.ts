import { plannedCells, plannedHeader } from '../schedules/schedule-table.ts';
import type { Quote } from './quote.ts';

/** A table as CSV takes it. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The instalments of a quote, a row each. */
export function quoteTable(quote: Quote): Table {
  return { header: [...plannedHeader, 'currency'], rows: rowsOf(quote) };
}

/** The instalments of all offers below each other, each row under its offer's number from 1 and its product's name. */
export function offersTable(offers: readonly Quote[]): Table {
  return {
    header: ['offer', 'product', ...plannedHeader, 'currency'],
    rows: offers.flatMap((offer, index) =>
      rowsOf(offer).map((row) => [String(index + 1), offer.product?.name ?? '', ...row]),
    ),
  };
}

function rowsOf({ instalments, currency }: Quote): string[][] {
  return instalments.map((instalment) => [...plannedCells(instalment, currency), currency]);
}
