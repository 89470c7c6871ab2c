import { type Static, Type } from 'typebox';

const amountNote = 'decimal string with at most the digits of its currency';

/** Three letters; whether the code is an active currency is the domain's question. */
export const CurrencySchema = Type.String({
  pattern: '^[A-Z]{3}$',
  description: 'ISO 4217 code',
  examples: ['IDR'],
});

/** What answers show: signed, and as many digits as a sum over many loans may have. */
export const AmountSchema = Type.String({
  pattern: '^-?\\d{1,20}(\\.\\d{1,4})?$',
  maxLength: 26,
  description: `Signed amount: ${amountNote}`,
  examples: ['-1.50'],
});

/** What requests may send, zero or more: at most 15 integer digits. */
export const NonNegativeAmountSchema = Type.String({
  pattern: '^\\d{1,15}(\\.\\d{1,4})?$',
  maxLength: 20,
  description: `Amount of zero or more: ${amountNote}`,
  examples: ['0.00'],
});

/** What requests may send, more than zero in some digit. */
export const PositiveAmountSchema = Type.String({
  pattern: '^(?=.*[1-9])\\d{1,15}(\\.\\d{1,4})?$',
  maxLength: 20,
  description: `Amount above zero: ${amountNote}`,
  examples: ['44000.00'],
});

const moneyOf = <T extends typeof AmountSchema>(amount: T) =>
  Type.Object(
    { amount: { ...amount, title: 'Amount' }, currency: { ...CurrencySchema, title: 'Currency' } },
    { additionalProperties: false },
  );

export const MoneySchema = moneyOf(AmountSchema);
export const NonNegativeMoneySchema = moneyOf(NonNegativeAmountSchema);
export const PositiveMoneySchema = moneyOf(PositiveAmountSchema);

/** Money as JSON shows it; inside the services it is `Money` of `@tenor/money`. */
export type MoneyJson = Static<typeof MoneySchema>;
