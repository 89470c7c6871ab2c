import {
  checkReferences,
  REFERENCES_MAX,
  type References,
  type ReferencesQuestion,
  type Refusal,
} from '@tenor/contracts';
import { createReader, isRefusal } from '@tenor/service-kit';

/** Asks billing what clients call customers and loans; the known ones of any number. Refuses as its `ask` does. */
export type AskReferences = (question: ReferencesQuestion) => Promise<References | Refusal>;
type Ask = (question: ReferencesQuestion) => Promise<object | Refusal>;

const lists = ['customers', 'loans', 'customer_ids', 'loan_ids'] as const;

/** One thing that is asked for. */
interface Sought {
  readonly profile: string;
  readonly list: (typeof lists)[number];
  readonly said: string;
}

/**
 * `ask` puts one question to billing. What is asked for at the same time is asked together, and longer questions in
 * parts. Throws for an answer that is none.
 */
export function referencesClient(ask: Ask): AskReferences {
  const find = createReader<Sought, References | Refusal>(async (sought) => {
    const answers = new Map<string, References | Refusal>();
    for (const [profile, own] of Map.groupBy(sought, (each) => each.profile)) {
      answers.set(profile, await askInParts(ask, profile, own));
    }
    return sought.map((each) => foundOf(each, answers.get(each.profile)));
  });
  return async ({ profile, ...asked }) => {
    const sought = lists.flatMap((list) => (asked[list] ?? []).map((said) => ({ profile, list, said })));
    const found = await Promise.all(sought.map(find));
    const refused = found.find(isRefusal);
    if (refused !== undefined) return refused;
    const told = found.filter((each): each is References => !isRefusal(each));
    return { customers: told.flatMap(({ customers }) => customers), loans: told.flatMap(({ loans }) => loans) };
  };
}

async function askInParts(ask: Ask, profile: string, sought: readonly Sought[]): Promise<References | Refusal> {
  const saidOf = (list: Sought['list']) => [
    ...new Set(sought.filter((each) => each.list === list).map(({ said }) => said)),
  ];
  const said = lists.map((list) => [list, saidOf(list)] as const);
  const longest = Math.max(...said.map(([, each]) => each.length));
  const answer: References = { customers: [], loans: [] };
  for (let from = 0; from < longest; from += REFERENCES_MAX) {
    const part = said.map(([list, each]) => [list, each.slice(from, from + REFERENCES_MAX)]);
    const told = await ask({ profile, ...Object.fromEntries(part) });
    if (isRefusal(told)) return told;
    const fault = checkReferences(told);
    if (fault !== undefined) throw new Error(`Billing's answer: ${fault.pointer} ${fault.message}`);
    const { customers, loans } = told as References;
    answer.customers.push(...customers);
    answer.loans.push(...loans);
  }
  return answer;
}

/** What of an answer is the thing that was asked for: one by its id has no name there. */
function foundOf({ list, said }: Sought, answer: References | Refusal | undefined): References | Refusal {
  if (answer === undefined || isRefusal(answer)) return answer ?? { customers: [], loans: [] };
  const isIt = ({ name, id }: { name: string | null; id: string }): boolean =>
    list === 'customers' || list === 'loans' ? name === said : name === null && id === said;
  const ofCustomers = list === 'customers' || list === 'customer_ids';
  return ofCustomers
    ? { customers: answer.customers.filter(isIt).slice(0, 1), loans: [] }
    : { customers: [], loans: answer.loans.filter(isIt).slice(0, 1) };
}
