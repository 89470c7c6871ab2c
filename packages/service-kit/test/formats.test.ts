import { Type } from 'typebox';
import { type App, answerFormat, answerIn, formatFor, formatQuery, isRefusal, sendDocument } from '../src/index.ts';
import { testApp } from './app-fixture.ts';

const choose = (accept: string | undefined, format?: string) =>
  formatFor({ headers: { accept }, query: { format } }, ['json', 'csv', 'pdf']);

describe('the format of an answer', () => {
  test.each([
    { accept: undefined, expected: 'json' },
    { accept: '', expected: 'json' },
    { accept: '*/*', expected: 'json' },
    { accept: 'text/csv', expected: 'csv' },
    { accept: 'TEXT/CSV; charset=utf-8', expected: 'csv' },
    { accept: 'text/*', expected: 'csv' },
    { accept: 'application/*', expected: 'json' },
    { accept: 'application/pdf, application/json;q=0.9', expected: 'pdf' },
    { accept: 'text/html, application/xhtml+xml, */*;q=0.8', expected: 'json' },
    { accept: 'application/json;q=0, */*', expected: 'csv' },
    { accept: 'text/csv;q=0.2, application/pdf;q=0.3', expected: 'pdf' },
    { accept: 'text/csv;q=2, application/pdf;q=0.001', expected: 'pdf' },
  ])('Accept: $accept is answered in $expected', ({ accept, expected }) => expect(choose(accept)).toBe(expected));

  test('what the query names goes before the header', () => {
    expect(choose('application/json', 'pdf')).toBe('pdf');
    expect(choose(undefined, 'csv')).toBe('csv');
  });

  test.each([
    { accept: 'text/html', format: undefined },
    { accept: 'application/json;q=0', format: undefined },
    { accept: 'nonsense', format: undefined },
    { accept: '*/*', format: 'xml' },
  ])('nothing that is offered is liked: $accept $format', ({ accept, format }) =>
    expect(choose(accept, format)).toMatchObject({
      refused: 'not_acceptable',
      meta: { offered: ['application/json', 'text/csv', 'application/pdf'] },
    }),
  );
});

describe('a route with formats', () => {
  const routes = (app: App): void => {
    app.get(
      '/v1/things',
      {
        config: { permission: 'public', refusals: ['not_acceptable'] },
        schema: {
          querystring: Type.Object(formatQuery, { additionalProperties: false }),
          response: { 200: answerIn(Type.Object({ things: Type.Integer() }), ['csv'], 'Things') },
        },
      },
      async (request, reply) => {
        const format = answerFormat(request, reply, ['json', 'csv']);
        if (isRefusal(format)) return format;
        return format === 'json' ? { things: 1 } : sendDocument(reply, format, 'things', 'things\r\n1\r\n');
      },
    );
  };

  test('answers in each, refuses others, and documents them', async () => {
    const { app } = await testApp({}, routes);
    const get = (accept: string, query = '') =>
      app.inject({ method: 'GET', url: `/v1/things${query}`, headers: { accept } });
    const [json, csv, xml, wrong] = [
      await get('*/*'),
      await get('text/csv'),
      await get('application/xml'),
      await get('*/*', '?format=not+one'),
    ];
    expect([json.statusCode, json.json(), json.headers['vary']]).toEqual([200, { things: 1 }, 'accept']);
    expect([csv.statusCode, csv.body]).toEqual([200, 'things\r\n1\r\n']);
    expect(csv.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename="things.csv"',
      vary: 'accept',
    });
    expect([xml.statusCode, xml.json().code]).toEqual([406, 'not_acceptable']);
    expect([wrong.statusCode, wrong.json().code]).toEqual([400, 'validation_failed']);
    const { paths } = (await app.inject('/openapi.json')).json();
    const { responses } = paths['/v1/things'].get;
    expect(Object.keys(responses['200'].content)).toEqual(['application/json', 'text/csv']);
    expect(Object.keys(responses)).toContain('406');
    await app.close();
  });
});
