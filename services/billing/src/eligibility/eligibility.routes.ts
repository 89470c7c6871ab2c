import { date } from '@tenor/calendar';
import { type App, isRefusal } from '@tenor/service-kit';
import { termsFromJson } from '../products/terms-json.ts';
import { type EligibilityService, inquire } from './eligibility.commands.ts';
import { EligibilityRequestSchema, EligibilitySchema } from './eligibility.schemas.ts';
import { eligibilityJson } from './eligibility-json.ts';

export function eligibilityRoutes(app: App, service: EligibilityService): void {
  app.post(
    '/v1/eligibility',
    {
      config: {
        permission: 'eligibility:read',
        own: { customer: 'body.customer_id' },
        refusals: [
          'not_found',
          'customer_inactive',
          'currency_mismatch',
          'open_loans_exceeded',
          'product_not_valid',
          'terms_invalid',
          'terms_not_allowed',
          'principal_out_of_bounds',
          'value_date_in_future',
        ],
      },
      schema: {
        summary: "What Tenor's own score would decide of an application, and at what rate; stores nothing",
        tags: ['eligibility'],
        body: EligibilityRequestSchema,
        response: { 200: EligibilitySchema },
      },
    },
    async ({ body }) => {
      const answer = await inquire(service, {
        customerId: body.customer_id.toLowerCase(),
        product: body.product,
        principal: body.principal,
        disbursedOn: body.disbursed_on === undefined ? null : date(body.disbursed_on),
        terms: termsFromJson(body.terms ?? {}),
      });
      return isRefusal(answer) ? answer : eligibilityJson(answer);
    },
  );
}
