import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { exampleDelinquency } from '../event-examples.ts';
import { bucket, delinquency } from '../event-fields.ts';

export const loanBucketChanged = defineEvent({
  type: 'loan.bucket_changed',
  topic: 'loans',
  subject: 'loan',
  title: 'A loan moved to another bucket',
  description: 'The days past due crossed the border of a bucket, in either direction.',
  data: Type.Object({ ...delinquency, from: bucket('The bucket before') }),
  example: { ...exampleDelinquency, from: 'current' },
});
export type LoanBucketChanged = Static<typeof loanBucketChanged.data>;
