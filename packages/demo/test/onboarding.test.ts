import { type Simulator as CoreBanking, startSimulator as startCoreBanking } from '@tenor/core-banking-simulator';
import { choosePort } from '@tenor/local-stack';
import { type Simulator as Notifications, startSimulator as startNotifications } from '@tenor/notifications-simulator';
import { type Simulator as Scoring, startSimulator as startScoring } from '@tenor/scoring-simulator';
import { startTestSystem, type TestSystem } from '@tenor/testing';
import { connect } from '../src/client.ts';
import { creditDesk } from '../src/credit-desk.ts';
import { narrator } from '../src/narrator.ts';
import { tellOfOnboarding } from '../src/onboarding-story.ts';
import { outside } from '../src/outside.ts';

const host = '127.0.0.1';
const bank = { username: 'tenor', password: 'a-password-at-core-banking' };
const engine = { username: 'scoring', password: 'a-password-of-the-engine' };
const apiKey = 'a-key-of-the-message-provider';

let coreBanking: CoreBanking;
let scoring: Scoring;
let notifications: Notifications;
let system: TestSystem;
beforeAll(async () => {
  coreBanking = await startCoreBanking({ host, port: 0, ...bank });
  scoring = await startScoring({ host, port: 0 });
  notifications = await startNotifications({ host, port: 0, apiKey });
  const gatewayPort = await choosePort();
  system = await startTestSystem('onboarding', {
    GATEWAY_PORT: String(gatewayPort),
    CORE_BANKING_WSDL_URL: `${coreBanking.url}/service.wsdl`,
    CORE_BANKING_URL: `${coreBanking.url}/service`,
    CORE_BANKING_USERNAME: bank.username,
    CORE_BANKING_PASSWORD: bank.password,
    CORE_BANKING_REST_MS: '100',
    SCORING_URL: scoring.url,
    SCORING_FIRST_RETRY_MS: '100',
    TRANSACTIONS_URL: `http://${host}:${gatewayPort}/transactions`,
    TRANSACTIONS_USERNAME: engine.username,
    TRANSACTIONS_PASSWORD: engine.password,
    NOTIFICATIONS_URL: notifications.url,
    NOTIFICATIONS_API_KEY: apiKey,
  });
}, 60_000);
afterAll(async () => {
  await system?.stop();
  await Promise.all([coreBanking?.stop(), scoring?.stop(), notifications?.stop()]);
});

test.each(['first', 'second'])(
  'the %s telling comes out with every number as it must be',
  async (run) => {
    const lines: string[] = [];
    const tell = narrator((text) => lines.push(text), false);
    const urls = { coreBanking: coreBanking.url, scoring: scoring.url, notifications: notifications.url };
    const desk = creditDesk(connect(system.url, system.token), run);
    await tellOfOnboarding({ desk, outside: outside(urls), tell }, run, { seed: 7, loans: 60 });
    expect(tell.failures).toEqual([]);
    expect(tell.checks).toBeGreaterThan(25);
    expect(lines.join('')).toContain(run === 'first' ? 'loan_data.xlsx: 60 done' : '60 known already');
  },
  90_000,
);
