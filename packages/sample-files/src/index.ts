export { CUSTOMER_COLUMNS, LOAN_COLUMNS, writeCustomerFile, writeLoanFile } from './sample-files.ts';
export {
  instalmentOf,
  SAMPLE,
  type SampleCustomer,
  type SampleLoan,
  type SampleOptions,
  type SampleRows,
  sampleRows,
} from './sample-rows.ts';
