import type { Fault } from './simulation.ts';

const ENTITY_LEVELS = 9;
const OVERSIZED_BYTES = 8 * 1024 * 1024;

type Hostile = Exclude<Fault, 'none' | 'slow' | 'down' | 'lost' | 'unknown_customer'>;

const envelope = (body: string, prologue = ''): string =>
  `<?xml version="1.0"?>${prologue}<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;

/** Each entity is ten of the one before: a few hundred bytes that would become a billion. */
function entityBomb(): string {
  const levels = Array.from({ length: ENTITY_LEVELS }, (_, level) => {
    const text = level === 0 ? 'lol' : `&l${level - 1};`.repeat(10);
    return `<!ENTITY l${level} "${text}">`;
  });
  const answer = `<CustomerResponse xmlns="http://credable.io/cbs/customer"><customer><firstName>&l${ENTITY_LEVELS - 1};</firstName></customer></CustomerResponse>`;
  return envelope(answer, `<!DOCTYPE bomb [${levels.join('')}]>`);
}

/** What is answered instead of what was asked for. */
export const hostileAnswers: Readonly<Record<Hostile, () => string>> = {
  garbage: () => '<html><body>It works!</p>',
  wrong_schema: () => envelope('<Invoice xmlns="urn:other"><total>1</total></Invoice>'),
  entity_bomb: entityBomb,
  external_entity: () =>
    envelope(
      '<CustomerResponse xmlns="http://credable.io/cbs/customer"><customer><firstName>&file;</firstName></customer></CustomerResponse>',
      '<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>',
    ),
  polluted: () =>
    envelope(
      '<CustomerResponse xmlns="http://credable.io/cbs/customer"><customer id="__proto__"><firstName>x</firstName></customer></CustomerResponse>',
    ),
  oversized: () => envelope(`<CustomerResponse><customer>${'x'.repeat(OVERSIZED_BYTES)}</customer></CustomerResponse>`),
};
