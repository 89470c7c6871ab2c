import { type Additions, type LoanInstalment, NO_PARTS, sumOfParts } from '../delinquency/instalment.ts';
import type { Parts } from '../schedules/schedule.ts';

/** Additions as JSON, by the number of their instalment; amounts as text, since JSON has no whole numbers of that size. */
export type StoredAdditions = Readonly<Record<string, StoredAddition>>;

type StoredParts = Readonly<Record<keyof Parts, string>>;
interface StoredAddition {
  readonly charged: StoredParts;
  readonly grown: StoredParts;
  readonly waived: StoredParts;
  /** Left out of rows that are older, and where there is none. */
  readonly forgone?: StoredParts;
  readonly moved?: StoredParts;
  readonly movedByThen?: string;
  readonly writtenOff?: StoredParts;
  readonly chargedTax?: string;
  readonly waivedTax?: string;
  readonly lateDays: string;
  readonly latePrincipalDays: string;
}

/** Null for a loan of which no instalment has any, as nearly all are. */
export function additionsToStore(instalments: readonly LoanInstalment[]): StoredAdditions | null {
  const stored: Record<string, StoredAddition> = {};
  for (const { number, additions } of instalments) {
    if (additions === null) continue;
    stored[number] = {
      charged: partsToStore(additions.charged),
      grown: partsToStore(additions.grown),
      waived: partsToStore(additions.waived),
      ...(sumOfParts(additions.forgone) > 0n && { forgone: partsToStore(additions.forgone) }),
      ...(sumOfParts(additions.moved) > 0n && { moved: partsToStore(additions.moved) }),
      ...(additions.movedByThen > 0n && { movedByThen: String(additions.movedByThen) }),
      ...(sumOfParts(additions.writtenOff) > 0n && { writtenOff: partsToStore(additions.writtenOff) }),
      ...(additions.chargedTax !== 0n && { chargedTax: String(additions.chargedTax) }),
      ...(additions.waivedTax !== 0n && { waivedTax: String(additions.waivedTax) }),
      lateDays: String(additions.lateDays),
      latePrincipalDays: String(additions.latePrincipalDays),
    };
  }
  return Object.keys(stored).length === 0 ? null : stored;
}

export function storedAdditions(stored: StoredAdditions | null, number: number): Additions | null {
  const additions = stored?.[number];
  if (additions === undefined) return null;
  return {
    charged: storedParts(additions.charged),
    grown: storedParts(additions.grown),
    waived: storedParts(additions.waived),
    forgone: additions.forgone === undefined ? NO_PARTS : storedParts(additions.forgone),
    moved: additions.moved === undefined ? NO_PARTS : storedParts(additions.moved),
    movedByThen: BigInt(additions.movedByThen ?? '0'),
    writtenOff: additions.writtenOff === undefined ? NO_PARTS : storedParts(additions.writtenOff),
    chargedTax: BigInt(additions.chargedTax ?? '0'),
    waivedTax: BigInt(additions.waivedTax ?? '0'),
    lateDays: BigInt(additions.lateDays),
    latePrincipalDays: BigInt(additions.latePrincipalDays),
  };
}

function partsToStore({ principal, interest, fee, penalty }: Parts): StoredParts {
  return { principal: `${principal}`, interest: `${interest}`, fee: `${fee}`, penalty: `${penalty}` };
}

function storedParts({ principal, interest, fee, penalty }: StoredParts): Parts {
  return { principal: BigInt(principal), interest: BigInt(interest), fee: BigInt(fee), penalty: BigInt(penalty) };
}
