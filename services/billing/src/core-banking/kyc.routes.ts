import { type App, isRefusal } from '@tenor/service-kit';
import { noCustomer } from '../customers/customers.commands.ts';
import { IdParamsSchema } from '../customers/customers.schemas.ts';
import { findCustomer } from '../customers/customers.store.ts';
import { checkKyc, type KycService, kycNotFound } from './kyc.commands.ts';
import { type KycJson, KycSchema } from './kyc.schemas.ts';
import { type CheckedKyc, findKyc } from './kyc-records.store.ts';

const tags = ['customers'];

export function kycRoutes(app: App, service: KycService): void {
  app.post(
    '/v1/customers/:id/kyc',
    {
      config: { permission: 'customers:write', refusals: ['kyc_not_found', 'core_banking_unavailable'] },
      schema: {
        summary: 'Ask core banking who the customer is, and keep the answer',
        tags,
        params: IdParamsSchema,
        response: { 200: KycSchema },
      },
    },
    async ({ params: { id } }) => {
      const checked = await checkKyc(service, id);
      return isRefusal(checked) ? checked : present(id, checked);
    },
  );

  app.get(
    '/v1/customers/:id/kyc',
    {
      config: { permission: 'kyc:read', refusals: ['kyc_not_found'] },
      schema: {
        summary: 'Read what core banking answered last',
        tags,
        params: IdParamsSchema,
        response: { 200: KycSchema },
      },
    },
    async ({ params: { id } }) => {
      const checked = await findKyc(service.database, id);
      if (checked !== undefined) return present(id, checked);
      const customer = await findCustomer(service.database, id);
      return customer === undefined ? noCustomer(id) : kycNotFound(id);
    },
  );
}

function present(customerId: string, { record, checkedAt }: CheckedKyc): KycJson {
  return {
    customer_id: customerId,
    customer_number: record.customerNumber,
    first_name: record.firstName,
    middle_name: record.middleName,
    last_name: record.lastName,
    date_of_birth: record.dateOfBirth,
    gender: record.gender,
    email: record.email,
    mobile: record.mobile,
    id_type: record.idType,
    id_number: record.idNumber,
    monthly_income: record.monthlyIncome,
    status: record.status,
    checked_at: checkedAt,
  };
}
