import type { References, ReferencesQuestion } from '@tenor/contracts';
import { newId, refuse } from '@tenor/service-kit';
import { referencesClient } from '../../src/profiles/references.client.ts';

const customerOf = (id: string) => ({ id, external_id: 'c-1', number: 1, name: null });

test('what is asked for at the same time is one question, and each is told of their own', async () => {
  const asked: ReferencesQuestion[] = [];
  const ask = referencesClient(async (question) => {
    asked.push(question);
    return {
      customers: [
        ...(question.customers ?? []).map((name) => ({ ...customerOf(newId()), external_id: name, name })),
        ...(question.customer_ids ?? []).map(customerOf),
      ],
      loans: [],
    } satisfies References;
  });
  const ids = Array.from({ length: 150 }, newId);
  const answers = await Promise.all(ids.map((id) => ask({ profile: 'mo', customer_ids: [id], customers: ['c-1'] })));
  expect(
    answers.map((answer) => ('customers' in answer ? answer.customers.map(({ name, id }) => name ?? id) : [])),
  ).toEqual(ids.map((id) => ['c-1', id]));
  expect(asked.length).toBeLessThan(30);
  expect(asked.flatMap(({ customer_ids }) => customer_ids ?? []).sort()).toEqual(ids.sort());
});

test('nothing is asked for nothing, a refusal is passed on, and an answer that is none is a fault', async () => {
  const gone = refuse('billing_unavailable', 'Billing cannot be reached.');
  const ask = referencesClient(async () => gone);
  expect(await ask({ profile: 'mo' })).toEqual({ customers: [], loans: [] });
  expect(await ask({ profile: 'mo', customers: ['c-1'] })).toEqual(gone);
  const odd = referencesClient(async () => ({ customers: [{}] }));
  await expect(odd({ profile: 'mo', customers: ['c-1'] })).rejects.toThrow(/Billing's answer/);
});
