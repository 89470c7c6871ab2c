/** Everything personal that a user's row holds. It lives in one column, behind this codec, and nowhere else. */
export interface UserData {
  /** As it was chosen. */
  readonly username: string;
  readonly email: string | null;
}

const FORMAT = 1;

/** The stored text; it names its format, so that an encrypted one can stand beside it. */
export function encodeUserData(data: UserData): string {
  return JSON.stringify({ format: FORMAT, ...data });
}

/** Throws on a text of another format, which a newer release has written. */
export function decodeUserData(text: string): UserData {
  const { format, ...data } = JSON.parse(text) as UserData & { format: number };
  if (format !== FORMAT) throw new Error(`A user's data of the unknown format ${format}`);
  return data;
}
