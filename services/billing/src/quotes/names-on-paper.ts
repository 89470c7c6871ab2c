import type { Fact } from '@tenor/documents';
import type { Product } from '../products/product.ts';

/** Whether paper shows a text as it is read. */
export type IsPrintable = (text: string) => boolean;

type Named = Pick<Product, 'code' | 'name'>;

/** What paper calls a product: its name, or its code where paper cannot show the name. */
export function printedName({ code, name }: Named, isPrintable: IsPrintable): string {
  return isPrintable(name) ? name : code;
}

/** Why paper shows a code instead of the name; nothing where it shows the name. */
export function nameFacts({ code, name }: Named, isPrintable: IsPrintable): Fact[] {
  if (isPrintable(name)) return [];
  return [{ name: 'Product', says: `${code}: its code, since this paper cannot show its name` }];
}
