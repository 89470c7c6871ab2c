/** The part of an OpenAPI document that this package reads. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
}
export interface OpenApiOperation {
  readonly operationId?: string;
  readonly 'x-permission'?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, unknown>>;
}

/** Ids by the list that shows them: `/v1/loans` → its loans. */
export type KnownIds = ReadonlyMap<string, readonly string[]>;

const IDS_MAX = 50;

/** Asks every list of the document that needs no id for what it holds. Lists that refuse are left out. */
export async function knownIds(document: OpenApi, get: (path: string) => Promise<unknown>): Promise<KnownIds> {
  const lists = Object.entries(document.paths).filter(([path, { get: read }]) => read && !path.includes('{'));
  const found = await Promise.all(
    lists.map(async ([path]) => [path, idsIn(await get(path).catch(() => undefined))] as const),
  );
  return new Map(found.filter(([, ids]) => ids.length > 0));
}

function idsIn(answer: unknown): string[] {
  const { data } = (answer ?? {}) as { data?: unknown };
  if (!Array.isArray(data)) return [];
  return data.flatMap(({ id }: { id?: unknown }) => (typeof id === 'string' ? [id] : [])).slice(0, IDS_MAX);
}
