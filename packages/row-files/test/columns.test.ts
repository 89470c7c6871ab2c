import { matchColumns } from '../src/index.ts';

const rules = [
  { name: 'Customer ID', required: true },
  { name: 'Age', required: true },
  { name: 'E-Mail', required: false },
];

describe('columns', () => {
  test('are found whatever their case, blanks and order', () => {
    expect(matchColumns([' age', '', 'CUSTOMER   id '], rules)).toEqual(['Age', undefined, 'Customer ID']);
  });

  test.each([
    [['Customer ID', 'E-Mail'], 'columns_missing', 'Age'],
    [['Customer ID', 'Age', 'Shoe Size'], 'columns_unknown', 'Shoe Size'],
    [['Customer ID', 'Age', 'age'], 'columns_doubled', 'Age'],
  ])('%j is refused', (header, code, named) => {
    expect(() => matchColumns(header, rules)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(named) }),
    );
  });
});
