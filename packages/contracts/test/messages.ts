import { loanRepaid } from '../src/index.ts';

/** A sound `loan.repaid` message with some of its fields replaced; `undefined` removes one. */
export function repaidMessage(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const message: Record<string, unknown> = {
    specversion: '1.0',
    id: '019aa4f1-6c00-7000-8000-00000000e001',
    source: '/tenor/billing',
    type: 'loan.repaid',
    subject: loanRepaid.example.loan_id,
    time: '2026-01-08T09:30:00.123456Z',
    datacontenttype: 'application/json',
    dataschema: loanRepaid.dataschema,
    sequence: 3,
    partitionkey: loanRepaid.example.customer_id,
    data: loanRepaid.example,
    ...changes,
  };
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== undefined));
}

export const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
