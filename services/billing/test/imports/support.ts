import { eventually } from '@tenor/testing';
import type { BillingTest, Body, RequestOptions } from '../harness.ts';

export const HEADER = [
  'Customer ID',
  'First Name',
  'Last Name',
  'Age',
  'Phone Number',
  'Monthly Salary',
  'Approved Limit',
];

export interface Upload {
  readonly file: Buffer | string;
  readonly name?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly options?: RequestOptions;
}

const BOUNDARY = 'a-boundary-of-tests';

/** The body of a form with the fields and then the file. */
export function formOf({ file, name = 'customers.xlsx', fields = { kind: 'customers' } }: Upload): Buffer {
  const parts = Object.entries(fields).map(
    ([field, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`,
  );
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n`;
  return Buffer.concat([Buffer.from(parts.join('') + head), Buffer.from(file), Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
}

export const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

export function upload(billing: BillingTest, what: Upload) {
  const headers = { 'content-type': FORM_TYPE, ...what.options?.headers };
  return billing.request('POST', '/v1/imports', formOf(what), { ...what.options, headers });
}

/** The job, once it has ended. */
export function ended(billing: BillingTest, id: string): Promise<Body> {
  return eventually(
    async () => {
      const { body } = await billing.get(`/v1/imports/${id}`);
      if (body.status !== 'done' && body.status !== 'failed') throw new Error(`The job is ${body.status}`);
      return body;
    },
    { timeoutMs: 20_000 },
  );
}

/** Uploads, and waits for the end. */
export async function imported(billing: BillingTest, what: Upload): Promise<Body> {
  const { status, body, text } = await upload(billing, what);
  if (status !== 202) throw new Error(text);
  return ended(billing, body.id);
}

export async function rowsOf(billing: BillingTest, id: string): Promise<Body[]> {
  return (await billing.get(`/v1/imports/${id}/rows?limit=200`)).body.data;
}
