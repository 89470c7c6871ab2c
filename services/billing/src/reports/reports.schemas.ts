import { BookDateSchema, CurrencySchema, DateSchema, InstantSchema } from '@tenor/contracts';
import { Type } from 'typebox';
import { orNull } from '../customers/customers.schemas.ts';
import { accounts } from '../ledger/account.ts';
import { dayKinds } from './trial-balance.ts';

const closed = { additionalProperties: false };
const amount = (description: string) => Type.String({ description, examples: ['44000.00'] });

export const TrialBalanceQuerySchema = Type.Object(
  {
    as_of: Type.Optional({ ...BookDateSchema, description: 'Postings of that day and before; left out: today' }),
    known_at: Type.Optional({ ...InstantSchema, description: 'By what was recorded until then; left out: until now' }),
    currency: Type.Optional({ ...CurrencySchema, description: 'Left out: all' }),
    by: Type.Optional(
      Type.Enum([...dayKinds], {
        description: 'Which day of a posting counts; `booked_on` differs where the month of the value date was closed',
        default: 'value_date',
      }),
    ),
  },
  closed,
);

const AccountBalanceSchema = Type.Object(
  {
    account: Type.Enum(Object.keys(accounts)),
    side: Type.Enum(['debit', 'credit'], { description: 'On which side the account grows' }),
    debits: amount('All that was debited'),
    credits: amount('All that was credited'),
    balance: amount('On the side of the account; below zero where it stands on the other'),
  },
  closed,
);

const CurrencyBalanceSchema = Type.Object(
  {
    currency: CurrencySchema,
    debits: amount('Of all accounts; equal to the credits'),
    credits: amount('Of all accounts; equal to the debits'),
    accounts: Type.Array(AccountBalanceSchema, { description: 'Those with postings, by name' }),
  },
  closed,
);

export const TrialBalanceSchema = Type.Object(
  {
    as_of: DateSchema,
    known_at: { ...InstantSchema, description: 'The same question with this `known_at` has this answer for ever' },
    by: Type.Enum([...dayKinds]),
    earned_through: orNull({
      ...DateSchema,
      description:
        'Last day through which what passing days earn is booked by now, by the daily check or by an event, for every active loan; a balance of a later day lacks some of it. null where no loan earns by days',
    }),
    currencies: Type.Array(CurrencyBalanceSchema, { description: 'By code' }),
  },
  closed,
);
