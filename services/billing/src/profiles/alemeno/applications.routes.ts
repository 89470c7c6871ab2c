import type { Refusal } from '@tenor/contracts';
import {
  type Given,
  jsonNumber,
  numberOf,
  profileContext,
  type Registered,
  readFields,
  withNumber,
} from '@tenor/profile-kit';
import { inBatches, isRefusal, refuse } from '@tenor/service-kit';
import type { EligibilityReason } from '../../credit/eligibility.ts';
import { inquire } from '../../eligibility/eligibility.commands.ts';
import { eligibilityJson, type Inquiry } from '../../eligibility/eligibility-json.ts';
import { fileCustomers, fileLoans } from '../../imports/file-numbers.store.ts';
import type { ViewLoan } from '../../loans/loan-views.store.ts';
import type { LoanService } from '../../loans/loans.commands.ts';
import { openingRefusals } from '../../loans/loans.routes.ts';
import { loanOpening } from '../../loans/new-loans.commands.ts';
import { ApplicationSchema, applicationFields, CreatedLoanSchema, EligibilitySchema } from './alemeno.schemas.ts';
import { approval, whyDeclined } from './alemeno-words.ts';
import { ALEMENO_CURRENCY, type AlemenoCustomers } from './customers.routes.ts';
import { loanFacts } from './loan-answers.ts';

export interface AlemenoApplications extends AlemenoCustomers, LoanService {
  readonly viewLoan: ViewLoan;
}

const PRODUCT = 'credit-annuity';

type Application = Given<typeof applicationFields>;

export function alemenoApplicationsRoutes(registered: Registered, service: AlemenoApplications): void {
  checkRoute(registered, service);
  createRoute(registered, service);
}

function checkRoute({ route }: Registered, service: AlemenoApplications): void {
  route({
    method: 'POST',
    paths: ['/api/check-eligibility', '/check-eligibility'],
    permission: 'profiles:read',
    summary: 'Whether a loan would be approved, and at which rate',
    body: ApplicationSchema,
    responses: { 200: EligibilitySchema },
    refusals: ['not_found', 'customer_inactive', 'terms_invalid', 'principal_out_of_bounds'],
    async handler(request) {
      const given = readFields(request.body, applicationFields);
      if (isRefusal(given)) return given;
      const asked = await applicationOf(service, given);
      if (isRefusal(asked)) return asked;
      const inquiry = await inquire(service, asked);
      return isRefusal(inquiry) ? inquiry : checkedJson(given, inquiry);
    },
  });
}

function createRoute({ route }: Registered, service: AlemenoApplications): void {
  const { database } = service;
  const openLoan = inBatches(database, loanOpening(service));
  route({
    method: 'POST',
    paths: ['/api/create-loan', '/create-loan'],
    permission: 'profiles:write',
    summary: 'Open a loan if it is approved, at the corrected rate',
    body: ApplicationSchema,
    responses: { 200: CreatedLoanSchema, 201: CreatedLoanSchema },
    refusals: openingRefusals,
    async handler(request, reply) {
      const given = readFields(request.body, applicationFields);
      if (isRefusal(given)) return given;
      const asked = await applicationOf(service, given);
      if (isRefusal(asked)) return asked;
      const command = { ...asked, externalId: null, acceptsCorrectedRate: true, isKnownToBank: false };
      const outcome = await openLoan(profileContext(request, 'alemeno'), command);
      if (isRefusal(outcome)) return declinedJson(given, outcome);
      const { loan_id: id, as_of: asOf, known_at: knownAt } = outcome.result;
      const view = await service.viewLoan(id, { asOf, knownAt });
      if (isRefusal(view)) return view;
      const { instalment, ratePercent } = loanFacts(view.state);
      return reply.code(201).send({
        loan_id: await numberOf(database, fileLoans, id),
        customer_id: given.customer_id,
        loan_approved: true,
        message: approval(asked.terms.annualRatePercent, ratePercent),
        monthly_installment: jsonNumber(instalment),
      });
    },
  });
}

/** What is asked for, of the customer with this number. */
async function applicationOf({ database }: AlemenoApplications, given: Application) {
  const [customer] = await withNumber(database, fileCustomers, given.customer_id);
  if (customer === undefined) return refuse('not_found', 'There is no customer with this id.');
  return {
    customerId: customer.id,
    product: PRODUCT,
    principal: { amount: given.loan_amount, currency: ALEMENO_CURRENCY },
    disbursedOn: null,
    terms: { annualRatePercent: given.interest_rate, numberOfInstalments: given.tenure },
  };
}

function checkedJson(given: Application, inquiry: Inquiry) {
  const { eligible, score, reasons, instalment, headroom_with_new: headroom, ...json } = eligibilityJson(inquiry);
  const { rate_percent: rate, corrected_rate_percent: corrected } = json;
  return {
    customer_id: given.customer_id,
    approval: eligible,
    interest_rate: jsonNumber(given.interest_rate),
    corrected_interest_rate: jsonNumber(corrected ?? given.interest_rate),
    tenure: given.tenure,
    monthly_installment: instalment === null ? null : jsonNumber(instalment),
    credit_score: score.value,
    message: eligible ? approval(rate, corrected) : whyDeclined(reasons),
    emi_headroom: headroom === null ? null : jsonNumber(headroom),
  };
}

/** What is not approved is an answer of this API; what was asked wrongly is a refusal. */
function declinedJson({ customer_id }: Application, refusal: Refusal) {
  const reasons = refusal.meta?.['reasons'] as readonly EligibilityReason[] | undefined;
  if (refusal.refused !== 'not_eligible' || reasons === undefined) return refusal;
  return {
    loan_id: null,
    customer_id,
    loan_approved: false,
    message: whyDeclined(reasons),
    monthly_installment: null,
  };
}
